/**
 * Compares the texts before and after an edit, line by line. Pure.
 *
 * @module
 */

/** A line of a difference. */
export interface DiffLine {
  /** Whether the line is removed, added, or unchanged. */
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/**
 * Limit for the comparison, in milliseconds: the shortest difference of very different texts takes
 * seconds to find.
 */
const TIMEOUT_MS = 500;
const MOST_EDITS = 2000;
const NO_LINE_BREAK = "\\ no line break at the end";

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Compares two texts, line by line. */
export type DiffFunction = (
  before: string,
  after: string,
) => readonly DiffLine[];

/**
 * Returns the lines of both texts in one list. Texts that take too long to compare are returned
 * whole, one after the other; nothing is ever left out.
 */
export async function diffLines(
  before: string,
  after: string,
): Promise<readonly DiffLine[]> {
  return (await loadDiff())(before, after);
}

/** Loads what compares texts: only edits need it. */
export async function loadDiff(): Promise<DiffFunction> {
  const { diffLines: compare } = await import("diff");
  return (before, after) => {
    const changes = compare(before, after, {
      timeout: TIMEOUT_MS,
      maxEditLength: MOST_EDITS,
    }) ?? [
      { value: before, removed: true, added: false },
      { value: after, removed: false, added: true },
    ];
    const isEndChanged = before !== "" && after !== "" &&
      before.endsWith("\n") !== after.endsWith("\n");
    return changes.flatMap(({ value, added, removed }): DiffLine[] => {
      const sign = added ? "+" : removed ? "-" : " ";
      const lines = linesOf(value).map((text): DiffLine => ({ sign, text }));
      return isEndChanged && !value.endsWith("\n")
        ? [...lines, { sign, text: NO_LINE_BREAK }]
        : lines;
    });
  };
}
