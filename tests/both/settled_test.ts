// Whatever waits is settled at every end of the session. The random interleaver of
// `tests/chaos` looks for what is missing here.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  DeadlineError,
  printPrompt,
  printPromptSync,
  ProcessExitError,
  type SpawnSpec,
  StateError,
  SyncSession,
  type SyncTurn,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

/** A turn that answers nothing further, whatever it receives. */
const DEAF = {
  turns: [[step.text("one"), step.silence({ deaf: true })]],
};

async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => "a value", (error) => error);
}

Deno.test("async: a prompt that waits for a turn that was left is settled by close()", async () => {
  const readers: Readonly<
    Record<string, (session: AsyncSession) => Promise<unknown>>
  > = {
    ask: (session) => session.ask("two"),
    "ask with a time limit": (session) =>
      session.ask("two", { timeoutMs: 60_000 }),
    text: (session) => session.send("two").text(),
    result: (session) => session.send("two").result(),
    "for await": (session) => Array.fromAsync(session.send("two")),
    readable: (session) => Array.fromAsync(session.send("two").readable),
    textStream: (session) => Array.fromAsync(session.send("two").textStream()),
  };
  for (const [name, read] of Object.entries(readers)) {
    await using claude = await ScriptedClaude.create({ processes: [DEAF] });
    const session = new AsyncSession({
      claudePath: claude.path,
      closeTimeoutMs: { eofMs: 60_000, termMs: 100, killMs: 5_000 },
      onBreak: "drain",
    });
    for await (const { type } of session.send("one")) {
      if (type === "assistant_text") break;
    }
    const waiting = outcome(read(session));
    const closed = session.close();
    // Before the process is gone, which takes its time.
    const error = await waiting;
    assertInstanceOf(error, StateError, name);
    assertEquals(error.code, "session_closed", name);
    assert(session.pid !== undefined);
    Deno.kill(session.pid, "SIGKILL");
    await closed;
  }
});

Deno.test("blocking: a prompt that waits for a turn that was left is settled by close()", async () => {
  const readers: Readonly<Record<string, (turn: SyncTurn) => unknown>> = {
    text: (turn) => turn.text(),
    result: (turn) => turn.result(),
    "for of": (turn) => [...turn],
    textStream: (turn) => [...turn.textStream()],
  };
  for (const [name, read] of Object.entries(readers)) {
    await using claude = await ScriptedClaude.create({ processes: [DEAF] });
    const session = new SyncSession({
      claudePath: claude.path,
      closeTimeoutMs: 100,
      onBreak: "drain",
    });
    for (const { type } of session.send("one")) {
      if (type === "assistant_text") break;
    }
    const turn = session.send("two");
    session.close();
    let error: unknown;
    try {
      read(turn);
    } catch (thrown) {
      error = thrown;
    }
    assertInstanceOf(error, StateError, name);
    assertEquals(error.code, "session_closed", name);
    assertEquals(session.state, "closed");
  }
});

/** Another program holds stdout and writes to it, long after the CLI is gone. */
const CHATTER =
  `setsid env -i /bin/sh -c 'timeout 120 yes "{}"; echo $? >"$0"' "$CHATTER_END" & exec "$@"`;

for (const kind of ["async", "blocking"] as const) {
  Deno.test({
    name:
      `${kind}: the late output of a dead process is bounded, also where another one writes on`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using claude = await ScriptedClaude.create({
        processes: [{ turns: [[step.text("one"), step.exit(1)]] }],
      });
      const file = `${claude.folder}/chatter.end`;
      const options = {
        claudePath: claude.path,
        spawn: (spec: SpawnSpec): SpawnSpec => ({
          ...spec,
          env: { ...spec.env, CHATTER_END: file },
          command: "/bin/sh",
          args: ["-c", CHATTER, "sh", spec.command, ...spec.args],
        }),
      };
      let error: unknown;
      try {
        if (kind === "async") await new AsyncSession(options).ask("go");
        else new SyncSession(options).ask("go");
      } catch (thrown) {
        error = thrown;
      }
      assert(!endedByItself(file));
      assertInstanceOf(error, ProcessExitError);
    },
  });
}

Deno.test({
  name:
    "blocking: a process that writes on is no hindrance to the one that comes in its place",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using claude = await ScriptedClaude.create({
      processes: [DEAF, { forEveryPrompt: [step.echo("to {prompt}")] }],
    });
    let starts = 0;
    using session = new SyncSession({
      claudePath: claude.path,
      recover: { attempts: 1 },
      closeTimeoutMs: { eofMs: 100, termMs: 100, killMs: 20_000 },
      spawn: (spec) =>
        starts++ > 0 ? spec : {
          ...spec,
          command: "/bin/sh",
          args: [
            "-c",
            'setsid env -i timeout 60 yes >&2 & exec "$@"',
            "sh",
            spec.command,
            ...spec.args,
          ],
        },
    });
    assertThrows(() => session.ask("one", { timeoutMs: 1_000 }), DeadlineError);
    // A prompt that still waits for the old one fails with it.
    if (session.state !== "new") {
      assertThrows(() => session.ask("late"), DeadlineError);
    }
    assertEquals(session.ask("two").text, "to two");
  },
});

/** Whether that program wrote for as long as it might: its output was read to the end. */
function endedByItself(file: string): boolean {
  try {
    return Deno.readTextFileSync(file).trim() === "124";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("a session whose signal was aborted before throws the reason of that", async () => {
  const reasons = [undefined, new Error("too late"), "a text", { code: 7 }];
  for (const reason of reasons) {
    const signal = AbortSignal.abort(reason);
    const attempts = [
      () => new AsyncSession({ signal }),
      () => new SyncSession({ signal }),
      () => printPromptSync("go", { signal }),
      () => printPrompt("go", { signal }),
    ];
    for (const attempt of attempts) {
      let error: unknown = "nothing was thrown";
      try {
        await attempt();
      } catch (thrown) {
        error = thrown;
      }
      assertStrictEquals(error, signal.reason);
    }
  }
  // What cannot be is told first.
  assertThrows(
    () => new AsyncSession({ signal: AbortSignal.abort(), cwd: 5 as never }),
    ConfigError,
  );
});

Deno.test("async: whatever waits when the session's signal aborts gets its reason", async () => {
  const waits: Readonly<
    Record<string, (session: AsyncSession) => Promise<unknown>>
  > = {
    ask: (session) => session.ask("one"),
    result: (session) => session.send("one").result(),
    "for await": (session) => Array.fromAsync(session.send("one")),
    push: (session) => session.push("one").result(),
    start: (session) => session.start(),
    setModel: (session) => session.setModel("opus"),
  };
  for (const [name, wait] of Object.entries(waits)) {
    await using claude = await ScriptedClaude.create({
      processes: [{ beforeInput: [step.silence({ deaf: true })] }],
    });
    const abort = new AbortController();
    await using session = new AsyncSession({
      claudePath: claude.path,
      closeTimeoutMs: 100,
      signal: abort.signal,
    });
    const waiting = outcome(wait(session));
    const reason = name === "push" ? "a text" : new Error("enough");
    abort.abort(reason);
    assertStrictEquals(await waiting, reason, name);
  }
});

/** A turn that ends when it is interrupted, and not before. */
const ENDLESS = step.conversation([[step.text("one"), step.gate("never")]]);

for (const [kind, Session] of Object.entries({ AsyncSession, SyncSession })) {
  for (const reason of [new Error("enough"), "a text", { code: 7 }]) {
    Deno.test(
      `${kind}: a signal with ${
        Deno.inspect(reason).slice(0, 13)
      } settles a pushed message whose turn runs with that`,
      async () => {
        await using claude = await ScriptedClaude.create(ENDLESS);
        const abort = new AbortController();
        const session = new Session({
          claudePath: claude.command,
          signal: abort.signal,
        });
        await session.start();
        session.on("assistant_text", () => abort.abort(reason));
        let error: unknown;
        try {
          await session.push("one").result();
        } catch (thrown) {
          error = thrown;
        }
        assertStrictEquals(error, reason);
        await session.close();
      },
    );
  }

  Deno.test(`${kind}: close() interrupts the turn of a pushed message`, async () => {
    await using claude = await ScriptedClaude.create(ENDLESS);
    const session = new Session({
      claudePath: claude.command,
      // A wait for it never ends.
      closeTimeoutMs: { eofMs: Infinity, termMs: 5_000, killMs: 5_000 },
    });
    await session.start();
    const closed: unknown[] = [];
    session.on("assistant_text", () => closed.push(session.close()));
    const { isError, terminalReason } = await session.push("one").result();
    await Promise.all(closed);
    assertEquals([isError, terminalReason], [true, "aborted_streaming"]);
    assertEquals(session.state, "closed");
  });
}
