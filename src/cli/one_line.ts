/**
 * Texts of tools and models as single lines beside the answer. Pure.
 *
 * @module
 */

import { markedText } from "./marked_text.ts";
import { widthOf } from "./terminal.ts";

/**
 * Returns a text as one line of so many columns, with `…` if it was cut. Characters that are
 * not seen, or that are taken for others, are marked as in a question.
 */
export function oneLine(text: string, columns: number): string {
  // No more of a text of megabytes is needed than fits, but it may begin with blanks.
  const head = text.slice(0, 4096 + columns);
  // Blanks of other kinds are marked: they are none to a shell.
  return cut(head.replace(/[ \t-\r]+/g, " ").replace(/^ | $/g, ""), columns);
}

/** Returns a line of a text with its indentation, cut and marked in the same way. */
export function cutLine(line: string, columns: number): string {
  const head = line.slice(0, 4096 + columns).replace(/[ \t-\r]+$/, "");
  return cut(head.replaceAll("\t", "  "), columns);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function cut(text: string, columns: number): string {
  const safe = markedText(text, "prose");
  // deno-lint-ignore no-control-regex
  const isAscii = /^[\x00-\x7f]*$/.test(safe);
  if (isAscii && safe.length <= columns) return safe;
  let used = 0;
  const kept: string[] = [];
  for (const { segment } of graphemes.segment(safe)) {
    used += widthOf(segment);
    if (used > columns) return `${kept.slice(0, -1).join("").trimEnd()}…`;
    kept.push(segment);
  }
  return safe;
}

/** The first lines of a text, and how many more there are. */
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
