// The repl: turns, failures, Ctrl-C and the end of input; the demo.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../testing/mod.ts";
import { DEMO_SCENARIO } from "./demo/scenario.ts";
import { syllablesOf } from "./demo/tools.ts";
import {
  asking,
  atTerminal,
  CLI,
  environment,
  hasScript,
  run,
  Running,
} from "./fixtures/child.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("repl: each line of a pipe is a turn in one session", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([], { forEveryPrompt: [step.echo("<{prompt}>")] }),
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

Deno.test("repl: /exit leaves, as in Claude Code itself", async () => {
  const { code, stdout } = await run(
    [[step.text("First.")], [step.text("Second.")]],
    ["repl"],
    "a\n/exit\nb\n",
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "First.\n" });
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

  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("x")]]),
  );
  const running = new Running(claude, ["repl"]);
  await running.write("a\n");
  await running.says("x\n");
  Deno.kill(claude.starts[0]?.pid ?? 0, "SIGKILL");
  // Its input stays open: it has to leave by itself.
  const { code, stderr } = await running.outcome();
  await running.child.stdin.abort().catch(() => {});
  assertStringIncludes(stderr, "SIGKILL");
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

Deno.test("demo: shows all that is worth showing, and asks nothing", async () => {
  const { code, stdout, stderr } = await run(undefined, ["demo", "--fast"]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "What Claude says is scripted");
  // A tool of one's own, a diff, a denial, two subagents, the cost.
  assertStringIncludes(stderr, "✓ mcp__tools__count_syllables");
  assertStringIncludes(
    stderr,
    "  - each one an event.\n  + each one an event you hold.",
  );
  assertStringIncludes(stderr, "✗ Bash rm -rf drafts  nothing is deleted here");
  assertStringIncludes(stderr, "  ✓ WebSearch");
  assertStringIncludes(stderr, "✓ Agent Poet");
  assertStringIncludes(stderr, "All four turns: $0.0");
  // An answer of a type of one's own.
  assertStringIncludes(stdout, "It is a haiku: 5, 7, 5");
});

Deno.test({
  name: "demo: at a terminal it needs no key, and is in colour",
  ignore: !(await hasScript()),
}, async () => {
  const env = environment(undefined);
  const command = `exec env TERM=xterm-256color '${Deno.execPath()}' ` +
    `run -A --quiet '${CLI}' demo --fast`;
  const running = new Running(
    undefined,
    [],
    ["script", "-qec", command, "/dev/null"],
    env,
  );
  // Its input stays open, and nothing is typed.
  const { code } = await running.child.status;
  const { stdout } = await running.end();
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "All four turns: ");
  assertStringIncludes(stdout, "\x1b[");
});

Deno.test("demo: its pauses are less than 30 seconds in all", () => {
  let pausesMs = 0;
  JSON.stringify(DEMO_SCENARIO, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const { do: name, ms = 0, pauseMs = 0, deltas = 1 } = value as {
      readonly do?: string;
      readonly ms?: number;
      readonly pauseMs?: number;
      readonly deltas?: number | readonly string[];
    };
    if (name === "pause") pausesMs += ms;
    pausesMs += pauseMs * (typeof deltas === "number" ? deltas : deltas.length);
    return value;
  });
  assert(pausesMs > 5_000 && pausesMs < 30_000, `${pausesMs}`);
});

Deno.test("demo: its tool counts, as the haiku says", () => {
  assertEquals(
    ["A line, then a line,", "each one an event.", "The turn ends. You speak."]
      .map(syllablesOf),
    [5, 5, 5],
  );
  assertEquals(syllablesOf("each one an event you hold."), 7);
});

const terminal = { ignore: !await hasScript() };

Deno.test(
  "at a terminal a question is asked and answered",
  terminal,
  async () => {
    await using claude = await ScriptedClaude.create(
      step.conversation([asking]),
    );
    for (
      const [answer, sign] of [["y", "✓ Bash git status"], [
        "n",
        "The user said no",
      ]]
    ) {
      const running = atTerminal(claude, "stream look");
      await running.says("Allow? [y]es [n]o [a]lways");
      await running.write(answer ?? "");
      await running.says(`${sign}`);
      await running.says("It is clean.");
      assertEquals((await running.outcome()).code, 0);
      await running.child.stdin.abort().catch(() => {});
    }
  },
);

Deno.test(
  "repl at a terminal: Ctrl-C, typing ahead, leaving",
  terminal,
  async () => {
    await using claude = await ScriptedClaude.create(step.conversation([
      [step.text("Once upon"), step.gate("open")],
      [step.echo("<{prompt}>")],
      asking,
    ]));
    const running = atTerminal(claude, "repl");
    await running.says("> ");
    await running.write("first\n");
    await running.says("Once upon");
    // Before any Ctrl-C, at which the terminal discards unread input.
    await running.write("typed ahead\n");
    await running.says("typed ahead");
    await claude.release("open");
    // The second turn is over, and the prompt is there again.
    await running.says("out\r\n> ", 2);
    await running.write("look\n");
    await running.says("Allow?");
    await running.write("\x03");
    await running.says("out · 1 tool\r\n> ");
    await running.write("half a line\x03");
    await running.says("Ctrl-C again leaves");
    await running.write("\x03");
    await running.says("To go on: claudestream repl --resume ");
    assertEquals((await running.outcome()).code, 130);
    await running.child.stdin.abort().catch(() => {});
    await claude.ended();
  },
);
