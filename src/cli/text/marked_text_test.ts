// What cannot be seen in a text is marked, and nothing of it is lost.

import "./exact_width.ts";
import { assert, assertEquals } from "@std/assert";
import stringWidth from "string-width";
import { renderSpans } from "./terminal.ts";
import type { TextKind } from "./lookalikes.ts";
import { markedLine, markedTextLine, textLines } from "./marked_text.ts";

function shown(line: string, kind: TextKind = "code", columns = 1000): string {
  return markedLine(line, kind, columns)
    .map((spans) => renderSpans(spans, false)).join("\n");
}

const MARKS: readonly (readonly [
  text: string,
  code: string,
  prose?: string,
])[] = [
  ["git status --short", "git status --short"],
  // Blanks.
  [`a${" ".repeat(80)}b`, "a<80 blanks>b"],
  ["a   b", "a   b"],
  ["a    b", "a<4 blanks>b", "a    b"],
  ["a \t b", "a<3 blanks>b"],
  ["a\tb", "a<tab>b"],
  ["rm x ", "rm x<blank>"],
  ["    indented", "    indented"],
  ["\t\tindented", "→   →   indented"],
  [`${" ".repeat(33)}x`, "<33 blanks>x"],
  ["   ", "<3 blanks>"],
  ["a\u00a0b", "a<U+00A0>b"],
  ["a\u3000\u3000\u3000b", "a<3×U+3000>b"],
  ["a\u2800b", "a<U+2800>b"],
  // Nothing to be seen.
  ["ev\u200bil", "ev<U+200B>il"],
  ["\u200d\u200d\u200d", "<3×U+200D>"],
  ["\u{e0041}\u{e0042}x", "<U+E0041><U+E0042>x"],
  ["a\u00adb\ufeffc\u2060d", "a<U+00AD>b<U+FEFF>c<U+2060>d"],
  ["a\u3164b\u115fc\u17b4", "a<U+3164>b<U+115F>c<U+17B4>"],
  ["a\ufe0fb", "a<U+FE0F>b"],
  ["a\ue000b", "a<U+E000>b"],
  ["a\ud800b", "a<U+D800>b"],
  // Lines that are none, and other directions.
  ["a\u2028b\u2029c\u0085d", "a<U+2028>b<U+2029>c<U+0085>d"],
  ["a\u202eb\u2066c\u200f", "a<U+202E>b<U+2066>c<U+200F>"],
  // Controls, and pictures of them that are text.
  ["\x1b[2J\x07\r\x7f", "␛[2J␇␍␡"],
  ["␛[2J", "<U+241B>[2J"],
  ["\x00\x00\x00", "<3×U+0000>"],
  // Marks on letters.
  ["cafe\u0301", "cafe\u0301"],
  ["e\u0301\u0301\u0301\u0301", "e\u0301\u0301<2×U+0301>"],
  ["r\u0336m\u0336", "r<U+0336>m<U+0336>"],
  ["\u0301x", "<U+0301>x"],
  // Text that looks like a mark.
  [
    "<U+200B> <3 blanks> <blank>",
    "<U+003C>U+200B> <U+003C>3 blanks> <U+003C>blank>",
  ],
  [
    "a <b> 3<4 <2×U+0301>",
    "a <b> 3<4 <U+003C>2×U+0301>",
    "a <b> 3<4 <U+003C>2×U+0301>",
  ],
  // Emoji and other scripts stay.
  ["👩‍👩‍👧 🇩🇪 ❤️ 👍🏽", "👩‍👩‍👧 🇩🇪 ❤️ 👍🏽"],
  ["漢字 한글 ไทย العربية", "漢字 한글 ไทย العربية"],
  ["привет мир", "привет мир"],
  ["naïve Straße Łódź", "naïve Straße Łódź"],
  // Look-alikes.
  ["p\u0430ypal.com", "p<U+0430>ypal.com", "p<U+0430>ypal.com"],
  ["\u0441\u043e\u0440\u0443", "<U+0441><U+043E><U+0440><U+0443>", "сору"],
  ["g\u03bfogle", "g<U+03BF>ogle", "g<U+03BF>ogle"],
  ["rm \uff0drf", "rm <U+FF0D>rf", "rm －rf"],
  ["a\u037eb", "a<U+037E>b", "a\u037eb"],
  ["a\u2215b \u2044", "a<U+2215>b <U+2044>", "a∕b ⁄"],
  ["\u{1d41a}dmin", "<U+1D41A>dmin", "𝐚dmin"],
  ["g\u1e37e \u0261it", "g<U+1E37>e <U+0261>it", "gḷe ɡit"],
  ["\u13a1\u13aa", "<U+13A1><U+13AA>", "ᎡᎪ"],
  ["\u2010x \u2013", "<U+2010>x <U+2013>", "‐x –"],
];

for (const [text, code, prose = code] of MARKS) {
  Deno.test(`markedLine: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assertEquals(shown(text), code);
    assertEquals(shown(text, "prose"), prose);
  });
}

Deno.test("textLines: many empty lines are one mark, and no line is lost", () => {
  assertEquals(textLines("a\n\n\n\n\n; rm x\n", "code"), [
    { number: 1, text: "a" },
    { number: 2, text: "", emptyLines: 4 },
    { number: 6, text: "; rm x" },
  ]);
  assertEquals(textLines("a\n\nb", "code").map(({ number }) => number), [
    1,
    2,
    3,
  ]);
  assertEquals(
    textLines("a\r\nb", "prose").map(({ text }) => text),
    ["a", "b"],
  );
  assertEquals(
    textLines("rm a\r\nb\r\n", "code").map(({ text }) => text),
    ["rm a\r", "b\r"],
  );
  assertEquals(textLines("", "code"), [{ number: 1, text: "" }]);
  const [line] = textLines("\n\n\n\n\n\n", "code");
  assert(line !== undefined);
  assertEquals(
    markedTextLine(line, "code", 80).map((spans) => renderSpans(spans, false)),
    ["<6 empty lines>"],
  );
});

/** What a marked line stands for. */
function unmarked(text: string): string {
  return text.replace(
    /<(?:(\d+)×)?U\+([\dA-F]{4,6})>|<(\d+) blanks>|<blank>|[\u2400-\u2421]/g,
    (mark, count, code, blanks) => {
      if (code !== undefined) {
        return String.fromCodePoint(parseInt(code, 16)).repeat(count ?? 1);
      }
      if (blanks !== undefined) return " ".repeat(blanks);
      if (mark === "<blank>") return " ";
      return mark === "␡"
        ? "\x7f"
        : String.fromCharCode(mark.charCodeAt(0) - 0x2400);
    },
  );
}

function random(seed: number): () => number {
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
}

const PIECES = [
  " ",
  "      ",
  "<",
  "<3 blanks>",
  "<U+0041>",
  "abc",
  "; touch X",
  "\u200b",
  "\u200b\u200b",
  "\u202e",
  "\u{e0061}",
  "\u0301",
  "\u0336",
  "e\u0301",
  "\u0430",
  "漢",
  "👩‍👩‍👧",
  "👍🏽",
  "\u{1f1e9}",
  "\x1b[2J",
  "␛",
  "\u3164",
  "\uac00",
  "\u1100\u1161",
  "\u0e33",
  "x".repeat(50),
];

Deno.test("markedLine: nothing is lost, whatever the width, and no line is too wide", () => {
  const next = random(13);
  for (let round = 0; round < 3000; round++) {
    const count = Math.floor(next() * 12);
    const text = Array.from(
      { length: count },
      () => PIECES[Math.floor(next() * PIECES.length)] ?? "",
    ).join("");
    const columns = 20 + Math.floor(next() * 180);
    const kind = next() < 0.5 ? "code" : "prose";
    const lines = markedLine(text, kind, columns).map((spans) =>
      renderSpans(spans, false)
    );
    for (const line of lines) {
      assert(stringWidth(line) <= columns, JSON.stringify({ text, line }));
    }
    assertEquals(unmarked(lines.join("")), text);
  }
});

Deno.test("markedLine: a line of a megabyte takes no time that grows with its square", () => {
  const text = "abc def\u200b ".repeat(100_000);
  assertEquals(unmarked(shown(text, "code", 79).replaceAll("\n", "")), text);
});
