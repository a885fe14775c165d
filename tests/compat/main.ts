/**
 * Tries all cells with the CLI that `CLAUDESTREAM_TEST_CLAUDE` names, and writes what came of
 * each to stdout, one JSON object a line. `scripts/compat.ts` runs it for each version.
 *
 *     CLAUDESTREAM_TEST_CLAUDE=… deno run -A tests/compat/main.ts [words of a cell's name]
 *
 * @module
 */

import { Absent, type Cell, CELLS, KINDS, runCell } from "./cells.ts";

/** What came of a cell. */
export interface CellResult {
  readonly cell: string;
  /** The session it was tried with; `command` if that is no matter. */
  readonly kind: typeof KINDS[number] | "command";
  readonly outcome: "ok" | "absent" | "failed";
  /** What the user is told, or why it failed. */
  readonly text?: string;
}

/** A cell that takes this long hangs. Not an estimate: each takes 1 to 3 s. */
const HANGS_MS = 60_000;

if (import.meta.main) {
  const [words = ""] = Deno.args;
  for (const cell of CELLS.filter(({ name }) => name.includes(words))) {
    for (const kind of cell.once ? KINDS.slice(0, 1) : KINDS) {
      const result = await tried(cell, kind);
      Deno.stdout.writeSync(
        new TextEncoder().encode(`${JSON.stringify(result)}\n`),
      );
    }
  }
  Deno.exit(0);
}

async function tried(
  cell: Cell,
  kind: typeof KINDS[number],
): Promise<CellResult> {
  const about = {
    cell: cell.name,
    kind: cell.once ? "command" : kind,
  } as const;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`nothing after ${HANGS_MS / 1000} s`)),
      HANGS_MS,
    );
  });
  try {
    await Promise.race([runCell(cell, kind), hangs]);
    return { ...about, outcome: "ok" };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const outcome = error instanceof Absent ? "absent" : "failed";
    return { ...about, outcome, text: text.slice(0, 2000) };
  } finally {
    clearTimeout(timer);
  }
}
