/**
 * The command line as a child process, on the scripted Claude.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Scenario, Turn } from "../testing/scenario.ts";
import { ScriptedClaude } from "../testing/scripted_claude.ts";
import * as step from "../testing/steps.ts";

const CLI = decodeURIComponent(
  new URL("../../cli.ts", import.meta.url).pathname,
);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
class Running {
  readonly child: Deno.ChildProcess;
  readonly #stdout = new Collected();
  readonly #stderr = new Collected();
  readonly #ended: Promise<unknown>;

  constructor(claude: ScriptedClaude | undefined, args: readonly string[]) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", CLI, ...args],
      clearEnv: true,
      env: environment(claude),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#ended = Promise.all([
      this.#stdout.read(this.child.stdout),
      this.#stderr.read(this.child.stderr),
    ]);
  }

  /** Waits until stdout has this text. */
  async says(text: string): Promise<void> {
    await this.#stdout.has(text);
  }

  /** Waits until stderr has this text. */
  async hears(text: string): Promise<void> {
    await this.#stderr.has(text);
  }

  async write(text: string): Promise<void> {
    const writer = this.child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  }

  async end(): Promise<Outcome> {
    // It may have ended, or closed its end, before.
    await this.child.stdin.close().catch(() => {});
    return await this.outcome();
  }

  async outcome(): Promise<Outcome> {
    const [{ code }] = await Promise.all([this.child.status, this.#ended]);
    return { code, stdout: this.#stdout.text, stderr: this.#stderr.text };
  }
}

/** What a stream gave so far. */
class Collected {
  text = "";
  #waiting: (() => void)[] = [];

  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const texts = stream.pipeThrough(
      new TextDecoderStream() as TransformStream<Uint8Array, string>,
    );
    for await (const text of texts) {
      this.text += text;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async has(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

function environment(
  claude: ScriptedClaude | undefined,
): Record<string, string> {
  const env: Record<string, string> = { TERM: "dumb" };
  for (const name of ["PATH", "HOME", "TMPDIR", "DENO_DIR", "SystemRoot"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  if (claude !== undefined) env.CLAUDESTREAM_CLAUDE_PATH = claude.path;
  return env;
}

/** Runs a command line to its end. */
async function run(
  scenario: Scenario | readonly Turn[] | undefined,
  args: readonly string[],
  input = "",
): Promise<Outcome> {
  await using claude = scenario === undefined
    ? undefined
    : await ScriptedClaude.create(
      "processes" in scenario ? scenario : step.conversation(scenario),
    );
  const running = new Running(claude ?? undefined, args);
  if (input !== "") await running.write(input);
  return await running.end();
}

const BASH = { command: "git status" };
const asking: Turn = [
  step.text("Let me look."),
  step.toolCall("Bash", BASH, { asks: true, output: "clean" }),
  step.text("It is clean."),
];

Deno.test("send: the answer to stdout, tools to stderr", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "send",
    "look",
    "--allow",
    "Bash(git *)",
  ]);
  assertEquals(stdout, "Let me look.\n\nIt is clean.\n");
  assertMatch(stderr, /^● Bash git status\n✓ Bash {2}\d+ m?s\n {2}clean\n$/);
  assertEquals(code, 0);
});

Deno.test("stream: token by token, a line for each tool, a footer on demand", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "stream",
    "--allow=all",
    "--footer",
    "look",
  ]);
  assertEquals(stdout, "Let me look.\n\nIt is clean.\n");
  assertMatch(
    stderr,
    /^✓ Bash git status {2}\d+ m?s\n.*s · \$0\.\d+ · \d+ in · \d+ out\n$/,
  );
  assertEquals(code, 0);
});

Deno.test("without a terminal a call is denied, with the flag that would allow it", async () => {
  for (const command of ["send", "stream", "ask", "events"]) {
    const { stderr, code } = await run([asking], [command, "look"]);
    assertStringIncludes(
      stderr,
      "claudestream: A call of Bash was denied: nobody could be asked; to allow it run again with --allow 'Bash(git *)'\n",
    );
    assertEquals(code, 0);
  }
});

Deno.test("ask: the final text and nothing else", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "ask",
    "look",
    "--allow=all",
  ]);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "It is clean.\n",
    stderr: "",
  });
});

Deno.test("ask --json: one object", async () => {
  const { stdout } = await run([[step.text("4\n\n")]], [
    "ask",
    "--json",
    "2+2",
  ]);
  const answer = JSON.parse(stdout);
  assertEquals(answer.text, "4\n\n");
  assertEquals(answer.result.type, "result");
  assertEquals(answer.costUsd, answer.result.costUsd);
  assertEquals(stdout.split("\n").length, 2);
});

Deno.test("events: a line of JSON for each event, and nothing lost", async () => {
  const odd = { type: "from_the_future", answer: 42 };
  const turn = [step.line(odd), step.text("Hi.")];
  const { stdout, stderr } = await run([turn], ["events", "hi"]);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const unknown = events.find(({ type }) => type === "unknown");
  assertEquals(unknown.raw.answer, 42);
  for (const type of ["system_init", "stream_delta", "assistant_text"]) {
    assert(events.some((event) => event.type === type), type);
  }
  assertEquals(events.at(-1).type, "result");
  assertEquals(stderr, "");
});

Deno.test("events --raw and send --raw: the lines of the CLI", async () => {
  for (const command of ["events", "send"]) {
    const turn = [step.write("no json\n"), step.text("Hi.")];
    const { stdout } = await run([turn], [command, "--raw", "hi"]);
    const lines = stdout.trimEnd().split("\n");
    assert(lines.includes("no json"));
    const last = JSON.parse(lines.at(-1) ?? "");
    assertEquals(last.type, "result");
    assertEquals(typeof last.total_cost_usd, "number");
  }
});

Deno.test("the prompt comes from words, from a pipe, or from both", async () => {
  const echo = [[step.echo("<{prompt}>")]];
  const ask = async (args: readonly string[], input?: string) =>
    (await run(echo, ["ask", ...args], input)).stdout;
  assertEquals(await ask(["a", "b"]), "<a b>\n");
  assertEquals(await ask([], "ünï\n"), "<ünï>\n");
  assertEquals(await ask(["a"], "b\n"), "<a\n\nb>\n");
  assertEquals(await ask(["a", "--no-stdin"], "b\n"), "<a>\n");
  assertEquals(await ask(["--", "--json"]), "<--json>\n");
});

Deno.test("no prompt, unknown flags and the like: exit code 2 and no process", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["ask"], "Cannot send the prompt: there is none"],
    [["ask", "x", "--modle", "y"], 'did you mean "--model"?'],
    [["aks", "x"], 'did you mean "ask"?'],
    [["ask", "x", "--cwd", "/no/such/folder"], "/no/such/folder"],
    [["ask", "x", "--allow", "Bash("], 'Cannot read the --allow rule "Bash("'],
    [["ask", "x", "--resume=a", "-c"], "Cannot use --continue with --resume"],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await new Running(claude, args).end();
    assertEquals(code, 2, args.join(" "));
    assertEquals(stdout, "");
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "claudestream: ");
  }
  assertEquals(claude.starts, []);
});

const FAILURES: readonly (readonly [number, Turn, string])[] = [
  [1, [step.apiError(500, "server_error", "Oh no")], "Oh no"],
  [4, [step.apiError(401, "authentication_failed", "Invalid key")], "Sign in"],
  [5, [
    step.text("x"),
    step.result("error_max_turns", {
      is_error: true,
      terminal_reason: "max_turns",
    }),
  ], "--max-turns"],
  [75, [step.apiError(429, "rate_limit", "Slow down")], "later"],
  [75, [step.apiError(529, "overloaded", "Full")], "later"],
  [1, [step.text("x"), step.stderr("bad luck\n"), step.exit(7)], "bad luck"],
  [1, [step.text("x"), step.kill("SIGKILL")], "SIGKILL"],
];

for (const [expected, turn, message] of FAILURES) {
  Deno.test(`exit code ${expected}: ${message}`, async () => {
    for (const command of ["send", "ask"]) {
      const { code, stderr } = await run([turn], [command, "x"]);
      assertStringIncludes(stderr, "claudestream: ");
      assertStringIncludes(stderr, message);
      assertEquals(code, expected);
    }
  });
}

Deno.test("exit code 3: no claude, or one that gives up", async () => {
  const missing = await run(undefined, [
    "ask",
    "x",
    "--claude-path=/no/claude",
  ]);
  assertEquals(missing.code, 3);
  assertStringIncludes(missing.stderr, "npm install -g");
  const scenario = {
    processes: [{ beforeInput: [step.stderr("too old\n"), step.exit(1)] }],
  };
  const gone = await run(scenario, ["ask", "x"]);
  assertEquals(gone.code, 3);
  assertStringIncludes(gone.stderr, "too old");
});

Deno.test("a turn without text says why", async () => {
  const turn = [step.result("success", { result: "" })];
  for (const command of ["send", "ask"]) {
    const { code, stdout, stderr } = await run([turn], [command, "x"]);
    assertEquals(code, 0);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "the turn ended without any text");
  }
});

Deno.test("--timeout: exit code 124, and no process is left", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("x"), step.silence()]]),
  );
  const { code, stdout, stderr } = await new Running(claude, [
    "send",
    "x",
    "--timeout=1500ms",
  ]).end();
  assertEquals(stdout, "x\n");
  assertEquals(
    stderr,
    "claudestream: No end of the turn within 1.5 s (--timeout)\n",
  );
  assertEquals(code, 124);
  await claude.ended();
});

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("Ctrl-C interrupts the turn: exit code 130", posix, async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("Once upon"), step.gate("open")]]),
  );
  const running = new Running(claude, ["send", "x", "--no-stdin"]);
  await running.says("Once upon");
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.end();
  assertEquals({ code, stdout, stderr }, {
    code: 130,
    stdout: "Once upon\n",
    stderr: "interrupted\n",
  });
  assert(
    claude.received.some(({ request }) =>
      (request as { subtype?: string } | undefined)?.subtype === "interrupt"
    ),
  );
  await claude.ended();
});

Deno.test("a second Ctrl-C ends everything at once", posix, async () => {
  const deaf = [
    step.ignore("sigterm"),
    step.grandchild(),
    step.text("Once upon"),
    step.silence({ deaf: true }),
  ];
  await using claude = await ScriptedClaude.create(step.conversation([deaf]));
  const running = new Running(claude, ["send", "x", "--no-stdin"]);
  await running.says("Once upon");
  running.child.kill("SIGINT");
  await running.hears("interrupted");
  running.child.kill("SIGINT");
  assertEquals((await running.end()).code, 130);
  await claude.ended();
  const [pid = 0] = claude.grandchildren;
  assertEquals(await isGone(pid), true);
});

const ENDINGS = [["SIGTERM", 143], ["SIGHUP", 129]] as const;

for (const [signal, expected] of ENDINGS) {
  Deno.test(`${signal}: exit code ${expected}`, posix, async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("Once upon"), step.gate("open")]]),
    );
    const running = new Running(claude, ["stream", "x", "--no-stdin"]);
    await running.says("Once upon");
    running.child.kill(signal);
    assertEquals((await running.end()).code, expected);
    await claude.ended();
  });
}

Deno.test("a closed stdout ends quietly with 0", posix, async () => {
  const line = "a line of text\n";
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.text(line, { repeat: 20_000 }),
    step.gate("never"),
  ]]));
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      '{ "$@"; echo "code $?" >&2; } | head -1',
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      CLI,
      "stream",
      "x",
    ],
    clearEnv: true,
    env: environment(claude),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stdout), line);
  assertEquals(new TextDecoder().decode(stderr), "code 0\n");
  await claude.ended();
});

Deno.test("the answer reaches a pipe byte for byte, stderr is escaped", async () => {
  const turn = [
    step.text("\x1b[31mred \ud83d", { deltas: ["\x1b[31mred ", "😀"] }),
    step.toolCall("Bash", { command: "echo \x1b[2J" }, { output: "\x1b[2J" }),
    step.text("end"),
  ];
  const { stdout, stderr } = await run([turn], ["send", "x", "--color=always"]);
  assertStringIncludes(stdout, "\x1b[31mred ");
  assertStringIncludes(stderr, "␛[2J");
  assert(!stderr.includes("\x1b[2J"));
  assertStringIncludes(stderr, "\x1b[32m✓");
});

Deno.test("repl: each line of a pipe is a turn in one session", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([], { forEveryPrompt: [step.echo("<{prompts}>")] }),
  );
  const running = new Running(claude, ["repl"]);
  await running.write("one\n\n:help\r\n  \n/cost x\r\nlast");
  const { code, stdout, stderr } = await running.end();
  const [first = "", second = "", third = ""] = stdout.split("\n");
  assertStringIncludes(first, "one");
  assertStringIncludes(second, "/cost x");
  assertStringIncludes(third, "last");
  assertStringIncludes(stderr, ":quit");
  assertEquals(code, 0);
  assertEquals(claude.starts.length, 1);
});

Deno.test("repl: a failed turn is told, the next one runs, the code is the worst", async () => {
  const { code, stdout, stderr } = await run(
    [
      [step.apiError(429, "rate_limit", "Slow down")],
      [step.apiError(500, "server_error", "Oh no")],
      [step.text("Fine.")],
    ],
    ["repl"],
    "a\nb\nc\n",
  );
  assertEquals(stdout, "Fine.\n");
  assertStringIncludes(stderr, "Slow down");
  assertStringIncludes(stderr, "Oh no");
  assertEquals(code, 75);
});

Deno.test("repl: the process dies, in a turn and between two", async () => {
  const inTurn = await run(
    [[step.text("x"), step.exit(7)]],
    ["repl"],
    "a\nb\n",
  );
  assertEquals(inTurn.stdout, "x\n");
  assertStringIncludes(inTurn.stderr, "exit code 7");
  assertEquals(inTurn.stderr.split("claudestream:").length, 2);
  assertEquals(inTurn.code, 1);

  await using claude = await ScriptedClaude.create(step.conversation([[
    step.text("x"),
    step.result(),
    step.exit(7),
  ]]));
  const running = new Running(claude, ["repl"]);
  await running.write("a\n");
  // Its input stays open: it has to leave by itself.
  const { code, stderr } = await running.outcome();
  await running.child.stdin.abort().catch(() => {});
  assertStringIncludes(stderr, "exit code 7");
  assertEquals(code, 1);
});

Deno.test("repl: Ctrl-C ends the turn and not the session", posix, async () => {
  await using claude = await ScriptedClaude.create(step.conversation([
    [step.text("Once upon"), step.gate("open")],
    [step.text("Still here.")],
  ]));
  const running = new Running(claude, ["repl"]);
  await running.write("a\nb\n");
  await running.says("Once upon");
  running.child.kill("SIGINT");
  await running.says("Still here.");
  const { code, stdout } = await running.end();
  assertEquals(stdout, "Once upon\nStill here.\n");
  assertEquals(code, 130);
});

Deno.test("demo: plays without claude, without an account and without waiting", async () => {
  const { code, stdout, stderr } = await run(undefined, ["demo", "--fast"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "claudestream starts the `claude` program");
  assertStringIncludes(stderr, "A scripted stand-in for claude");
  assertStringIncludes(stderr, "? Claude wants to use Write");
  assertStringIncludes(stderr, ") y\n✓ Write haiku.txt");
});

Deno.test("help and --version go to stdout", async () => {
  const help = await run(undefined, ["help"]);
  assertStringIncludes(help.stdout, "Examples");
  assertEquals([help.code, help.stderr], [0, ""]);
  const version = await run(undefined, ["--version"]);
  assertMatch(
    version.stdout,
    /^claudestream \d+\.\d+\.\d+ \(deno 2\.[\d.]+\)\n$/,
  );
  assertEquals([version.code, version.stderr], [0, ""]);
});

/** Waits for the end of a process that is nobody's child here. */
async function isGone(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: [
      "-c",
      `for i in 1 2 3 4 5 6 7 8 9 10; do
      kill -0 ${pid} 2>/dev/null || exit 0
      sleep 0.1
    done
    exit 1`,
    ],
  }).output();
  return success;
}
