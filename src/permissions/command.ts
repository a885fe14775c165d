/**
 * Checks how a shell would interpret a command line. Pure.
 *
 * Everything here errs on the side of refusal: a refused command can still be allowed by name, but
 * one that slips through has run.
 *
 * @module
 */

import { wildcard } from "./wildcard.ts";

/**
 * Returns a test for a command pattern: `git *` covers `git` too, and `npm run:*` is the CLI's
 * older form of `npm run *`.
 */
export function commandPattern(
  pattern: string,
  isPlain: (command: string) => boolean = isSimpleCommand,
): (command: string) => boolean {
  const normal = pattern.endsWith(":*") ? `${pattern.slice(0, -2)} *` : pattern;
  const matches = wildcard(normal);
  const bare = normal.endsWith(" *") ? normal.slice(0, -2) : undefined;
  return (command) => {
    const text = trimBlanks(command);
    // A rule for one command must not let a second one through after it.
    if (!isPlain(text) || assignsUnnamed(text, normal)) return false;
    return matches(text) || (bare !== undefined && text === bare);
  };
}

/**
 * Trims only what a shell treats as blanks: `trim()` also removes characters such as U+00A0, which
 * to a shell are part of the command's name.
 */
function trimBlanks(command: string): string {
  let start = 0;
  let end = command.length;
  while (start < end && " \t\n".includes(command[start] as string)) start++;
  while (end > start && " \t\n".includes(command[end - 1] as string)) end--;
  return command.slice(start, end);
}

const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[|\+?=)/;

/**
 * Whether the command has an assignment that is not literally in the pattern: `git*` must not cover
 * `git=x rm`.
 */
function assignsUnnamed(command: string, pattern: string): boolean {
  if (!ASSIGNMENT.test(command)) return false;
  const end = command.search(/[ \t]/);
  return end < 0 || !pattern.startsWith(command.slice(0, end + 1));
}

/**
 * Whether a shell would run a single command without redirection: there is no unquoted `;`, `&`,
 * `|`, `<`, `>`, parenthesis, line break or other control character, no comment, and no
 * substitution anywhere.
 */
export function isSimpleCommand(command: string): boolean {
  let quote: "'" | '"' | undefined;
  for (let at = 0; at < command.length; at++) {
    const char = command[at] as string;
    // A shell drops a NUL or stops at it, so it would not run the text that was checked.
    if (char === "\0") return false;
    if (quote === "'") {
      if (char === "'") quote = undefined;
      continue;
    }
    if (char === "\\") {
      // An escaped line break joins lines, which rules do not consider; at the end it would join
      // whatever the CLI appends to the command.
      const next = command[at + 1];
      if (next === undefined || next === "\n" || next === "\0") return false;
      at++;
      continue;
    }
    if (char === "`" || char === "$" && substitutes(command, at)) return false;
    if (quote === '"') {
      if (char === '"') quote = undefined;
      continue;
    }
    if (char === "'" || char === '"') quote = char;
    // A quote in a comment is not a quote, and text that seems to be quoted after it is a command.
    else if (char === "#" && isBlank(command[at - 1])) return false;
    else if (";&|<>()".includes(char) || isControl(char)) return false;
  }
  return quote === undefined;
}

/** Whether the `$` at this position starts more than the plain value of a variable. */
function substitutes(command: string, at: number): boolean {
  if (/[({'"[]/.test(command[at + 1] ?? "")) return true;
  // zsh evaluates the text in the brackets of $name[…].
  let end = at + 1;
  while (/\w/.test(command[end] ?? "")) end++;
  return command[end] === "[";
}

function isBlank(char: string | undefined): boolean {
  return char === undefined || char === " " || char === "\t";
}

function isControl(char: string): boolean {
  return char !== "\t" && (char < " " || char === "\x7f");
}

/**
 * The same for PowerShell, where `\` does not escape and curly quotes are quotes: there is no
 * quote, variable or character of its grammar at all.
 */
export function isSimplePowerShell(command: string): boolean {
  // deno-lint-ignore no-control-regex
  return !/[;&|<>(){}`'"$@#\u2018-\u201f\u2028\u2029\0-\x1f\x7f-\x9f]/.test(
    command,
  );
}
