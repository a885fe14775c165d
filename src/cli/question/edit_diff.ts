/**
 * What an edit changes, line by line. Pure.
 *
 * @module
 */

/** A line of a difference. */
export interface DiffLine {
  /** Whether it goes, comes, or stays. */
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** Finding the shortest difference of texts that have little in common takes seconds. */
const TIMEOUT_MS = 500;
const MOST_EDITS = 2000;
const NO_LINE_BREAK = "\\ no line break at the end";

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/**
 * The lines of both texts, in one list. Texts that differ too much to compare come whole,
 * one after the other: nothing is left out in any case.
 */
export async function diffLines(
  before: string,
  after: string,
): Promise<readonly DiffLine[]> {
  // Only questions about edits need it.
  const { diffLines: compare } = await import("diff");
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
}
