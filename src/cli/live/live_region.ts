/**
 * The lines at the end of the screen, which are redrawn and finally removed. Pure.
 *
 * @module
 */

import { renderSpans, type Span, widthOf } from "../text/terminal.ts";

/** A line of spans. */
export type Line = readonly Span[];

/** Position of the cursor in lines, from 0. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** How many columns a line takes. */
export function lineWidth(line: Line): number {
  return widthOf(
    line.map((span) => typeof span === "string" ? span : span.text).join(""),
  );
}

/** Knows what it drew, and so how to take it back. */
export class LiveRegion {
  /** The width of each line on the screen. */
  #widths: readonly number[] = [];
  /** How many lines the cursor stands above the last one. */
  #below = 0;

  /** Whether any of its lines are on the screen. */
  get isDrawn(): boolean {
    return this.#widths.length > 0;
  }

  /**
   * Returns what takes the lines back: the cursor stands where they began.
   *
   * @param columns Width of the terminal, now: in a narrower one a line takes several rows.
   */
  erase(columns: number): string {
    if (!this.isDrawn) return "";
    const rows = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0,
    );
    const down = this.#below > 0 ? `\x1b[${this.#below}B` : "";
    this.#widths = [];
    this.#below = 0;
    // Row by row: tmux keeps a screen that is cleared at once, in what is above it.
    return `${down}\r\x1b[2K${"\x1b[1A\x1b[2K".repeat(rows - 1)}`;
  }

  /**
   * Returns the output that draws lines at the cursor, which must be at the start of a line. Each
   * line must fit the width. The last one has no line break, so that the screen does not scroll.
   *
   * @param cursor Position of the cursor afterwards. Default: behind the last line.
   */
  draw(lines: readonly Line[], color: boolean, cursor?: Cursor): string {
    this.#widths = lines.map(lineWidth);
    const text = lines.map((line) => renderSpans(line, color)).join("\n");
    if (cursor === undefined) return text;
    this.#below = lines.length - 1 - cursor.row;
    const up = this.#below > 0 ? `\x1b[${this.#below}A` : "";
    const right = cursor.column > 0 ? `\x1b[${cursor.column}C` : "";
    return `${text}${up}\r${right}`;
  }
}
