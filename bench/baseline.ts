/**
 * Compares new ratios with the last committed ones.
 *
 * @module
 */

import type { Row } from "./table.ts";

/** Which run the ratios are of: their sizes differ. */
export type Mode = "full" | "short";

/** Ratios by their names: by the clock and, where it was measured, by the CPU. */
export type Ratios = Readonly<
  Record<string, { readonly clock: number; readonly cpu?: number }>
>;

/** How much a ratio may fall: runs on a busy machine differ by half of that. */
const MOST_LOSS = 1 / 3;

const FILE = new URL("./baseline.json", import.meta.url);

async function readAll(): Promise<Partial<Record<Mode, Ratios>>> {
  return JSON.parse(await Deno.readTextFile(FILE));
}

/** The committed ratios. */
export async function readBaseline(mode: Mode): Promise<Ratios> {
  return (await readAll())[mode] ?? {};
}

/** Keeps the ratios of these rows, beside those that were not measured now. */
export async function writeBaseline(
  mode: Mode,
  rows: readonly Row[],
): Promise<void> {
  const all = await readAll();
  const round = (value: number) => Math.round(value * 100) / 100;
  const ratios = rows.filter(({ unit }) => unit === "×")
    .map(({ name, value, cpu }) => [name, {
      clock: round(value),
      ...cpu === undefined ? {} : { cpu: round(cpu) },
    }]);
  const changed = {
    ...all,
    [mode]: { ...all[mode], ...Object.fromEntries(ratios) },
  };
  await Deno.writeTextFile(FILE, JSON.stringify(changed, null, 2) + "\n");
}

/**
 * What is worse than the baseline by more than a third, a line for each. Where the time of
 * the CPU is known it must be worse, too: on a busy machine the clock alone says little.
 */
export function compare(baseline: Ratios, rows: readonly Row[]): string[] {
  return rows.flatMap(({ name, unit, value, cpu }) => {
    const before = baseline[name];
    if (unit !== "×" || before === undefined) return [];
    const least = 1 - MOST_LOSS;
    if (value >= before.clock * least) return [];
    if (
      cpu !== undefined && before.cpu !== undefined &&
      cpu >= before.cpu * least
    ) return [];
    return [
      `${name}: ${
        value.toFixed(2)
      } ×, and the last committed one is ${before.clock} ×`,
    ];
  });
}
