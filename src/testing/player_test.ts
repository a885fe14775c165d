// The player of scenarios, without a process.

import { assertEquals } from "@std/assert";
import {
  answering,
  ASKING,
  BASE,
  type Line,
  play,
  prompt,
  touch,
} from "./_play.ts";
import * as step from "./steps.ts";

Deno.test("Player wakes up when a task in the background ends", () => {
  const { lines, code } = play({
    arguments: BASE,
    scenario: step.conversation([[
      step.background("count", [step.gate("counting")], {
        wakeUp: [step.text("Counted.")],
      }),
      step.text("Started."),
    ]]),
    first: [prompt("go")],
  });
  assertEquals(
    lines.map((line) => line.subtype ?? line.type),
    [
      "init",
      "background_tasks_changed",
      "task_started",
      "assistant",
      "success",
      "task_updated",
      "task_notification",
      "background_tasks_changed",
      "init",
      "assistant",
      "success",
    ],
  );
  assertEquals(lines.at(-1).origin.kind, "task-notification");
  assertEquals(lines.at(-1).result_index, 1);
  assertEquals(code, 0);
});

Deno.test("Player takes the end of input for a refusal", () => {
  const { lines, code } = play({
    arguments: ASKING,
    scenario: step.conversation([[
      step.toolCall("Bash", touch("touch made.txt"), { asks: true }),
      step.text("after"),
    ]]),
    first: [prompt("go")],
  });
  const result = lines.at(-1);
  assertEquals([result.result, result.permission_denials.length], ["after", 1]);
  assertEquals(code, 0);
});

Deno.test("Player answers overlapping permissions as they come", () => {
  const open: Line[] = [];
  const { lines } = play({
    arguments: ASKING,
    scenario: step.conversation([[
      step.toolCalls(
        ["a", "b"].map((output) => ({
          name: "Bash",
          input: {},
          asks: true,
          output,
        })),
        { overlap: true },
      ),
      step.text("both"),
    ]]),
    first: [prompt("go")],
    reply: (line) => {
      if (line.type !== "control_request") return [];
      open.unshift(line);
      if (open.length < 2) return [];
      return open.flatMap(answering("can_use_tool", () => ({
        behavior: "allow",
      })));
    },
  });
  const results = lines.filter((line) => line.type === "user");
  assertEquals(
    results.map((line) => line.message.content[0].content),
    ["b", "a"],
  );
});

Deno.test("Player refuses what the real CLI refuses", () => {
  const scenario = step.conversation([]);
  const bare = BASE.filter((argument) => argument !== "--verbose");
  assertEquals(play({ scenario, arguments: bare, first: [] }).code, 1);
  const first = [{ type: "user", message: { role: "assistant" } }];
  assertEquals(play({ scenario, arguments: BASE, first }).code, 1);
  const request = { subtype: "no_such_subtype" };
  const odd = { type: "control_request", request_id: "1", request };
  const { lines } = play({ scenario, arguments: BASE, first: [odd] });
  assertEquals(lines[0].response, {
    subtype: "error",
    request_id: "1",
    error: "Unsupported control request subtype: no_such_subtype",
    error_code: "unsupported_request",
  });
});

Deno.test("Player spoils the line that a step is about, once", () => {
  const types = (how: "twice" | "late" | "lost" | "half") =>
    play({
      arguments: BASE,
      scenario: step.conversation([[
        step.spoil(how, "assistant"),
        step.text("x"),
      ]]),
      first: [prompt("go")],
    }).lines.map((line) => line.type);
  assertEquals(types("twice"), ["system", "assistant", "assistant", "result"]);
  assertEquals(types("late"), ["system", "result", "assistant"]);
  assertEquals(types("lost"), ["system", "result"]);
  assertEquals(types("half"), ["system", "result"]);
});

Deno.test("awaitPrompt waits for a prompt that no turn has taken", () => {
  const more = prompt("two", "00000000-0000-4000-8000-000000000002");
  const steps = [
    step.text("asked"),
    step.awaitPrompt(),
    step.toolCall("Read", {}, { output: "x" }),
    step.echo("{prompts}"),
  ];
  const texts = (lines: readonly Line[]) =>
    lines.flatMap((line) => line.message?.content?.[0]?.text ?? []);
  const run = (first: readonly Line[], later: readonly Line[]) =>
    texts(
      play({
        arguments: BASE,
        scenario: step.conversation([steps]),
        first,
        reply: (line) => texts([line])[0] === "asked" ? later : [],
      }).lines,
    );
  assertEquals(run([prompt("one")], [more]), ["asked", "one\ntwo"]);
  // It may have come before.
  assertEquals(run([prompt("one"), more], []), ["asked", "one\ntwo"]);
  // The turn's own does not count.
  assertEquals(run([prompt("one")], []), ["asked"]);
});
