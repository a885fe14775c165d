/**
 * Deny rules at work: finds the commands in a command line and the files that they name, and matches
 * paths as the CLI does, like lines of a `.gitignore`. Errs on the side of finding more: one command
 * to a shell may be several here. Pure except for the function that follows links.
 *
 * @module
 */

import { follow, isAbsolute, plain } from "./paths.ts";
import type { Machine } from "./protected_paths.ts";
import type { RulePlace } from "./rules.ts";
import { pathWildcard, wildcard } from "./wildcard.ts";

/** Folds a path as case-insensitive file systems do. */
function folded(path: string): string {
  return path.normalize("NFC").replaceAll("\\", "/").toLowerCase();
}

/** Returns tests for whole paths, one for each interpretation of a pattern. */
export function pathPatterns(
  content: string,
  { cwd = "" }: RulePlace,
): readonly ((path: string) => boolean)[] {
  const text = content.trim().replace(/^!/, "").replace(/^(?:\.\/)+/, "")
    .replace(/(.)\/+$/, "$1")
    // Widen `?` and `[…]` to `*`, to err on the side of denial.
    .replace(/\?|\[[^\]]*\]/g, "*");
  return readingsOf(text, folded(cwd))
    .flatMap((whole) => [
      whole,
      // "**" also matches no folder at all, and a folder covers everything in it.
      whole.replaceAll("/**/", "/"),
      whole.replace(/\/\*\*$/, ""),
    ])
    .map((pattern) => pathWildcard(folded(pattern)));
}

function readingsOf(text: string, cwd: string): readonly string[] {
  if (text.startsWith("//")) return [text.slice(1)];
  if (text.startsWith("~/")) return [text, `**${text.slice(1)}`];
  if (/^[A-Za-z]:/.test(text)) return [text];
  if (text.startsWith("/")) return [text, cwd + text];
  if (!text.includes("/") || cwd === "") return [text, `**/${text}`];
  return [`${cwd}/${text}`];
}

/** Returns the targets of a path, by its text and by its links, each with its parent folders. */
export function pathsLedTo(
  path: string,
  { cwd = "", callCwd = cwd }: RulePlace,
  machine: Machine | undefined,
): readonly string[] {
  const trimmed = path.trim();
  const whole = isAbsolute(trimmed) || trimmed.startsWith("~")
    ? trimmed
    : `${callCwd}/${trimmed}`;
  const led = machine === undefined || !isAbsolute(whole)
    ? []
    : [linked(whole, machine)];
  return [plain(whole), ...led].flatMap((path) => withFolders(folded(path)));
}

/**
 * Follows links. If that fails, returns the path itself: its text is still checked against the
 * rules.
 */
function linked(path: string, { realPath }: Machine): string {
  try {
    return follow(path, realPath);
  } catch {
    return path;
  }
}

function withFolders(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"))
    .filter((folder) => folder !== "");
}

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
