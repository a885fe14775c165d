/**
 * The table that is printed.
 *
 * @module
 */

/** One line of the table. */
export interface Row {
  /** What was measured; unique, and the key in the baseline. */
  readonly name: string;
  /** What it is. */
  readonly value: number;
  /** `×` is a ratio and the only kind that the baseline keeps; the others depend on the machine. */
  readonly unit: "×" | "ms" | "MB" | "kB" | "";
  /** The same ratio by the time of the CPU, which a busy machine changes less. */
  readonly cpu?: number;
  /** Required value, if there is one. */
  readonly need?: { readonly least: number } | { readonly most: number };
  /** The figures behind it. */
  readonly note?: string;
}

/** Whether the target is reached; `undefined` if there is no target. */
export function isReached({ value, need }: Row): boolean | undefined {
  if (need === undefined) return undefined;
  return "least" in need ? value >= need.least : value <= need.most;
}

function digits(value: number): string {
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 10
    ? value.toFixed(1)
    : value.toFixed(2);
}

/** Rows as a table of Markdown. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${digits(row.value)} ${row.unit}`.trim(),
    row.need === undefined
      ? ""
      : "least" in row.need
      ? `≥ ${row.need.least}`
      : `≤ ${row.need.most}`,
    { true: "yes", false: "NO", undefined: "" }[`${isReached(row)}`] ?? "",
    row.note ?? "",
  ]);
  const all = [["what", "is", "needed", "", "figures"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...all.map((cell) => cell[column]?.length ?? 0))
  );
  const lines = all.map((cell) =>
    `| ${cell.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`
  );
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
