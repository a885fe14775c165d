// Nothing is left running, however a session or its program ends; and closing is bounded.

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  DeadlineError,
  ProcessExitError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { Running } from "../../src/cli/fixtures/child.ts";
import {
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";
import { until } from "../support/longest_wait.ts";
import { alive } from "../support/processes.ts";

const posix = { ignore: Deno.build.os === "windows" };

const HOST = new URL("../support/exit_host.ts", import.meta.url).pathname;

/** A rung that is too long: to wait for it fails the test. */
const LONG_MS = 60_000;

/** A child that is in the group of `claude`, and one as its shells are. */
const FAMILY = [step.grandchild(), step.grandchild({ ownGroup: true })];

const TURN: TurnScript = [...FAMILY, step.text("x"), step.gate("never")];

/** `claude` and what it has started. */
function family(claude: ScriptedClaude): number[] {
  return [...claude.starts.map(({ pid }) => pid), ...claude.grandchildren];
}

/** Runs the host until its session is in the middle of a turn. */
async function host(
  claude: ScriptedClaude,
  args: readonly string[],
  flags: readonly string[] = ["-A"],
): Promise<Running> {
  const running = new Running(claude, args, [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "--no-prompt",
    ...flags,
    HOST,
  ]);
  await claude.reached("never");
  return running;
}

interface Ending {
  readonly way: string;
  readonly signal?: Deno.Signal;
  /** Options of the session. */
  readonly options?: SyncSessionOptions;
  /** What the host says before the signal is sent. */
  readonly after?: string;
  readonly code: number;
  /** The signal that the host died of. */
  readonly died?: Deno.Signal;
  /** What the host said last. */
  readonly last?: string;
}

const BOTH: readonly Ending[] = [
  { way: "return", code: 0, last: "end" },
  { way: "exit", code: 7 },
  { way: "throw", code: 1 },
  { way: "throw later", code: 1 },
  { way: "reject", code: 1 },
  { way: "idle", signal: "SIGINT", after: "ready", code: 130, died: "SIGINT" },
  {
    way: "own handler",
    signal: "SIGINT",
    options: { exitSignals: ["SIGTERM", "SIGHUP"] },
    after: "ready",
    code: 9,
    last: "handled",
  },
  {
    way: "catches errors",
    signal: "SIGTERM",
    after: "caught",
    code: 143,
    died: "SIGTERM",
  },
];

const ASYNC: readonly Ending[] = [
  ...BOTH,
  { way: "wait", signal: "SIGINT", code: 130, died: "SIGINT" },
];

const SYNC: readonly Ending[] = [
  ...BOTH,
  // A call that blocks throws, and the program continues.
  { way: "wait", signal: "SIGINT", code: 0, last: "end" },
];

const SIGNALS: readonly Ending[] = [
  { way: "wait", signal: "SIGTERM", code: 143, died: "SIGTERM" },
  { way: "wait", signal: "SIGHUP", code: 129, died: "SIGHUP" },
];

/** They may hold a secret, and so go to the CLI in a file. */
const SETTINGS = { env: { SOME_TOKEN: "of nobody else's business" } };

/** What became of the file of settings of each start. */
function settingsFiles(claude: ScriptedClaude): string[] {
  const flag = "--settings=";
  return claude.starts.flatMap((start) => start.arguments)
    .filter((argument) => argument.startsWith(flag))
    .map((argument) => {
      try {
        Deno.statSync(argument.slice(flag.length));
        return "left";
      } catch (error) {
        return error instanceof Deno.errors.NotFound ? "removed" : `${error}`;
      }
    });
}

for (const [driver, endings] of [["async", ASYNC], ["sync", SYNC]] as const) {
  for (const ending of [...endings, ...SIGNALS]) {
    const { way, signal, options = {}, after, code, died, last } = ending;
    const name = signal === undefined ? way : `${way}, ${signal}`;
    Deno.test(`${driver} host, ${name}: nothing is left`, posix, async () => {
      await using claude = await ScriptedClaude.create(
        step.conversation([TURN]),
      );
      const running = await host(claude, [
        driver,
        way,
        JSON.stringify({
          closeTimeoutMs: LONG_MS,
          ...options,
          settings: SETTINGS,
        }),
      ]);
      if (after !== undefined) await running.says(after);
      const start = performance.now();
      if (signal !== undefined) running.child.kill(signal);
      const outcome = await running.outcome();
      const { signal: diedOf } = await running.child.status;
      // Those that the host left behind would still be there now.
      assertEquals(await alive(family(claude)), []);
      assertEquals(family(claude).length, 3);
      assertEquals(settingsFiles(claude), ["removed"]);
      assertEquals([outcome.code, diedOf], [code, died ?? null]);
      if (last !== undefined) {
        assertEquals(outcome.stdout.trim().split("\n").at(-1), last);
      }
      assert(performance.now() - start < LONG_MS);
      await running.child.stdin.close().catch(() => {});
    });
  }
}

Deno.test(
  "Ctrl-C while a call blocks: it throws, what comes after it runs",
  posix,
  async () => {
    await using claude = await ScriptedClaude.create(step.conversation([TURN]));
    const running = await host(claude, ["sync", "wait"]);
    running.child.kill("SIGINT");
    const { stdout, stderr } = await running.end();
    assertEquals(stdout.split("\n"), [
      "interrupted: Interrupted by SIGINT: the session is closed",
      "finally",
      "end",
      "",
    ]);
    assertEquals(stderr, "");
  },
);

Deno.test(
  "a host that is killed: its claude ends with its input",
  posix,
  async () => {
    for (const driver of ["async", "sync"]) {
      await using claude = await ScriptedClaude.create(
        step.conversation([[step.text("x"), step.mark("never")]]),
      );
      const running = await host(claude, [driver, "idle"]);
      running.child.kill("SIGKILL");
      assertEquals((await running.end()).code, 137);
      await claude.ended();
    }
  },
);

const LIMITED: readonly (readonly [string, (path: string) => string[]])[] = [
  ["--allow-run", () => ["--allow-run", "--allow-read", "--allow-env"]],
  [
    "--allow-run=claude",
    (path) => [`--allow-run=${path}`, "--allow-read", "--allow-env"],
  ],
];

for (const [name, flags] of LIMITED) {
  Deno.test(`with ${name} alone the host ends what it may`, posix, async () => {
    for (const driver of ["async", "sync"]) {
      for (const way of ["exit", "wait"]) {
        await using claude = await ScriptedClaude.create(
          step.conversation([TURN]),
        );
        const running = await host(claude, [driver, way], flags(claude.path));
        if (way === "wait") running.child.kill("SIGTERM");
        const { code } = await running.end();
        assertEquals(code, way === "wait" ? 143 : 7);
        const [pid = 0, ...others] = family(claude);
        assertEquals(await alive([pid]), []);
        // Signals to others than claude need the right to run everything.
        if (name === "--allow-run") assertEquals(await alive(others), []);
      }
    }
  });
}

const LOOK = `
  import { ProcessTree } from ${
  JSON.stringify(new URL("../../src/process/process_tree.ts", import.meta.url))
};
  import { endLeftovers } from ${
  JSON.stringify(new URL("../../src/process/shutdown.ts", import.meta.url))
};
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const tree = new ProcessTree(child.pid);
  tree.look();
  console.log(tree.isLeft());
  child.kill("SIGKILL");
  await child.status;
  await endLeftovers(tree);
  console.log("lives on");
`;

Deno.test(
  "a program in a session, whose own transport is not marked, does not end itself",
  posix,
  async () => {
    const { stdout, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--no-check", LOOK],
      env: { CLAUDESTREAM_LINEAGE: crypto.randomUUID() },
    }).output();
    assertEquals(signal, null);
    assertEquals(new TextDecoder().decode(stdout), "false\nlives on\n");
  },
);

/** What both kinds of session do the same, as far as these tests go. */
interface AnySession {
  start(): unknown;
  ask(prompt: string): unknown;
  close(): unknown;
}

type Make = (options: SyncSessionOptions) => AnySession;

const MAKERS: readonly (readonly [string, Make])[] = [
  ["AsyncSession", (options) => new AsyncSession(options)],
  ["SyncSession", (options) => new SyncSession(options)],
];

function testBoth(
  name: string,
  scenario: Scenario,
  options: SyncSessionOptions,
  run: (session: AnySession, claude: ScriptedClaude) => Promise<void>,
): void {
  for (const [kind, make] of MAKERS) {
    Deno.test(`${kind}: ${name}`, posix, async () => {
      await using claude = await ScriptedClaude.create(scenario);
      const session = make({ claudePath: claude.command, ...options });
      await run(session, claude);
      await session.close();
      assertEquals(await alive(family(claude)), []);
    });
  }
}

/** The error of a call, whether it is thrown or rejected. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

testBoth(
  "a handshake without an answer leaves nothing",
  step.conversation([], {
    beforeInput: [...FAMILY, step.ignore("sigterm")],
    answers: { initialize: { answer: "none" } },
  }),
  { startTimeoutMs: 500, closeTimeoutMs: { eofMs: 5_000, termMs: 100 } },
  async (session, claude) => {
    const error = await errorOf(() => session.start());
    assert(error instanceof DeadlineError);
    await session.close();
    assertEquals(family(claude).length, 3);
  },
);

testBoth(
  "close leaves nothing, again, and after a death",
  step.conversation([[...FAMILY, step.text("x")], [step.kill("SIGKILL")]]),
  {},
  async (session, claude) => {
    await session.ask("one");
    const error = await errorOf(() => session.ask("two"));
    assert(error instanceof ProcessExitError);
    // One of them is in a session of its own: what it inherited says whose it was.
    const all = family(claude);
    assertEquals(all.length, 3);
    await session.close();
    await session.close();
    assertEquals(await alive(all), []);
  },
);

testBoth(
  "close is bounded, whatever the process does and who holds its pipes",
  step.conversation([[
    step.grandchild({ holdsOutput: true }),
    step.grandchild({ holdsOutput: true, ownGroup: true }),
    step.ignore("eof"),
    step.ignore("sigterm"),
    step.text("x"),
  ]]),
  { closeTimeoutMs: { eofMs: 200, termMs: 300, killMs: 60_000 } },
  async (session) => {
    await session.ask("go");
    const start = performance.now();
    await session.close();
    const took = performance.now() - start;
    assert(took >= 500 && took < 60_000, `${took} ms`);
  },
);

testBoth(
  "a process that saves at the end of its input is waited for",
  step.conversation([[step.text("x")]], {
    atEndOfInput: [step.pause(2_000), step.file("saved", "all of it")],
  }),
  {},
  async (session, claude) => {
    await session.ask("go");
    await session.close();
    assertEquals(
      await Deno.readTextFile(`${claude.folder}/saved`),
      "all of it",
    );
  },
);

/** What a process does, the time of each rung, and how long those before its end take. */
const RUNGS: readonly (readonly [
  string,
  TurnScript,
  { readonly eofMs: number; readonly termMs: number },
  number,
])[] = [
  [
    "the end of its input",
    [step.text("x")],
    { eofMs: LONG_MS, termMs: LONG_MS },
    0,
  ],
  [
    "an interruption",
    [step.text("x"), step.gate("never")],
    { eofMs: LONG_MS, termMs: LONG_MS },
    0,
  ],
  [
    "SIGTERM",
    [step.ignore("eof"), step.text("x")],
    { eofMs: 200, termMs: LONG_MS },
    200,
  ],
  [
    "SIGKILL",
    [step.ignore("eof"), step.ignore("sigterm"), step.text("x")],
    { eofMs: 200, termMs: 200 },
    400,
  ],
];

Deno.test("close takes as long as its rung", posix, async (t) => {
  for (const [rung, turn, times, leastMs] of RUNGS) {
    for (const [kind, make] of MAKERS) {
      await t.step(`${kind}: ${rung}`, async (t) => {
        await using claude = await ScriptedClaude.create(
          step.conversation([turn]),
        );
        const session = make({
          claudePath: claude.command,
          closeTimeoutMs: { ...times, killMs: LONG_MS },
        });
        const took = await closeTime(session);
        await t.step(`${Math.round(took)} ms`, () => {
          assert(took >= leastMs && took < LONG_MS, `${took} ms`);
        });
      });
    }
  }
});

/** How long `close()` takes, in milliseconds, once the text is there. */
async function closeTime(session: AnySession): Promise<number> {
  if (session instanceof AsyncSession) {
    for await (const event of session.send("go")) {
      if (event.type === "assistant_text") break;
    }
  } else if (session instanceof SyncSession) {
    for (const event of session.send("go")) {
      if (event.type === "assistant_text") break;
    }
  }
  const start = performance.now();
  await session.close();
  return performance.now() - start;
}

/** The processes that have this one among the words of their command. */
function watchersOf(pid: number): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      return words[0] === "/bin/sh" && words[4] === String(pid)
        ? [Number(name)]
        : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

for (const kind of ["async", "blocking"] as const) {
  Deno.test({
    name:
      `${kind}: a worker that is terminated leaves no process behind, whatever that does`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using claude = await ScriptedClaude.create({
        processes: [{
          beforeInput: [step.ignore("eof"), step.ignore("sigterm")],
          turns: [[step.text("x"), step.silence({ deaf: true })]],
        }],
      });
      const worker = new Worker(
        import.meta.resolve("../support/holding_worker.ts"),
        {
          type: "module",
        },
      );
      worker.postMessage({ path: claude.path, kind });
      const pid = await new Promise<number>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
      worker.terminate();
      await claude.ended();
      // It is gone from the table a moment later.
      await until(async () => (await alive([pid])).length === 0);
    },
  });

  Deno.test({
    name:
      `${kind}: a session that a worker closes leaves nobody who waits for its end`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using claude = await ScriptedClaude.create({
        processes: [{ forEveryPrompt: [step.text("x")] }],
      });
      const worker = new Worker(
        import.meta.resolve("../support/holding_worker.ts"),
        {
          type: "module",
        },
      );
      worker.postMessage({ path: claude.path, kind, closes: true });
      const pid = await new Promise<number>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
      await until(async () => (await alive(watchersOf(pid))).length === 0);
      worker.terminate();
    },
  });
}
