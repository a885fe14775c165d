// Texts are cut to a line by columns.

import "./exact_width.ts";
import { assertEquals } from "@std/assert";
import { cutLine, firstLines, oneLine } from "./one_line.ts";

Deno.test("oneLine fits a text into so many columns", () => {
  assertEquals(oneLine("  a\n  b\tc ", 10), "a b c");
  assertEquals(oneLine("abcdef", 6), "abcdef");
  assertEquals(oneLine("abcdefg", 6), "abcde…");
  assertEquals(oneLine("漢字漢字", 6), "漢字…");
  assertEquals(oneLine("a\x1b[2Jb", 20), "a␛[2Jb");
});

Deno.test("cutLine keeps the indentation", () => {
  assertEquals(cutLine("\ta: 1 ", 10), "  a: 1");
  assertEquals(cutLine("    long line", 8), "    lon…");
});

Deno.test("firstLines counts what it leaves out", () => {
  assertEquals(firstLines("a\nb\nc\n\n", 2), { lines: ["a", "b"], more: 1 });
  assertEquals(firstLines("a\n", 2), { lines: ["a"], more: 0 });
});

Deno.test("oneLine and cutLine mark what is not seen", () => {
  const texts: Readonly<Record<string, string>> = {
    "rm\u200b -r": "rm<U+200B> -r",
    "a\u{e0041}\u{e0042}b": "a<U+E0041><U+E0042>b",
    "a\u00ad\u00adb": "a<2×U+00AD>b",
    "x\u202eb": "x<U+202E>b",
    "a\u2800b": "a<U+2800>b",
    "ls\u2028x\u00a0": "ls<U+2028>x<U+00A0>",
    // In a word of Latin letters: a Cyrillic а.
    "p\u0430ypal": "p<U+0430>ypal",
    // Other languages and emoji are as they are.
    "где файл 👩‍💻 é": "где файл 👩‍💻 é",
  };
  for (const [text, shown] of Object.entries(texts)) {
    assertEquals(oneLine(text, 80), shown);
    assertEquals(cutLine(`  ${text}`, 80), `  ${shown}`);
  }
});
