/**
 * The lines of a prompt that is being written, and where the cursor stands. Pure.
 *
 * @module
 */

import type { Line } from "../live/live_region.ts";
import { escapeControls, styled, widthOf } from "../terminal.ts";

/** The editor's state on the screen. */
export interface EditorView {
  readonly lines: readonly Line[];
  /** Where the cursor stands in them. */
  readonly cursor: { readonly row: number; readonly column: number };
}

const PROMPT = "> ";
const MORE = "  ";
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Lays a text with a cursor into so many columns and rows; what is far from the cursor is left out. */
export function editorView(
  text: string,
  cursor: number,
  columns: number,
  rows: number,
): EditorView {
  const width = Math.max(4, columns - 1 - PROMPT.length);
  const drawn: string[] = [""];
  let used = 0;
  let at = { row: 0, column: 0 };
  let index = 0;
  const place = () => {
    if (index === cursor) at = { row: drawn.length - 1, column: used };
  };
  const add = (shown: string): void => {
    const size = widthOf(shown);
    if (used + size > width && used > 0) {
      drawn.push("");
      used = 0;
      place();
    }
    drawn[drawn.length - 1] += shown;
    used += size;
  };
  text.split("\n").forEach((line, number) => {
    if (number > 0) {
      drawn.push("");
      used = 0;
      index++;
    }
    place();
    for (const { segment } of graphemes.segment(line)) {
      add(segment === "\t" ? "    " : escapeControls(segment));
      index += segment.length;
      place();
    }
  });
  const first = Math.max(
    0,
    Math.min(at.row - Math.floor(rows / 2), drawn.length - rows),
  );
  return {
    lines: drawn.slice(first, first + rows).map((line, row) => [
      row + first === 0 ? styled("cyan", PROMPT) : MORE,
      line,
    ]),
    cursor: { row: at.row - first, column: at.column + PROMPT.length },
  };
}

/** The whole text, as it stays on the screen once it is sent. */
export function sentLines(text: string): readonly Line[] {
  return text.split("\n").map((line, at) => [
    at === 0 ? styled("cyan", PROMPT) : MORE,
    line,
  ]);
}
