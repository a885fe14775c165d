// No control character of a model or tool reaches the terminal.

import "./exact_width.ts";
import { assertEquals } from "@std/assert";
import {
  escapeControls,
  formatCount,
  formatMs,
  formatUsd,
  renderSpans,
  styled,
  wantsColor,
} from "./terminal.ts";

const ESCAPES: readonly (readonly [string, string])[] = [
  ["plain ünï 😀\n\ttext", "plain ünï 😀\n\ttext"],
  ["\x1b[31mred\x1b[0m", "␛[31mred␛[0m"],
  ["\x1b]0;title\x07", "␛]0;title␇"],
  ["a\x00\x08\x7f", "a␀␈␡"],
  ["\x9b31m", "<U+009B>31m"],
  ["a\rb", "a␍b"],
  ["a\r\nb", "a\nb"],
  ["\u202eevil\u2066x\u200f", "<U+202E>evil<U+2066>x<U+200F>"],
];

for (const [text, expected] of ESCAPES) {
  Deno.test(`escapeControls: ${JSON.stringify(text)}`, () => {
    assertEquals(escapeControls(text), expected);
  });
}

Deno.test("renderSpans escapes also where it colours", () => {
  const spans = ["a\x1b", styled("red", "b\x1b"), styled("dim", "")];
  assertEquals(renderSpans(spans, true), "a␛\x1b[31mb␛\x1b[39m");
  assertEquals(renderSpans(spans, false), "a␛b␛");
});

type ColorCase = readonly [
  choice: "auto" | "always" | "never" | undefined,
  isTerminal: boolean,
  env: Readonly<Record<string, string>>,
  expected: boolean,
];

const COLORS: readonly ColorCase[] = [
  [undefined, true, {}, true],
  [undefined, false, {}, false],
  ["always", false, { NO_COLOR: "1" }, true],
  ["never", true, { FORCE_COLOR: "1" }, false],
  ["auto", true, { NO_COLOR: "1" }, false],
  ["auto", true, { NO_COLOR: "" }, true],
  ["auto", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["auto", false, { FORCE_COLOR: "1" }, true],
  ["auto", true, { FORCE_COLOR: "0" }, false],
  ["auto", true, { TERM: "dumb" }, false],
];

for (const [choice, isTerminal, env, expected] of COLORS) {
  Deno.test(
    `wantsColor: ${choice}, terminal ${isTerminal}, ${JSON.stringify(env)}`,
    () => {
      const context = { choice, isTerminal, env: (name: string) => env[name] };
      assertEquals(wantsColor(context), expected);
    },
  );
}

Deno.test("amounts are short", () => {
  assertEquals([40, 1234, 59_960, 125_000].map(formatMs), [
    "40 ms",
    "1.2 s",
    "1 m 0 s",
    "2 m 5 s",
  ]);
  assertEquals([0, 0.0012, 1.5].map(formatUsd), ["$0.00", "$0.0012", "$1.50"]);
  assertEquals([1, 1234, 1234567].map(formatCount), [
    "1",
    "1,234",
    "1,234,567",
  ]);
});
