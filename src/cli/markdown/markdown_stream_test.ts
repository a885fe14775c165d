// Markdown on a terminal: pieces are drawn as the whole, and nothing in them acts on the terminal.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Line, lineWidth } from "../live/live_region.ts";
import { renderSpans } from "../text/terminal.ts";
import { highlight } from "./highlight.ts";
import { MarkdownStream } from "./markdown_stream.ts";

const SAMPLE = await Deno.readTextFile(
  new URL("./fixtures/sample.txt", import.meta.url),
);

/** All that is printed of a text that comes in these pieces. */
function printed(pieces: Iterable<string>, columns = 80): readonly Line[] {
  const stream = new MarkdownStream(() => columns);
  stream.highlight = highlight;
  const lines: Line[] = [];
  for (const piece of pieces) {
    stream.push(piece);
    lines.push(...stream.finished());
  }
  return [...lines, ...stream.end(true)];
}

function plain(lines: readonly Line[]): string {
  return lines.map((line) => `${renderSpans(line, false)}\n`).join("");
}

function* cut(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) {
    yield text.slice(at, at + size);
  }
}

for (const columns of [40, 80, 200]) {
  Deno.test(`MarkdownStream: the sample in ${columns} columns`, async () => {
    const lines = printed([SAMPLE], columns);
    const url = new URL(`./fixtures/sample_${columns}.txt`, import.meta.url);
    const shown = lines.map((line) => `${renderSpans(line, true)}\n`).join("")
      .replaceAll("\x1b", "^");
    // Run with GOLDEN=1 to write the screens again, and look at them before you commit.
    if (Deno.env.get("GOLDEN") === "1") await Deno.writeTextFile(url, shown);
    assertEquals(shown, await Deno.readTextFile(url));
    for (const line of lines) assert(lineWidth(line) < columns, plain([line]));
  });
}

for (const size of [1, 2, 3, 7, 20, 100]) {
  Deno.test(`MarkdownStream: pieces of ${size} characters are drawn as the whole`, () => {
    for (const columns of [40, 200]) {
      const whole = printed([SAMPLE], columns);
      assertEquals(printed(cut(SAMPLE, size), columns), whole);
    }
  });
}

Deno.test("MarkdownStream: a block is finished when the next one begins", () => {
  const stream = new MarkdownStream(() => 80);
  const rows:
    readonly (readonly [piece: string, done: string, open: string])[] = [
      ["One", "", "One\n"],
      [" **tw", "", "One **tw\n"],
      ["o**\n", "", "One two\n"],
      ["\n", "", "One two\n"],
      ["- a\n", "One two\n", "\n• a\n"],
      ["- b", "", "\n• a\n• b\n"],
    ];
  for (const [piece, done, open] of rows) {
    stream.push(piece);
    assertEquals([plain(stream.finished()), plain(stream.open())], [
      done,
      open,
    ]);
  }
  assertEquals(plain(stream.end(true)), "\n• a\n• b\n");
  // After the note the answer starts again.
  stream.push("c");
  assertEquals(plain(stream.end(true)), "c\n");
  stream.push("\n\nd");
  assertEquals(plain(stream.end(true)), "\nd\n");
});

Deno.test("MarkdownStream: nothing of a model is obeyed by the terminal", () => {
  const evil =
    "\x1b]0;x\x07 **\x1b[2J** `\x9b31m` [a\u202e](javascript:\x1b[1m)\n\n" +
    "```ts\n\x1b[31m'\u2066'\n```\n\n|\x1b[A|\n|-|\n|\x08|\n\n<b\x1b[2J>\n";
  for (const size of [1, 5, 1000]) {
    const shown = printed(cut(evil, size));
    // Our own colours are the only sequences.
    const bare = shown.map((line) => renderSpans(line, true)).join("\n")
      // deno-lint-ignore no-control-regex
      .replace(/\x1b\[\d+m/g, "");
    assert(!/[\p{Cc}\p{Bidi_Control}]/u.test(bare.replaceAll("\n", "")));
    assertStringIncludes(bare, "␛[2J");
    assertStringIncludes(bare, "(javascript:␛[1m)");
  }
});

Deno.test("MarkdownStream: all words of a text are shown, whatever it is", () => {
  const texts = [
    ">".repeat(20_000) + "word",
    "- ".repeat(3000) + "word",
    Array.from({ length: 600 }, (_, at) => `${" ".repeat(2 * at)}- word\n`)
      .join(""),
    "[".repeat(5000) + "word",
    "*".repeat(9000) + "word",
    "```\n" + "word\n".repeat(4000),
    "|word|\n|-|\n" + "|word|\n".repeat(2000),
    "word ".repeat(10_000),
  ];
  for (const text of texts) {
    const words = text.split("word").length;
    const shown = plain(printed(cut(text, 997)));
    assertEquals(shown.split("word").length, words, text.slice(0, 20));
  }
});

Deno.test("highlight: the text of code stays, in every language", () => {
  const code = "a < b && \"c\" // 'd' &amp; `e`\n\n<x y='1'>#!/\n";
  for (
    const language of ["ts", "python", "bash", "html", "json", "diff", "sql"]
  ) {
    const lines = highlight(code, language) ?? [];
    assertEquals(
      lines.map((line) => renderSpans(line, false)).join("\n"),
      code,
    );
  }
  assertEquals(highlight(code, "no such language"), undefined);
});
