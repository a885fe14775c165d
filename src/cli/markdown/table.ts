/**
 * Tables that fit the window. Pure.
 *
 * @module
 */

import "../text/exact_width.ts";
import { type Line, lineWidth } from "../live/live_region.ts";
import { type Span, styled } from "../text/terminal.ts";
import { wrapProse } from "./wrap.ts";

type Align = "left" | "right" | "center" | null;

const BETWEEN = " │ ";
/** A table whose columns would be narrower becomes a list of its fields. */
const LEAST_WIDTH = 6;

/** The lines of a table: its cells are wrapped, and never cut. */
export function tableLines(
  header: readonly (readonly Span[])[],
  rows: readonly (readonly (readonly Span[])[])[],
  align: readonly Align[],
  columns: number,
): readonly Line[] {
  const widths = header.map((_, at) =>
    Math.max(1, ...[header, ...rows].map((row) => lineWidth(row[at] ?? [])))
  );
  const room = columns - BETWEEN.length * (widths.length - 1);
  if (room < widths.length * LEAST_WIDTH && sum(widths) > room) {
    return recordLines(header, rows, columns);
  }
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const draw = (row: readonly (readonly Span[])[]) =>
    rowLines(row, widths, align);
  const rule = styled(
    "dim",
    widths.map((width) => "─".repeat(width)).join("─┼─"),
  );
  return [...draw(header), [rule], ...rows.flatMap(draw)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

function rowLines(
  row: readonly (readonly Span[])[],
  widths: readonly number[],
  align: readonly Align[],
): readonly Line[] {
  const cells = widths.map((width, at) => wrapProse(row[at] ?? [], width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const line: Span[] = [];
    widths.forEach((width, column) => {
      if (column > 0) line.push(styled("dim", BETWEEN));
      const cell = cells[column]?.[at] ?? [];
      const room = Math.max(0, width - lineWidth(cell));
      const before = align[column] === "right"
        ? room
        : align[column] === "center"
        ? Math.floor(room / 2)
        : 0;
      if (before > 0) line.push(" ".repeat(before));
      line.push(...cell);
      const isLast = column === widths.length - 1;
      if (room > before && !isLast) line.push(" ".repeat(room - before));
    });
    return line;
  });
}

function recordLines(
  header: readonly (readonly Span[])[],
  rows: readonly (readonly (readonly Span[])[])[],
  columns: number,
): readonly Line[] {
  return rows.flatMap((row, at) => [
    ...at === 0 ? [] : [[]],
    ...header.flatMap((name, column) =>
      wrapProse([...name, ": ", ...row[column] ?? []], columns)
    ),
  ]);
}
