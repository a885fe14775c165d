// Time limits through real processes; what needs a clock of its own is in
// src/conversation/limits_test.ts.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  DeadlineError,
  type SessionOptions,
  StateError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";

function claude(...turns: readonly TurnScript[]): Promise<ScriptedClaude> {
  return ScriptedClaude.create(step.conversation(turns));
}

Deno.test("a stalled turn fails on time, after what came, and the next one is clean", async () => {
  await using played = await claude(
    [step.text("some"), step.silence()],
    [step.text("second")],
  );
  await using session = new AsyncSession({
    claudePath: played.command,
    idleTimeoutMs: { warnMs: 200, endMs: 400 },
  });
  await session.start();
  const types: string[] = [];
  const turn = session.send("one");
  const error = await assertRejects(async () => {
    for await (const event of turn) types.push(event.type);
  }, DeadlineError);
  assertEquals([error.code, error.sessionId], ["stalled", session.id]);
  assertEquals(types.at(-1), "stalled");
  assert(types.includes("assistant_text"));
  await assertRejects(() => turn.text(), DeadlineError, "400 ms");
  assertEquals((await session.ask("two")).text, "second");
  assertEquals(session.state, "idle");
});

Deno.test("a stalled process that heeds nothing is ended", async () => {
  await using played = await claude([
    step.ignore("sigterm"),
    step.text("some"),
    step.silence({ deaf: true }),
  ]);
  const options: SessionOptions = {
    claudePath: played.command,
    idleTimeoutMs: 300,
    closeTimeoutMs: 200,
  };
  await using session = new AsyncSession(options);
  const errors: Error[] = [];
  session.on("error", (error) => errors.push(error));
  const failed = await assertRejects(() => session.ask("one"), DeadlineError);
  const closed = Promise.withResolvers<void>();
  session.on("close", () => closed.resolve());
  await closed.promise;
  assertEquals(errors, [failed]);
  assertEquals(session.state, "dead");
  assertThrows(() => session.send("two"), StateError);
});

const DEAF = {
  turns: [[step.text("x")], [step.silence({ deaf: true })]],
  ignore: ["sigterm"],
} as const;

Deno.test("recover replaces a process that heeds nothing, once it is gone", async () => {
  await using played = await ScriptedClaude.create({
    processes: [DEAF, { forEveryPrompt: [step.echo("{prompt}")] }],
  });
  const options = {
    claudePath: played.command,
    idleTimeoutMs: 300,
    closeTimeoutMs: 200,
    recover: { attempts: 1 },
  };
  await using session = new AsyncSession(options);
  const { promise, resolve } = Promise.withResolvers<void>();
  session.on("session_restarted", () => resolve());
  await session.ask("one");
  const { pid } = session;
  await assertRejects(() => session.ask("two"), DeadlineError);
  await promise;
  assertEquals((await session.ask("three")).text, "three");
  assertThrows(() => Deno.kill(pid ?? 0, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("recover replaces a process that heeds nothing, in a blocking session", async () => {
  await using played = await ScriptedClaude.create({
    processes: [DEAF, { forEveryPrompt: [step.echo("{prompt}")] }],
  });
  using session = new SyncSession({
    claudePath: played.command,
    idleTimeoutMs: 300,
    closeTimeoutMs: 200,
    recover: { attempts: 1 },
  });
  let restarts = 0;
  session.on("session_restarted", () => restarts++);
  session.ask("one");
  const { pid } = session;
  assertThrows(() => session.ask("two"), DeadlineError);
  // The turn failed; the next caller still waits for its interruption.
  assertThrows(() => session.ask("lost"), DeadlineError);
  assertEquals(restarts, 1);
  assertEquals(session.ask("three").text, "three");
  assertThrows(() => Deno.kill(pid ?? 0, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("timeoutMs of ask() bounds the wait for tasks as well", async () => {
  await using played = await claude([
    step.background("a server", [step.gate("never")]),
    step.text("started"),
  ]);
  await using session = new AsyncSession({ claudePath: played.command });
  await session.start();
  const error = await assertRejects(
    () => session.ask("one", { timeoutMs: 600 }),
    DeadlineError,
  );
  assertEquals([error.operation, error.timeoutMs], ["turn", 600]);
  assertEquals(session.state, "idle");
});

Deno.test("timeoutMs of ask() bounds the wait for tasks of a blocking session", async () => {
  await using played = await claude([
    step.background("a server", [step.gate("never")]),
    step.text("started"),
  ]);
  using session = new SyncSession({ claudePath: played.command });
  session.start();
  const error = assertThrows(
    () => session.ask("one", { timeoutMs: 600 }),
    DeadlineError,
  );
  assertEquals([error.operation, error.timeoutMs], ["turn", 600]);
});

Deno.test("limits of time that cannot be are refused", () => {
  const wrong: readonly SessionOptions[] = [
    { turnTimeoutMs: 0 },
    { idleTimeoutMs: 0 },
    { idleTimeoutMs: { endMs: -1 } },
    { idleTimeoutMs: { warnMs: 2, endMs: 1 } },
    { idleTimeoutMs: true as never },
    { idleTimeoutMs: { afterMs: 5 } as never },
  ];
  for (const options of wrong) {
    const error = assertThrows(() => new AsyncSession(options), ConfigError);
    assertEquals(error.option.split(".")[0], Object.keys(options)[0]);
  }
  const session = new AsyncSession();
  assertThrows(() => session.send("x", { timeoutMs: 0 }), ConfigError);
  assertEquals(session.state, "new");
});

Deno.test("Infinity is no limit for any time, in both sessions, also for closing", async () => {
  const options: SyncSessionOptions = {
    startTimeoutMs: Infinity,
    turnTimeoutMs: Infinity,
    idleTimeoutMs: Infinity,
    controlTimeoutMs: Infinity,
    closeTimeoutMs: Infinity,
    permissionTimeoutMs: Infinity,
    waitForReset: { maxMs: Infinity },
    mcpServers: { a: { command: "x", timeoutMs: Infinity } },
  };
  for (const Session of [AsyncSession, SyncSession]) {
    // It takes its time at each step: a limit of no time at all would cut it off.
    await using played = await claude(
      [step.pause(150), step.text("one"), step.pause(150)],
    );
    const session = new Session({ ...options, claudePath: played.command });
    const answer = await session.ask("hi", { timeoutMs: Infinity });
    assertEquals(answer.text, "one");
    await session.close();
    assertEquals(session.state, "closed");
  }
});
