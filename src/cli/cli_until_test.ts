// What ends the commands that send one prompt.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../testing/mod.ts";
import { Running } from "./fixtures/child.ts";
import { waitingText } from "./text/waiting_text.ts";

/** Leaves a task behind that lasts until the test says so, and tells of its end. */
const TURNS = [[
  step.background("build it\x1b[2J", [step.gate("task")], {
    wakeUp: [step.text("It is "), step.text("built.")],
  }),
  step.text("Star"),
  step.text("ted."),
]];

async function start(...args: readonly string[]) {
  const claude = await ScriptedClaude.create(step.conversation(TURNS));
  const running = new Running(claude, [...args, "--allow=all", "go"]);
  await running.child.stdin.close();
  return {
    claude,
    running,
    async [Symbol.asyncDispose]() {
      await claude.close();
    },
  };
}

for (const command of ["send", "stream"]) {
  Deno.test(`${command} waits for the task and shows the turn about it`, async () => {
    await using on = await start(command);
    await on.running.says("Started.");
    await on.claude.release("task");
    const { code, stdout } = await on.running.outcome();
    assertEquals([code, stdout], [0, "Started.\n\nIt is built.\n"]);
  });
}

Deno.test("events waits for the task, typed and raw", async () => {
  for (const raw of [[], ["--raw"]]) {
    await using on = await start("events", ...raw);
    await on.running.says('"type":"result"');
    await on.claude.release("task");
    const { code, stdout } = await on.running.outcome();
    assertEquals(code, 0);
    assertEquals(stdout.match(/"type":"result"/g)?.length, 2);
  }
});

Deno.test("ask waits for the task, says so, and prints the last answer", async () => {
  await using on = await start("ask");
  await on.running.hears(
    "claudestream: waiting for work in the background: build it",
  );
  await on.claude.release("task");
  const { code, stdout, stderr } = await on.running.outcome();
  assertEquals([code, stdout], [0, "It is built.\n"]);
  assert(!stderr.includes("\x1b[2J"), stderr);
});

Deno.test("ask --json has the cost of both turns", async () => {
  await using on = await start("ask", "--json");
  await on.running.hears("waiting for work");
  await on.claude.release("task");
  const { stdout } = await on.running.outcome();
  const answer = JSON.parse(stdout);
  assertEquals(answer.text, "It is built.");
  assertEquals(answer.costUsd, answer.totalCostUsd);
  assert(answer.costUsd > answer.result.costUsd);
});

Deno.test("--until turn ends with the prompt's own turn", async () => {
  for (const command of ["send", "stream", "ask"]) {
    await using on = await start(command, "--until", "turn");
    const { code, stdout } = await on.running.outcome();
    assertEquals([code, stdout], [0, "Started.\n"]);
  }
});

Deno.test("Ctrl-C ends the wait; the answer so far is printed", async () => {
  await using on = await start("ask");
  await on.running.hears("waiting for work");
  on.running.child.kill("SIGINT");
  const { code, stdout, stderr } = await on.running.outcome();
  assertEquals([code, stdout], [130, "Started.\n"]);
  assertStringIncludes(stderr, "interrupted\n");
});

Deno.test("--timeout bounds the wait", async () => {
  await using on = await start("ask", "--timeout", "3s");
  const { code, stderr } = await on.running.outcome();
  assertEquals(code, 124);
  assertStringIncludes(stderr, "--timeout");
});

Deno.test("a wrong --until is a wrong usage, and repl has none", async () => {
  for (
    const [args, said] of [
      [["send", "x", "--until", "end"], "expected tasks or turn"],
      [["repl", "--until", "turn"], 'Cannot use --until with "repl"'],
    ] as const
  ) {
    const running = new Running(undefined, args);
    const { code, stderr } = await running.end();
    assertEquals(code, 2);
    assertStringIncludes(stderr, said);
  }
});

Deno.test("waitingText names one task and counts the others", () => {
  const end = "; Ctrl-C ends the wait, --until turn does not wait";
  assertEquals(
    [waitingText(["a"]), waitingText(["a", "b", "c"])],
    [
      `waiting for work in the background: a${end}`,
      `waiting for work in the background: a and 2 more${end}`,
    ],
  );
});
