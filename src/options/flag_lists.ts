/**
 * Lists that go into one flag, and what the CLI takes apart in them: a text must not
 * become two, nor a part of the one after it. Pure.
 *
 * @module
 */

import { type Kind, listOf } from "../checks/kinds.ts";

/**
 * Splits the value of `--allowedTools`, `--disallowedTools` or `--tools` as the CLI does:
 * at commas and blanks, but not between a parenthesis and the first that closes. What is
 * never closed swallows all that follows.
 *
 * Seen with CLI 2.1.332, by `list_permission_rules`: `Bash(a(b), c)` is `Bash(a(b)` and
 * `c)`. The CLI leaves line breaks alone; here they split as well, so that nothing depends
 * on it.
 */
export function splitRules(value: string): string[] {
  const parts: string[] = [];
  let part = "";
  let isInside = false;
  for (const letter of value) {
    if (letter === "(") isInside = true;
    else if (letter === ")") isInside = false;
    if (isInside || !/[\s,]/.test(letter)) part += letter;
    else {
      parts.push(part);
      part = "";
    }
  }
  return [...parts, part].filter((part) => part !== "");
}

/** Whether a text is one rule to the CLI, wherever it stands in a list. */
function isRule(value: unknown): boolean {
  // A name, and perhaps a pattern in parentheses that ends with the rule.
  return typeof value === "string" &&
    /^[^\s,()\-\0][^\s,()\0]*(\([^\0]+\))?$/.test(value) &&
    splitRules(value).length === 1;
}

function isName(value: unknown): boolean {
  return isRule(value) && !`${value}`.includes("(");
}

/** A skill's name becomes the rule `Skill(name)`: it must not end it, nor cover other skills. */
function isSkill(value: unknown): boolean {
  return typeof value === "string" &&
    // deno-lint-ignore no-control-regex
    /^[^\s,()*\\\-\x00-\x1f][^,()*\\\x00-\x1f]*$/.test(value) &&
    value === value.trim();
}

function isWord(value: unknown): boolean {
  return typeof value === "string" && /^[^\s,\-\0][^\s,\0]*$/.test(value);
}

/** Rules for `--allowedTools` and `--disallowedTools`. */
export const RULES: Kind = listOf(
  { expected: "a rule", fits: isRule },
  'a list of texts with one rule in each, such as ["Read", "Bash(git *)"]: no comma and no blank outside of the parentheses, and nothing that the CLI would split behind a closing one',
  true,
);

/** Names of tools, for `--tools`. */
export const TOOL_NAMES: Kind = listOf(
  { expected: "a name of a tool", fits: isName },
  'a list of names of tools, such as ["Read", "Bash"], without commas, blanks and parentheses; rules go into allowedTools or a policy',
  true,
);

/** Names of skills. */
export const SKILL_NAMES: Kind = listOf(
  { expected: "a name of a skill", fits: isSkill },
  "a list of names of skills, without commas, parentheses, *, \\ and line breaks",
  true,
);

/** One word. */
export const WORD: Kind = {
  expected: "a name without commas and blanks",
  fits: isWord,
};

/** Words that are separated by commas. */
export const WORDS: Kind = listOf(
  WORD,
  "a list of names without commas and blanks",
);
