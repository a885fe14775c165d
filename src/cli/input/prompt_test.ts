// Where the prompt comes from: words, stdin, files.

import { assertEquals, assertThrows } from "@std/assert";
import { joinPrompt, planPrompt, type StdinKind } from "./prompt.ts";
import { UsageError } from "../failure/usage_error.ts";

type Case = readonly [
  words: readonly string[],
  stdin: boolean | undefined,
  kind: StdinKind,
  text: string,
  readsStdin: boolean,
];

const PLANS: readonly Case[] = [
  [["a", "b"], undefined, "terminal", "a b", false],
  [["a"], undefined, "data", "a", true],
  [["a"], undefined, "other", "a", false],
  [[], undefined, "data", "", true],
  [[], undefined, "other", "", true],
  [["a"], false, "data", "a", false],
  [["a"], true, "other", "a", true],
  [["a"], true, "terminal", "a", true],
  [["-"], undefined, "terminal", "", true],
  [["a", "-"], undefined, "other", "a", true],
];

for (const [words, stdin, kind, text, readsStdin] of PLANS) {
  Deno.test(`planPrompt: "${words.join(" ")}", ${kind}, --stdin ${stdin}`, () => {
    const plan = planPrompt({ words, literal: [], stdin, kind });
    assertEquals(plan, { text, readsStdin });
  });
}

Deno.test("planPrompt takes a dash behind -- as a word", () => {
  assertEquals(
    planPrompt({
      words: [],
      literal: ["-"],
      stdin: undefined,
      kind: "terminal",
    }),
    { text: "-", readsStdin: false },
  );
});

Deno.test("planPrompt does not wait at a terminal", () => {
  for (const words of [[], ["", " "]]) {
    assertThrows(
      () =>
        planPrompt({ words, literal: [], stdin: undefined, kind: "terminal" }),
      UsageError,
      "there is none",
    );
  }
});

Deno.test("planPrompt refuses - with --no-stdin", () => {
  assertThrows(
    () => planPrompt({ words: ["-"], literal: [], stdin: false, kind: "data" }),
    UsageError,
  );
});

Deno.test("joinPrompt puts a blank line between the two", () => {
  assertEquals(joinPrompt("a", "b\nc\n\n"), "a\n\nb\nc");
  assertEquals(joinPrompt("a", " \n"), "a");
  assertEquals(joinPrompt("", "  b\n"), "  b");
  assertThrows(() => joinPrompt("", "\n"), UsageError);
});
