/**
 * Which versions of the CLI this library was tested with. Pure.
 *
 * @module
 */

/** Below, the same, or above 0 as with `sort`; what follows the three numbers counts for nothing. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (const [at, number] of a.entries()) {
    const difference = number - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The oldest version and the newest that this library was tested with. */
export const TESTED = { oldest: "2.1.197", newest: "2.1.330" } as const;

/** The same, for people. */
export const TESTED_RANGE: string = `${TESTED.oldest} to ${TESTED.newest}`;

/** Whether a version is among those that were tested. */
export function testedness(version: string): "older" | "tested" | "newer" {
  if (compareVersions(version, TESTED.oldest) < 0) return "older";
  return compareVersions(version, TESTED.newest) > 0 ? "newer" : "tested";
}

function numbers(version: string): number[] {
  return version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];
}
