/**
 * Describes differences from a recording for people.
 *
 * @module
 */

import { diffLines } from "diff";
import { type Difference, differenceLine } from "./same_line.ts";

/** Texts longer than this are compared line by line. */
const LONG = 120;

/** How many changed lines of a text are shown. */
const MOST_LINES = 20;

/** Returns a line for each difference, and for long texts the lines that differ. */
export function differenceText(differences: readonly Difference[]): string {
  return differences.slice(0, 10).map((difference) => {
    const { path, recorded, given } = difference;
    if (!isLong(recorded, given)) return differenceLine(difference);
    const where = path === "" ? "the line" : path;
    const lines = changedLines(String(recorded), String(given));
    return `${where} (- recorded, + now):\n    ${lines.join("\n    ")}`;
  }).join("\n  ");
}

function isLong(recorded: unknown, given: unknown): boolean {
  return typeof recorded === "string" && typeof given === "string" &&
    Math.max(recorded.length, given.length) > LONG;
}

function changedLines(recorded: string, given: string): readonly string[] {
  const changed = diffLines(recorded, given)
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ added, value }) =>
      value.replace(/\n$/, "").split("\n").map((line) =>
        `${added ? "+" : "-"} ${line.slice(0, 500)}`
      )
    );
  const left = changed.length - MOST_LINES;
  return left > 0
    ? [...changed.slice(0, MOST_LINES), `… ${left} more lines`]
    : changed;
}
