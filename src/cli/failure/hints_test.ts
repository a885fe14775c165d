// Each error code has a hint or a reason for none, and what a hint names exists.

import { assert, assertEquals } from "@std/assert";
import { isCommand } from "../flags/command_names.ts";
import { FLAG_LIST } from "../flags/flags.ts";
import { type FailureCode, HINT_RULES, hintOf } from "./hints.ts";
import { parse } from "../flags/parse.ts";

const FLAGS = new Set(
  FLAG_LIST.flatMap(([, { name, synonyms = [] }]) => [name, ...synonyms])
    .map((name) => `--${name}`),
);

Deno.test("every failure has a hint, or a reason for which there is none", () => {
  for (const [code, rule] of Object.entries(HINT_RULES)) {
    if ("none" in rule) assert(rule.none.length > 10, code);
    else if ("say" in rule) assert(rule.say.length > 5, code);
    else assertEquals(rule, { own: true });
  }
});

Deno.test("what a hint names is there: commands, and flags that they take", () => {
  const id = crypto.randomUUID();
  for (const code of Object.keys(HINT_RULES) as FailureCode[]) {
    for (const sessionId of [undefined, id]) {
      const hint = hintOf(code, undefined, sessionId) ?? "";
      assert(!/\boptions?\b/.test(hint), `${hint}: here they are flags`);
      const other = hint.replace(/npm install -g/, "");
      for (const [flag] of other.matchAll(/--[a-z-]+/g)) {
        assert(FLAGS.has(flag), `${flag} in "${hint}"`);
      }
      for (const [, line = ""] of hint.matchAll(/claudestream ([^;]+)/g)) {
        const words = line.match(/"[^"]*"|\S+/g) ?? [];
        const [first = ""] = words;
        assert(isCommand(first) || first === "--version", line);
        // It can be typed as it stands.
        parse(words.map((word) => word.replaceAll('"', "")));
      }
    }
  }
});

Deno.test("a hint knows the session, where there is one", () => {
  assertEquals(
    hintOf("stalled", undefined, "abc"),
    'Go on with: claudestream send --resume abc "go on"',
  );
  assertEquals(hintOf("stalled", undefined, undefined), "Try again");
  for (const [tool, named] of [["Bash", "Bash"], ["$(rm)", "TOOL"]] as const) {
    assertEquals(
      hintOf("deferred", undefined, "abc", tool),
      `Allow it with: claudestream send --resume abc --allow ${named} "go on"`,
    );
  }
  assertEquals(hintOf("auth", "Sign in", "abc"), "Sign in");
  assertEquals(hintOf("interrupted", "Never mind", "abc"), undefined);
});
