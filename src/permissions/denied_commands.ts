/**
 * Finds the commands in a command line and the files that they name, for deny rules. Errs on the
 * side of finding more: one command to a shell may be several here. Pure.
 *
 * @module
 */

import { wildcard } from "./wildcard.ts";

/** Whether a deny rule's pattern covers a command: `rm *` and `rm:*` cover `rm` too. */
export function isDeniedCommand(pattern: string, command: string): boolean {
  const normal = pattern.endsWith(":*") ? `${pattern.slice(0, -2)} *` : pattern;
  const text = command.trim().replace(/\s+/g, " ");
  return wildcard(normal)(text) ||
    normal.endsWith(" *") && text === normal.slice(0, -2);
}

/** Programs and words that run the command after them. */
const WRAPPER =
  /^(?:!|\{|builtin|command|do|doas|elif|else|env|exec|if|ionice|nice|nohup|setsid|stdbuf|sudo|then|time|timeout|until|while|xargs)\s+/;

/** Matches what may precede a command: variables, options and times of a wrapper, redirections. */
const BEFORE = /^(?:[A-Za-z_]\w*\+?=\S*|-\S+|\d+\S*|&?\d*[<>]+&?\s*\S+)\s+/;

/**
 * Returns the forms of each command in a line: as written, without quotes, and without what
 * precedes it.
 */
export function commandsIn(line: string): readonly string[] {
  return segmentsOf(line).flatMap((segment) => [
    ...stages(segment),
    ...stages(segment.replace(/["'\\]/g, "")),
  ]);
}

function stages(segment: string): readonly string[] {
  const found: string[] = [];
  for (let rest = segment.trim(); rest !== "";) {
    found.push(rest);
    const next = rest.replace(WRAPPER, "").trimStart();
    const shorter = next === rest ? rest.replace(BEFORE, "") : next;
    if (shorter === rest) break;
    rest = shorter;
  }
  return found;
}

/** Splits a line where a shell may start a command, except within quotes. */
function segmentsOf(line: string): readonly string[] {
  const text = line.replaceAll("\\\n", "");
  const segments: string[] = [];
  let segment = "";
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "\\" && quote !== "'") {
      segment += char + (text[++at] ?? "");
      continue;
    }
    const begins = quote === undefined
      ? /[;&|\n()`]/.test(char) && !/[<>]/.test(text[at - 1] ?? "") &&
        !(char === "&" && text[at + 1] === ">")
      // Substitutions also run within double quotes.
      : quote === '"' && (char === "`" || char === "(" || char === ")");
    if (begins) {
      segments.push(segment);
      segment = "";
      continue;
    }
    if (char === quote) quote = undefined;
    else if (quote === undefined && /["']/.test(char)) quote = char;
    segment += char;
  }
  // An unclosed quote must not hide anything.
  const rest = quote === undefined ? [] : text.split(/[;&|\n()`]/);
  return [...segments, segment, ...rest];
}

/** Programs whose arguments are files to read or write. */
const READERS = new Set(
  "awk base64 cat cp cut diff file grep head hexdump jq less ln more mv nl od paste rg sed sort source strings tac tail tee tr uniq wc xxd ."
    .split(" "),
);
const WRITERS = new Set(
  "chmod chown cp dd install ln mkdir mv rm rmdir sed shred tee touch truncate unlink"
    .split(" "),
);

/** Returns the files that a command line reads or writes, as far as its text shows. */
export function pathsIn(
  line: string,
  use: "read" | "write",
): readonly string[] {
  const programs = use === "read" ? READERS : WRITERS;
  const redirection = use === "read"
    ? /<\s*([^\s<>;&|()]+)/g
    : />[>|&]?\s*([^\s<>;&|()]+)/g;
  const redirected = [...line.matchAll(redirection)]
    .map(([, path = ""]) => path.replace(/["'\\]/g, ""));
  const named = commandsIn(line).flatMap((command) => {
    const [program = "", ...words] = command.split(/\s+/);
    return programs.has(program.split("/").at(-1) ?? "")
      ? words.map((word) => word.replace(/^(?:-\S*=|[io]f=)|["'\\]/g, ""))
      : [];
  });
  return [...redirected, ...named].filter((path) => path !== "");
}
