/**
 * Lays spans into lines of so many columns; nothing is cut. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { Line } from "../live/live_region.ts";
import { graphemesOf, type Span, widthOf } from "../text/terminal.ts";

/** The text of a span. */
export function textOf(span: Span): string {
  return typeof span === "string" ? span : span.text;
}

/** Returns the span with another text. */
export function withText(span: Span, text: string): Span {
  return typeof span === "string" ? text : { ...span, text };
}

/** Cuts a text in two, so that the first part fits, but has one character at least. */
function split(text: string, columns: number): readonly [string, string] {
  let used = 0;
  let at = 0;
  for (const { segment } of graphemesOf(text)) {
    used += widthOf(segment);
    if (used > columns && at > 0) break;
    at += segment.length;
    if (used > columns) break;
  }
  return [text.slice(0, at), text.slice(at)];
}

/** Collects lines. */
class Lines {
  readonly lines: Span[][] = [[]];
  readonly #columns: number;
  #used = 0;

  constructor(columns: number) {
    this.#columns = Math.max(1, columns);
  }

  break(): void {
    this.lines.push([]);
    this.#used = 0;
  }

  /** Adds spans that belong together, on the next line if they do not fit. */
  word(parts: readonly Span[], blank: Span | undefined): void {
    const width = parts.reduce((sum, part) => sum + widthOf(textOf(part)), 0);
    const gap = blank === undefined || this.#used === 0 ? 0 : 1;
    if (this.#used + gap + width > this.#columns && this.#used > 0) {
      this.break();
    } else if (gap === 1 && blank !== undefined) this.#add(blank, 1);
    for (const part of parts) this.hard(part);
  }

  /** Adds a span where the line is, and breaks it anywhere. */
  hard(span: Span): void {
    let rest = textOf(span);
    while (rest !== "") {
      const room = this.#columns - this.#used;
      const width = widthOf(rest);
      if (width <= room) {
        this.#add(withText(span, rest), width);
        return;
      }
      if (room <= 0) {
        this.break();
        continue;
      }
      const [head, tail] = split(rest, room);
      if (widthOf(head) > room && this.#used > 0) {
        this.break();
        continue;
      }
      this.#add(withText(span, head), widthOf(head));
      rest = tail;
      if (rest !== "") this.break();
    }
  }

  #add(span: Span, width: number): void {
    this.lines.at(-1)?.push(span);
    this.#used += width;
  }
}

/** Wraps prose at its blanks. A line break in the text is one. */
export function wrapProse(
  spans: readonly Span[],
  columns: number,
): readonly Line[] {
  const lines = new Lines(columns);
  let word: Span[] = [];
  let blank: Span | undefined;
  const flush = (): void => {
    if (word.length > 0) {
      lines.word(word, blank);
      blank = undefined;
    }
    word = [];
  };
  for (const span of spans) {
    for (const piece of textOf(span).split(/([ \t]+|\n)/)) {
      if (piece === "") continue;
      if (piece === "\n") {
        flush();
        lines.break();
        blank = undefined;
      } else if (/^[ \t]/.test(piece)) {
        flush();
        blank = withText(span, " ");
      } else word.push(withText(span, piece));
    }
  }
  flush();
  return lines.lines;
}

/** Breaks a line of code where the width ends; its blanks stay. */
export function wrapCode(line: Line, columns: number): readonly Line[] {
  const lines = new Lines(columns);
  for (const span of line) lines.hard(span);
  return lines.lines;
}
