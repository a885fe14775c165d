/**
 * Runs contestants in turns and reduces many runs to one number.
 *
 * @module
 */

import type { Outcome } from "./job.ts";

/** Returns the median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[half - 1], sorted[half]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** What the runs of each contestant gave, in their order. */
export type Runs<C extends string> = Readonly<Record<C, readonly Outcome[]>>;

/**
 * Runs all contestants once in each round, one after the other, so that what else
 * happens on the machine happens to all of them. The first one changes.
 */
export async function alternate<C extends string>(
  contestants: readonly C[],
  rounds: number,
  run: (contestant: C) => Promise<Outcome>,
): Promise<Runs<C>> {
  const runs = Object.fromEntries(
    contestants.map((name) => [name, []]),
  ) as unknown as Record<C, Outcome[]>;
  for (let round = 0; round < rounds; round++) {
    const shift = round % contestants.length;
    const order = [...contestants.slice(shift), ...contestants.slice(0, shift)];
    for (const name of order) runs[name].push(await run(name));
  }
  return runs;
}

/** How often as fast `a` is as `b`: the median of what each round says. */
export function speedup<C extends string>(
  runs: Runs<C>,
  a: C,
  b: C,
  of: (outcome: Outcome) => number = ({ ms }) => ms,
): number {
  return median(
    runs[a].map((own, round) => {
      const other = runs[b][round];
      return other === undefined ? NaN : of(other) / of(own);
    }),
  );
}

/** The median of one number of a contestant's runs. */
export function middle<C extends string>(
  runs: Runs<C>,
  contestant: C,
  of: (outcome: Outcome) => number = ({ ms }) => ms,
): number {
  return median(runs[contestant].map(of));
}
