/**
 * Shortens texts of tools and models to single lines. Pure.
 *
 * @module
 */

import { markedText } from "./marked_text.ts";
import { graphemesOf, widthOf } from "./terminal.ts";

/**
 * Returns a text as one line of at most `columns`, with `…` if it was cut. Invisible and look-alike
 * characters are marked as in a question.
 */
export function oneLine(text: string, columns: number): string {
  // Only the start of a huge text is needed, with some room because it may begin with blanks.
  const head = text.slice(0, 4096 + columns);
  // Other kinds of blanks are marked: a shell does not treat them as blanks.
  return cut(head.replace(/[ \t-\r]+/g, " ").replace(/^ | $/g, ""), columns);
}

/** Returns a line of a text with its indentation, cut and marked in the same way. */
export function cutLine(line: string, columns: number): string {
  const head = line.slice(0, 4096 + columns).replace(/[ \t-\r]+$/, "");
  return cut(head.replaceAll("\t", "  "), columns);
}

function cut(text: string, columns: number): string {
  const safe = markedText(text, "prose");
  // deno-lint-ignore no-control-regex
  const isAscii = /^[\x00-\x7f]*$/.test(safe);
  if (isAscii && safe.length <= columns) return safe;
  let used = 0;
  const kept: string[] = [];
  for (const { segment } of graphemesOf(safe)) {
    used += widthOf(segment);
    if (used > columns) return `${kept.slice(0, -1).join("").trimEnd()}…`;
    kept.push(segment);
  }
  return safe;
}

/** Returns the first lines of a text, and the number of the others. */
export function firstLines(
  text: string,
  most: number,
): { readonly lines: readonly string[]; readonly more: number } {
  const lines = text.replace(/\s+$/, "").split("\n");
  return {
    lines: lines.slice(0, most),
    more: Math.max(0, lines.length - most),
  };
}
