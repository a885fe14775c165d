// What a SyncSession does when something under it breaks: its worker, the disk, the pipe
// to the process, a permission. The caller gets an error that says so, soon, and nothing
// is left running.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ClaudeStreamError,
  ProcessExitError,
  SyncSession,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { run } from "../support/registry.ts";

/** The workers that are made until it is disposed of. */
class Workers implements Disposable {
  readonly made: Worker[] = [];
  readonly #real = globalThis.Worker;

  constructor() {
    const { made } = this;
    globalThis.Worker = class extends this.#real {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        made.push(this);
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#real;
  }
}

/** Runs a turn, and does something to the worker of its session once there is output. */
async function withWorker(
  harm: (worker: Worker | undefined) => void,
): Promise<{ error: ClaudeStreamError; tookMs: number }> {
  using workers = new Workers();
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("x"), step.silence()]]),
  );
  using session = new SyncSession({
    claudePath: claude.command,
    closeTimeoutMs: 100,
    // A file for the process alone.
    settings: { env: { SOME_TOKEN: "of nobody else's business" } },
  });
  let at = 0;
  const error = assertThrows(() => {
    for (const event of session.send("hi")) {
      if (event.type !== "assistant_text") continue;
      at = performance.now();
      harm(workers.made[0]);
    }
  }, ClaudeStreamError);
  const tookMs = performance.now() - at;
  assertEquals(session.state, "dead");
  await claude.ended();
  const [file = ""] = claude.starts.flatMap((start) => start.arguments)
    .flatMap((argument) => argument.match(/^--settings=(.*)/)?.[1] ?? []);
  assert(file !== "");
  assertThrows(() => Deno.statSync(file), Deno.errors.NotFound);
  return { error, tookMs };
}

Deno.test("the death of the worker is found out, and ends the process", async () => {
  const { error, tookMs } = await withWorker((worker) => worker?.terminate());
  assertEquals(
    error.message,
    "Lost the worker that reads the process: it gives no sign of life",
  );
  assert(tookMs < 60_000, `${tookMs} ms`);
});

Deno.test("the death of the worker is found out also before there is a process", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  using workers = new Workers();
  let at = 0;
  using session = new SyncSession({
    claudePath: claude.command,
    spawn: (spec) => {
      workers.made[0]?.terminate();
      at = performance.now();
      return spec;
    },
  });
  const error = assertThrows(() => session.start(), ClaudeStreamError);
  assertEquals(
    error.message,
    "Lost the worker that reads the process: it gives no sign of life",
  );
  assert(performance.now() - at < 60_000);
});

Deno.test("a failure in the worker itself is told at once, with its cause", async () => {
  const { error, tookMs } = await withWorker((worker) =>
    // An order that cannot be followed: such memory is no ring.
    worker?.postMessage({ do: "start", memory: new SharedArrayBuffer(19) })
  );
  assert(error.message.startsWith("Lost the worker"), error.message);
  assert(error.cause instanceof Error);
  assert(error.message.endsWith(error.cause.message), error.message);
  assert(tookMs < 60_000, `${tookMs} ms`);
});

/** Closes its stdin, answers the handshake, in this order, and stays. */
const DEAF = `#!/bin/sh
read -r line
id=$(printf %s "$line" | sed 's/.*"request_id":"\\([^"]*\\)".*/\\1/')
exec 0<&-
printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":{"commands":[],"models":[],"agents":[],"account":{},"output_style":"default","available_output_styles":[]}}}\\n' "$id"
exec sleep 60
`;

Deno.test("a process that closes its stdin fails the next turn, and ends", async () => {
  await failsDeaf(DEAF, "SIGTERM");
  await failsDeaf(DEAF.replace("\n", "\ntrap '' TERM\n"), "SIGKILL");
});

async function failsDeaf(script: string, signal: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "claudestream-deaf-" });
  try {
    const claudePath = `${folder}/claude`;
    await Deno.writeTextFile(claudePath, script, { mode: 0o755 });
    const options = { claudePath, closeTimeoutMs: 300 };
    const at = performance.now();
    {
      using session = new SyncSession(options);
      session.start();
      const error = assertThrows(() => session.ask("hi"), ProcessExitError);
      assertEquals([error.signal, session.state], [signal, "dead"]);
      const { pid } = session;
      assertThrows(() => Deno.kill(pid ?? 0, "SIGTERM"), Deno.errors.NotFound);
    }
    await using session = new AsyncSession(options);
    await session.start();
    const error = await assertRejects(
      () => session.ask("hi"),
      ProcessExitError,
    );
    assertEquals([error.signal, session.state], [signal, "dead"]);
    // The process itself stays for 60 s.
    assert(performance.now() - at < 50_000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PROGRAM = `
  import { AsyncSession, StartupError, SyncSession } from "${new URL(
  "../../mod.ts",
  import.meta.url,
)}";
  const [claudePath, big] = Deno.args;
  const settings = { env: { BIG: "x".repeat(Number(big)) } };
  function told(error) {
    if (!(error instanceof StartupError)) throw error;
    const { reason, message, hint, cause } = error;
    console.log(JSON.stringify({ reason, message, hint, cause: cause?.message }));
  }
  try {
    using session = new SyncSession({ claudePath, settings });
    console.log(session.ask("hi").text);
  } catch (error) {
    told(error);
  }
  try {
    await using session = new AsyncSession({ claudePath, settings });
    console.log((await session.ask("hi")).text);
  } catch (error) {
    told(error);
  }
`;

/** The program above on a full disk of its own for temporary files. */
async function onSmallDisk(claudePath: string, big: number) {
  const folder = await Deno.makeTempDir({ prefix: "claudestream-disk-" });
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM);
    await Deno.mkdir(`${folder}/disk`);
    const deno = `'${Deno.execPath()}' run -A --no-check --quiet`;
    const config = decodeURIComponent(
      new URL("../../deno.json", import.meta.url).pathname,
    );
    const script = `mount -t tmpfs -o size=16k none '${folder}/disk' &&
      TMPDIR='${folder}/disk' ${deno} -c '${config}' main.ts "$@" &&
      ls '${folder}/disk'`;
    return await run(
      "unshare",
      ["--map-root-user", "--mount", "sh", "-c", script, "sh"].concat(
        claudePath,
        `${big}`,
      ),
      { cwd: folder, env: { HOME: Deno.env.get("HOME") ?? folder } },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether a small disk can be had: Linux with namespaces for everybody, or root. */
async function canMount(): Promise<boolean> {
  try {
    const said = await run(
      "unshare",
      ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
      { cwd: "/", env: {} },
    );
    return said.code === 0;
  } catch {
    return false;
  }
}

const mayMount = Deno.build.os === "linux" && await canMount();

Deno.test({
  name: mayMount
    ? "a full disk is a StartupError that says so, in both sessions, and leaves no file"
    : "a full disk (skipped: no file system can be mounted)",
  ignore: !mayMount,
  async fn() {
    await using claude = await ScriptedClaude.create({
      processes: [1, 2, 3].map(() => ({ turns: [[step.text("done")]] })),
    });
    const fits = await onSmallDisk(claude.path, 1_000);
    assertEquals([fits.code, fits.stdout], [0, "done\ndone\n"], fits.stderr);
    const full = await onSmallDisk(claude.path, 100_000);
    assertEquals(full.code, 0, full.stderr);
    const failures = full.stdout.trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(failures.length, 2, full.stdout);
    for (const { reason, message, cause } of failures) {
      assertEquals(reason, "spawn_failed");
      assert(message.includes("cannot write the files for --settings"));
      assert(cause.includes("No space left on device"), cause);
    }
  },
});

Deno.test("without the right to read our files, SyncSession says so instead of waiting", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  const source = new URL("../../src/", import.meta.url).pathname;
  const program = new URL("../consumer/compiled.ts", import.meta.url).pathname;
  const root = new URL("../..", import.meta.url).pathname;
  const start = (...flags: string[]) =>
    run(
      Deno.execPath(),
      ["run", "--no-prompt", "--no-check", "--quiet", ...flags].concat(
        `--allow-run=${claude.path}`,
        program,
        claude.path,
      ),
      { cwd: root, env: { HOME: Deno.env.get("HOME") ?? root } },
    );
  const refused = await start();
  assertEquals(refused.code, 1);
  assert(refused.stderr.includes("StartupError"), refused.stderr);
  assert(refused.stderr.includes(`may not read "${source}"`), refused.stderr);
  const done = await start(`--allow-read=${source}`);
  assertEquals(done.code, 0, done.stderr);
});
