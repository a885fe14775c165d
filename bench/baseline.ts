/**
 * The ratios that were committed last, and whether new ones are much worse.
 *
 * @module
 */

import type { Row } from "./table.ts";

/** Which run the ratios are of: their sizes differ. */
export type Mode = "full" | "short";

/** Ratios by their names. */
export type Ratios = Readonly<Record<string, number>>;

/** A ratio may fall by so much: runs on a busy machine differ by half of it. */
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
  const ratios = rows.filter(({ unit }) => unit === "×")
    .map(({ name, value }) => [name, Math.round(value * 100) / 100]);
  const changed = {
    ...all,
    [mode]: { ...all[mode], ...Object.fromEntries(ratios) },
  };
  await Deno.writeTextFile(FILE, JSON.stringify(changed, null, 2) + "\n");
}

/** What is worse than the baseline by more than a third, a line for each. */
export function compare(baseline: Ratios, rows: readonly Row[]): string[] {
  return rows.flatMap(({ name, unit, value }) => {
    const before = baseline[name];
    if (unit !== "×" || before === undefined) return [];
    if (value >= before * (1 - MOST_LOSS)) return [];
    return [
      `${name}: ${
        value.toFixed(2)
      } ×, and the last committed one is ${before} ×`,
    ];
  });
}
