// The line that says what happens fits any width and is harmless.

import "../text/exact_width.ts";
import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../../events/mod.ts";
import { renderSpans } from "../text/terminal.ts";
import { Activity, clockText } from "./activity.ts";
import { lineWidth } from "./live_region.ts";

const START = new Date(2026, 0, 5, 13, 0, 0).getTime();
const main = { parentToolUseId: null, raw: {} };

function call(
  id: string,
  command: string,
  parentToolUseId: string | null = null,
): ClaudeEvent {
  return {
    ...main,
    parentToolUseId,
    type: "tool_use",
    toolUseId: id,
    name: "Bash",
    input: { command },
    index: 0,
    streamed: false,
    server: false,
  };
}

function outcome(id: string): ClaudeEvent {
  return {
    ...main,
    type: "tool_result",
    toolUseId: id,
    toolName: "Bash",
    content: "",
    text: "",
    isError: false,
    server: false,
  };
}

function delta(deltaType: string): ClaudeEvent {
  return {
    ...main,
    type: "stream_delta",
    eventType: "content_block_delta",
    deltaType,
    text: "x",
    index: 0,
    event: {},
  } as ClaudeEvent;
}

const limit: ClaudeEvent = {
  raw: {},
  type: "rate_limit",
  status: "rejected",
  resetsAt: new Date(2026, 0, 5, 14, 5).getTime() / 1000,
};
const retry: ClaudeEvent = {
  raw: {},
  type: "api_retry",
  attempt: 1,
  maxRetries: 10,
  retryDelayMs: 7_500,
  errorStatus: 529,
  error: "overloaded",
};
const long =
  "find / -name '*.ts' -not -path '*/node_modules/*' -exec grep -l 漢字 {} +";

/** Seconds from the start and the event that comes then. */
type Story = readonly (readonly [at: number, event: ClaudeEvent])[];

/** What is shown so many seconds from the start, without the sign in front. */
const ROWS: readonly (readonly [
  name: string,
  story: Story,
  at: number,
  lines: readonly string[],
])[] = [
  ["at once", [], 0, ["starting"]],
  ["a slow start", [], 3.2, ["starting  3 s"]],
  [
    "thinking",
    [[1, delta("thinking_delta")], [2, delta("thinking_delta")]],
    5,
    [
      "thinking  4 s",
    ],
  ],
  ["text flows", [[1, delta("text_delta")]], 1.5, []],
  ["text stops flowing", [[1, delta("text_delta")]], 4, ["writing  3 s"]],
  ["a call is written", [[1, delta("input_json_delta")]], 1, [
    "writing a call",
  ]],
  ["a tool", [[1, call("a", "git status")]], 13, ["Bash git status  12 s"]],
  ["a tool that takes minutes", [[1, call("a", "make")]], 126, [
    "Bash make  2 m 05 s",
  ]],
  ["a tool is over", [[1, call("a", "make")], [2, outcome("a")]], 2, [
    "waiting for the model",
  ]],
  [
    "two tools, one of a subagent",
    [
      [0, call("a", "one")],
      [0, call("b", "two", "a")],
    ],
    0,
    ["Bash one", "  Bash two"],
  ],
  ["six tools", "abcdef".split("").map((id) => [0, call(id, id)] as const), 0, [
    "Bash c",
    "Bash d",
    "Bash e",
    "Bash f",
    "  and 2 more",
  ]],
  ["a limit", [[1, limit]], 60, ["waiting for a limit until 14:05"]],
  ["a limit that is over", [[1, limit], [2, delta("text_delta")]], 2, []],
  ["a retry", [[1, retry]], 2, ["trying again  in 7 s"]],
  ["a retry runs", [[1, retry]], 12, ["trying again"]],
  ["controls", [[0, call("a", "rm \x1b[2J\u202e\nx")]], 0, [
    "Bash rm ␛[2J<U+202E> x",
  ]],
];

/** Shows the same at each width; what is cut ends in `…`. */
for (const columns of [40, 80, 200]) {
  for (const [name, story, at, lines] of ROWS) {
    Deno.test(`Activity, ${columns} columns: ${name}`, () => {
      const activity = new Activity(START, "starting");
      for (const [second, event] of story) {
        activity.take(event, START + second * 1000);
      }
      const shown = activity.lines(START + at * 1000, columns, false);
      assertEquals(
        shown.map((line) => renderSpans(line, false).replace("… ", "")),
        lines,
      );
    });
  }
}

const LONG_LINES: Readonly<Record<number, string>> = {
  40: "… Bash find / -name '*.ts' -not…  12 s",
  80:
    "… Bash find / -name '*.ts' -not -path '*/node_modules/*' -exec grep -l…  12 s",
  200: `… Bash ${long}  12 s`,
};
for (const [columns, line] of Object.entries(LONG_LINES)) {
  Deno.test(`Activity, ${columns} columns: a long command is cut, and its time is not`, () => {
    const activity = new Activity(START, "starting");
    activity.take(call("a", long), START);
    const [shown = []] = activity.lines(START + 12_000, Number(columns), false);
    assertEquals(renderSpans(shown, false), line);
    assertEquals(lineWidth(shown) < Number(columns), true);
  });
}

Deno.test("Activity: the sign in front turns", () => {
  const activity = new Activity(START, "starting");
  const signs = [0, 100, 200, 1000].map((ms) =>
    renderSpans(activity.lines(START + ms, 80, true)[0] ?? [], false)[0]
  );
  assertEquals(new Set(signs.slice(0, 3)).size, 3);
  assertEquals(signs[0], signs[3]);
});

Deno.test("clockText has the day where it is another one", () => {
  const other = new Date(2026, 0, 7, 9, 3).getTime();
  assertEquals(clockText(other, other), "09:03");
  assertEquals(
    clockText(other, START),
    `09:03 on ${new Date(other).toLocaleDateString()}`,
  );
});
