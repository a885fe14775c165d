// How the edited prompt is drawn, and what of its history is on disk.

import { assertEquals } from "@std/assert";
import { Scratch } from "../../testing/mod.ts";
import { lineWidth } from "../live/live_region.ts";
import { renderSpans } from "../text/terminal.ts";
import { editorView } from "./editor_view.ts";
import { History, readPrompts } from "./history.ts";

const LONG = `${"word ".repeat(30)}漢字 \x1b[2J\u202e\tx\nlast`;

/** The cursor is drawn as `|`. */
function drawn(
  text: string,
  cursor: number,
  columns: number,
  rows = 20,
): string {
  const { lines, cursor: at } = editorView(text, cursor, columns, rows);
  return lines.map((line, row) => {
    const shown = renderSpans(line, false);
    return row === at.row && at.column <= shown.length
      ? `${shown.slice(0, at.column)}|${shown.slice(at.column)}`
      : shown;
  }).join("\n");
}

Deno.test("editorView: an empty prompt, one line, two", () => {
  assertEquals(drawn("", 0, 40), "> |");
  assertEquals(drawn("abc", 1, 40), "> a|bc");
  assertEquals(drawn("abc\nd", 4, 40), "> abc\n  |d");
  assertEquals(drawn("abc\n", 4, 40), "> abc\n  |");
  assertEquals(drawn("\x1b[2J", 0, 40), "> |␛[2J");
});

for (const columns of [40, 80, 200]) {
  Deno.test(`editorView: ${columns} columns hold all, and the cursor is where the text is`, () => {
    const { lines } = editorView(LONG, 0, columns, 100);
    for (const line of lines) assertEquals(lineWidth(line) < columns, true);
    const shown = lines.map((line) => renderSpans(line, false).slice(2)).join(
      "",
    );
    assertEquals(
      shown,
      LONG.replaceAll("\n", "").replace("\t", "    ").replace("\x1b", "␛")
        .replace("\u202e", "<U+202E>"),
    );
    // Each place of the text has a place of its own on the screen.
    const places = Array.from("word word word\nx", (_, at) => {
      const { cursor } = editorView("word word word\nx", at, columns, 9);
      return `${cursor.row}:${cursor.column}`;
    });
    assertEquals(new Set(places).size, places.length);
  });
}

Deno.test("editorView: of a long text the lines around the cursor are shown", () => {
  const text = Array.from({ length: 200 }, (_, at) => `${at}`).join("\n");
  assertEquals(drawn(text, text.length, 40, 3), "  197\n  198\n  199|");
  assertEquals(drawn(text, 0, 40, 3), "> |0\n  1\n  2");
});

Deno.test("History: only for its owner, in order, and half a line harms no other", async () => {
  await using scratch = await Scratch.create();
  const path = `${scratch.home}/state/history`;
  const history = await History.load(path);
  for (const prompt of ["one", "one", " secret", "two\nlines"]) {
    await history.add(prompt);
  }
  assertEquals((await History.load(path)).prompts, ["one", "two\nlines"]);
  assertEquals(history.failure, undefined);
  if (Deno.build.os !== "windows") {
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }
  assertEquals(readPrompts('"a"\n"b\n{}\n"c"\n'), ["a", "c"]);
  const many = Array.from({ length: 1200 }, (_, at) => `"${at}"\n`).join("");
  assertEquals(readPrompts(many).length, 1000);
  assertEquals(readPrompts(many).at(-1), "1199");
});

Deno.test("History: a file that cannot be written is told of, and the prompts stay", async () => {
  await using scratch = await Scratch.create();
  await Deno.writeTextFile(`${scratch.home}/state`, "");
  const history = await History.load(`${scratch.home}/state/history`);
  await history.add("one");
  assertEquals(history.prompts, ["one"]);
  assertEquals(typeof history.failure, "string");
});
