// The options spawn and transport: what a caller can make of a start, and what it
// cannot.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AsyncSession,
  ClaudeNotFoundError,
  ClaudeStreamError,
  ConfigError,
  DeadlineError,
  type ExitStatus,
  type SessionOptions,
  type SpawnSpec,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
  type Transport,
  type TransportStart,
} from "../../mod.ts";
import { MemoryClaude, ScriptedClaude, step } from "../../src/testing/mod.ts";
import { throughShell } from "../support/carriers.ts";

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("spawn sees the whole start, in both sessions", async () => {
  await using claude = await ScriptedClaude.create(
    { ...step.conversation([]), environment: ["GIVEN", "ADDED"] },
  );
  const seen: SpawnSpec[] = [];
  const options = {
    claudePath: claude.command,
    model: "sonnet",
    cwd: claude.folder,
    env: { GIVEN: "1", CLAUDECODE: undefined },
    settings: { cleanupPeriodDays: 3 },
    spawn: (spec: SpawnSpec): SpawnSpec => {
      seen.push(spec);
      const [file = ""] = spec.files;
      assertStringIncludes(Deno.readTextFileSync(file), "cleanupPeriodDays");
      return throughShell({ ...spec, env: { ...spec.env, ADDED: "2" } });
    },
  };
  const session = new AsyncSession(options);
  await session.ask("hi");
  assertEquals(session.pid, claude.starts[0]?.pid);
  await session.close();
  {
    using blocking = new SyncSession(options);
    blocking.ask("hi");
    assertEquals(blocking.pid, claude.starts[1]?.pid);
  }
  assertEquals(seen.length, 2);
  for (const [index, spec] of seen.entries()) {
    const [program, ...before] = claude.command;
    assertEquals(spec.command, program);
    assertEquals(spec.args.slice(0, before.length), before);
    assert(spec.args.includes("--model=sonnet"));
    assert(spec.args.includes(`--settings=${spec.files[0]}`));
    assertEquals(spec.cwd, claude.folder);
    assertEquals([spec.env.GIVEN, spec.env.PATH], ["1", Deno.env.get("PATH")]);
    assert(!("CLAUDECODE" in spec.env));
    assertEquals(spec.clearEnv, true);
    assertEquals(spec.files.map(isThere), [false], "gone with its process");
    assertEquals(claude.starts[index]?.environment, { GIVEN: "1", ADDED: "2" });
  }
});

Deno.test("keepEnv hands on what it names, and nothing else", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  Deno.env.set("NOT_FOR_THE_CHILD", "1");
  const options = {
    claudePath: claude.command,
    keepEnv: ["PATH", "HOME", "NOT_THERE_AT_ALL", "CLAUDECODE"],
    env: { ADDED: "2" },
  };
  try {
    await using session = new AsyncSession(options);
    await session.start();
    using blocking = new SyncSession(options);
    blocking.start();
  } finally {
    Deno.env.delete("NOT_FOR_THE_CHILD");
  }
  for (const { environmentNames } of claude.starts) {
    const known = ["ADDED", "HOME", "PATH"].filter((name) =>
      name === "ADDED" || Deno.env.get(name) !== undefined
    );
    // One of ours marks what is to be ended with it.
    const given = environmentNames.filter((name) =>
      name !== "CLAUDESTREAM_LINEAGE"
    );
    assertEquals(given, known);
  }
  assertEquals(claude.starts.length, 2);
});

Deno.test("what is not on this machine may be on the other one", async () => {
  const claude = new MemoryClaude(step.conversation([]));
  const seen: SpawnSpec[] = [];
  const spawn = (spec: SpawnSpec) => {
    seen.push(spec);
    return claude.spawn(spec);
  };
  for (
    const options of [
      { clearEnv: true, claudePath: "claude-of-the-pod", cwd: "/nowhere/here" },
      { claudePath: ["/nowhere/claude", "--flag"] },
    ]
  ) {
    await using session = new AsyncSession({ ...options, spawn });
    await session.ask("hi");
  }
  assertEquals(seen.map(({ command }) => command), [
    "claude-of-the-pod",
    "/nowhere/claude",
  ]);
  assertEquals([seen[0]?.cwd, seen[1]?.args[0]], ["/nowhere/here", "--flag"]);
  // What is started on this machine has to be there.
  using missing = new SyncSession({
    claudePath: "/nowhere/claude",
    spawn: (spec) => spec,
  });
  const error = assertThrows(() => missing.start(), StartupError);
  assertEquals(error.reason, "spawn_failed");
  using lost = new SyncSession({
    claudePath: Deno.execPath(),
    cwd: "/nowhere/here",
    spawn: (spec) => spec,
  });
  assertEquals(
    assertThrows(() => lost.start(), StartupError).reason,
    "cwd_not_found",
  );
  assertThrows(
    () => new SyncSession({ claudePath: "/nowhere/claude" }).start(),
    ClaudeNotFoundError,
  );
});

Deno.test("a spawn that throws, or gives something else, fails the start and leaves nothing", async () => {
  const boom = new Error("no pod");
  const files: string[] = [];
  const bad: readonly [string, (spec: SpawnSpec) => unknown][] = [
    ["no pod", () => {
      throw boom;
    }],
    ["expected a command or a transport", () => undefined],
    ["expected a text as command", (spec) => ({ ...spec, command: "" })],
    ["expected a list of texts", (spec) => ({ ...spec, args: "x" })],
    ["expected an object of texts", (spec) => ({ ...spec, env: { A: 1 } })],
    ["expected a path as cwd", (spec) => ({ ...spec, cwd: 1 })],
    ["as uid", (spec) => ({ ...spec, uid: "root" })],
  ];
  for (const [text, make] of bad) {
    const options = {
      claudePath: Deno.execPath(),
      settings: { a: 1 },
      spawn: (spec: SpawnSpec) => {
        files.push(...spec.files);
        return make(spec) as SpawnSpec;
      },
    };
    const session = new AsyncSession(options);
    const error = await assertRejects(() => session.start(), ClaudeStreamError);
    await session.close();
    const blocking = new SyncSession(options);
    const same = assertThrows(() => blocking.start(), ClaudeStreamError);
    blocking.close();
    assertStringIncludes(error.message, text);
    assertEquals([same.message, same.name], [error.message, error.name]);
    if (text !== "no pod") assert(error instanceof ConfigError);
    else assertEquals([error.cause, same.cause], [boom, boom]);
  }
  assertEquals(files.map(isThere), Array(2 * bad.length).fill(false));
});

Deno.test("a blocking session takes no transport, in types and at run time", () => {
  const claude = new MemoryClaude(step.conversation([]));
  // @ts-expect-error -- a thread that blocks cannot move the streams
  const given: SyncSessionOptions = { transport: claude.transport };
  assertThrows(() => new SyncSession(given), ConfigError, "transport");
  assertThrows(
    () =>
      new SyncSession({
        // @ts-expect-error -- nobody could wait for a promise
        spawn: async (spec) => await spec,
      }),
    ConfigError,
    "at once",
  );
  using late = new SyncSession({
    claudePath: Deno.execPath(),
    // @ts-expect-error -- nor for a promise that shows only now
    spawn: (spec) => Promise.resolve(spec),
  });
  assertThrows(() => late.start(), ConfigError, "AsyncSession");
  using failing = new SyncSession({
    claudePath: Deno.execPath(),
    // @ts-expect-error -- whose failure is nobody's then
    spawn: () => Promise.reject(new Error("late")),
  });
  assertThrows(() => failing.start(), ConfigError, "AsyncSession");
  using moved = new SyncSession({
    claudePath: Deno.execPath(),
    // @ts-expect-error -- a changed command only
    spawn: (spec) => claude.spawn(spec),
  });
  assertThrows(() => moved.start(), ConfigError, "AsyncSession");
});

Deno.test("a transport serves one session; a function makes one for each", async () => {
  const claude = new MemoryClaude(step.conversation([[step.text("one")]]));
  const transport = claude.transport();
  await using first = new AsyncSession({ transport, onQuestion: () => ({}) });
  assertEquals(first.id, undefined);
  assertEquals((await first.ask("hi")).text, "one");
  assert(first.id !== undefined && first.pid === undefined);
  await using second = new AsyncSession({ transport });
  const error = await assertRejects(() => second.ask("hi"), ConfigError);
  assertEquals(error.option, "transport");
  await using third = new AsyncSession({
    transport: () => Promise.resolve(claude.transport()),
  });
  assertEquals((await third.ask("hi")).text, "one");
});

Deno.test("with recover a transport is made anew, and told what to resume", async () => {
  const [dying] = step.conversation([[step.text("x"), step.exit(3)]]).processes;
  const [living] = step.conversation([[step.text("y")]]).processes;
  assert(dying !== undefined && living !== undefined);
  const claude = new MemoryClaude({ processes: [dying, living] });
  const starts: TransportStart[] = [];
  await using session = new AsyncSession({
    recover: { attempts: 1 },
    transport: (start) => {
      starts.push(start);
      return claude.transport();
    },
  });
  await assertRejects(() => session.ask("hi"), ClaudeStreamError);
  const { id } = session;
  assertEquals((await session.ask("again")).text, "y");
  assertEquals(starts, [{ resume: undefined }, { resume: id }]);
});

Deno.test("options that a running CLI cannot take are errors", () => {
  const { transport } = new MemoryClaude(step.conversation([]));
  const lost: readonly SessionOptions[] = [
    { model: "sonnet" },
    { cwd: "/" },
    { claudePath: "/x" },
    { clearEnv: true },
    { env: { A: "1" } },
    { configDir: "/c" },
    { resume: "last" },
    { settings: { a: 1 } },
    { sandbox: { enabled: true } },
    { allowedTools: ["Read"] },
    { limits: { maxTurns: 1 } },
    { mcpServers: { a: { type: "http", url: "http://localhost" } } },
    { spawn: (spec) => spec },
  ];
  for (const options of lost) {
    const error = assertThrows(
      () => new AsyncSession({ ...options, transport }),
      ConfigError,
    );
    assertEquals([error.option], Object.keys(options));
  }
  new AsyncSession({
    transport,
    systemPrompt: "x",
    hooks: {},
    partials: false,
    closeTimeoutMs: 1,
    recover: { attempts: 1 },
  });
  const error = assertThrows(
    () =>
      new AsyncSession({
        transport: transport(),
        recover: { attempts: 1 },
      }),
    ConfigError,
  );
  assertEquals(error.option, "recover");
  assertThrows(
    () => new AsyncSession({ transport: 1 as unknown as Transport }),
    ConfigError,
  );
});

/** A transport whose other end is in the test's hands. */
function byHand(
  exited: Promise<ExitStatus> = new Promise(() => {}),
): {
  readonly transport: Transport;
  readonly out: ReadableStreamDefaultController<Uint8Array>;
  readonly signals: string[];
} {
  const signals: string[] = [];
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      out = controller;
    },
  });
  assert(out !== undefined);
  const transport: Transport = {
    readable,
    writable: new WritableStream(),
    exited,
    kill: (signal) => {
      signals.push(signal);
    },
  };
  return { transport, out, signals };
}

Deno.test("a transport that does not end is left after SIGKILL", async () => {
  const { transport, signals } = byHand();
  const session = new AsyncSession({ transport, closeTimeoutMs: 10 });
  const turn = session.send("hi");
  await session.close();
  await assertRejects(() => turn.text(), ClaudeStreamError);
  assertEquals(signals, ["SIGTERM", "SIGKILL"]);
});

Deno.test("a connection that breaks fails what waits", async () => {
  const { transport, out } = byHand();
  await using session = new AsyncSession({ transport, closeTimeoutMs: 10 });
  const turn = session.send("hi");
  const cause = new Error("reset by peer");
  out.error(cause);
  const error = await assertRejects(() => turn.text(), ClaudeStreamError);
  assertEquals([error.code, error.cause], ["process_exit", cause]);
});

Deno.test("a transport that carries no bytes fails what waits, and says so", async () => {
  const { transport, out } = byHand();
  await using session = new AsyncSession({ transport, closeTimeoutMs: 10 });
  const turn = session.send("hi");
  out.enqueue("text" as never);
  const error = await assertRejects(() => turn.text(), ClaudeStreamError);
  assertEquals(
    error.message,
    "Lost the connection to the CLI: Cannot read the output: expected chunks of bytes (Uint8Array), got string",
  );
});

Deno.test("an end that is a rejection is the session's error", async () => {
  const { promise, reject } = Promise.withResolvers<ExitStatus>();
  const { transport, out } = byHand(promise);
  await using session = new AsyncSession({ transport });
  const turn = session.send("hi");
  out.close();
  reject(new Error("the pod was evicted"));
  await assertRejects(() => turn.text(), Error, "evicted");
});

Deno.test("what is no transport is named", async () => {
  const { transport } = byHand();
  const bad: readonly [string, unknown][] = [
    ["expected a transport", undefined],
    ["as readable", { ...transport, readable: 1 }],
    ["as writable", { ...transport, writable: 1 }],
    ["as stderr", { ...transport, stderr: 1 }],
    ["as exited", { ...transport, exited: 1 }],
    ["as kill", { ...transport, kill: 1 }],
  ];
  for (const [text, made] of bad) {
    await using session = new AsyncSession({
      transport: () => made as Transport,
    });
    await assertRejects(() => session.start(), ConfigError, text);
  }
});

Deno.test("close is bounded also where the transport never comes; one that comes late is ended", async () => {
  const late = Promise.withResolvers<Transport>();
  const session = new AsyncSession({
    transport: () => late.promise,
    closeTimeoutMs: 10,
  });
  const started = assertRejects(() => session.start(), DeadlineError, "close");
  const start = performance.now();
  await assertRejects(() => session.close(), DeadlineError, "close");
  assert(performance.now() - start < 60_000);
  await started;
  const transport = new MemoryClaude(step.conversation([])).transport();
  late.resolve(transport);
  await transport.exited;
});
