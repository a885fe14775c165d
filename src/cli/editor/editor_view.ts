/**
 * The lines of a prompt that is being written, and where the cursor stands. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { Line } from "../live/live_region.ts";
import type { InputView } from "../output/output.ts";
import type { HistorySearch } from "./line_editor.ts";
import { oneLine } from "../text/one_line.ts";
import {
  escapeControls,
  graphemesOf,
  styled,
  widthOf,
} from "../text/terminal.ts";

const PROMPT = "> ";
const MORE = "  ";
/** Lays a text with a cursor into so many columns and rows; what is far from the cursor is left out. */
export function editorView(
  text: string,
  cursor: number,
  columns: number,
  rows: number,
  search?: HistorySearch,
): InputView {
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
    for (const { segment } of graphemesOf(line)) {
      add(segment === "\t" ? "    " : escapeControls(segment));
      index += segment.length;
      place();
    }
  });
  const below = search === undefined ? [] : [searchLine(search, columns)];
  const room = Math.max(1, rows - below.length);
  const first = Math.max(
    0,
    Math.min(at.row - Math.floor(room / 2), drawn.length - room),
  );
  return {
    lines: [
      ...drawn.slice(first, first + room).map((line, row) => [
        row + first === 0 ? styled("cyan", PROMPT) : MORE,
        line,
      ]),
      ...below,
    ],
    cursor: { row: at.row - first, column: at.column + PROMPT.length },
  };
}

function searchLine({ query, at }: HistorySearch, columns: number): Line {
  const note = at === undefined && query !== "" ? " (not found)" : "";
  const room = columns - 1 - "search: ".length - note.length;
  return [styled("dim", `search: ${oneLine(query, room)}${note}`)];
}

/** Most rows of a text that is typed while a turn runs. */
const AHEAD_ROWS = 5;

/** What is typed while a turn runs: the texts that wait, and the one that is being written. */
export function aheadView(
  entered: readonly (string | undefined)[],
  text: string,
  cursor: number,
  columns: number,
): InputView | undefined {
  const waiting = entered.filter((each) => each !== undefined)
    .slice(-AHEAD_ROWS).map((each): Line => [
      styled("dim", `${PROMPT}${oneLine(each, columns - 1 - PROMPT.length)}`),
    ]);
  if (text === "" && waiting.length === 0) return undefined;
  const view = editorView(text, cursor, columns, AHEAD_ROWS);
  return {
    lines: [...waiting, ...view.lines],
    cursor: { ...view.cursor, row: view.cursor.row + waiting.length },
  };
}

/** The whole text, as it stays on the screen once it is sent. */
export function sentLines(text: string): readonly Line[] {
  return text.split("\n").map((line, at) => [
    at === 0 ? styled("cyan", PROMPT) : MORE,
    line,
  ]);
}
