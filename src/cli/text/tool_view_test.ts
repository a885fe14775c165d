// Edits, plans and to-do lists as a terminal shows them; control characters never reach it.

import { assertEquals } from "@std/assert";
import type { WireObject } from "../../messages/_define.ts";
import { lineWidth } from "../live/live_region.ts";
import { loadDiff } from "../question/edit_diff.ts";
import { renderSpans } from "./terminal.ts";
import { EDITING_TOOLS, toolLines } from "./tool_view.ts";

const diff = await loadDiff();
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join(
    "",
  );

/** Each call, and its lines; colours by their number before the line. */
const ROWS: readonly (readonly [
  name: string,
  input: WireObject,
  lines: readonly string[],
])[] = [
  ["Bash", { command: "ls" }, []],
  ["Edit", { file_path: "a", old_string: "a\nb\n", new_string: "a\nc\n" }, [
    "2   a",
    "31 - b",
    "32 + c",
  ]],
  ["Edit", {
    old_string: numbered(1, 20),
    new_string: numbered(1, 9) + "new\n" + numbered(10, 20),
  }, ["2   line 8", "2   line 9", "32 + new", "2   line 10", "2   line 11"]],
  ["MultiEdit", {
    edits: [{ old_string: "a", new_string: "b" }, {
      old_string: "",
      new_string: "c",
    }],
  }, ["31 - a", "32 + b", "32 + c"]],
  ["Write", { content: "x\x1b[2J\n" }, ["32 + x␛[2J"]],
  ["Write", { content: numbered(1, 50) }, [
    ...Array.from({ length: 40 }, (_, at) => `32 + line ${at + 1}`),
    "2 … 10 more lines",
  ]],
  ["TodoWrite", {
    todos: [
      { content: "one", status: "completed" },
      { content: "two", status: "in_progress" },
      { content: "three\u202e", status: "pending" },
      "odd",
    ],
  }, ["32 ☑ one", "36 ▶ two", "☐ three<U+202E>"]],
  ["TodoWrite", { todos: "odd" }, []],
  ["ExitPlanMode", { plan: "# Plan\n\n1. Test\n" }, [
    "# Plan",
    "",
    "1. Test",
  ]],
];

for (const columns of [40, 80, 200]) {
  for (const [name, input, lines] of ROWS) {
    Deno.test(`toolLines, ${columns} columns: ${name} ${JSON.stringify(input).slice(0, 40)}`, () => {
      const shown = toolLines(name, input, columns, diff);
      assertEquals(
        shown.map((line) =>
          renderSpans(line, true)
            // deno-lint-ignore no-control-regex
            .replace(/^\x1b\[(\d+)m/, "$1 ").replace(/\x1b\[\d+m/g, "")
        ),
        lines,
      );
    });
  }
  Deno.test(`toolLines, ${columns} columns: a long line is cut`, () => {
    const long = "漢字 ".repeat(100);
    for (
      const input of [
        { old_string: long, new_string: `${long}x`, content: long },
        { todos: [{ content: long, status: "pending" }] },
        { plan: long },
      ]
    ) {
      for (const name of [...EDITING_TOOLS, "TodoWrite", "ExitPlanMode"]) {
        for (const line of toolLines(name, input, columns, diff)) {
          assertEquals(lineWidth(line) <= columns, true);
        }
      }
    }
  });
}
