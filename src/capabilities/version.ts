/**
 * Versions of the CLI: how they compare, and which of them this library was tested with. Pure.
 *
 * @module
 */

import { TESTED_VERSIONS } from "./tested_versions.ts";

/** Compares two versions as `sort` expects; ignores anything after the three numbers. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (const [at, number] of a.entries()) {
    const difference = number - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version meets a requirement. `undefined` if the version is unknown. */
export function isMet(
  since: string,
  version: string | undefined,
): boolean | undefined {
  return version === undefined
    ? undefined
    : compareVersions(version, since) >= 0;
}

/** Returns a sentence for people about what is missing. */
export function lackText(
  what: string,
  since: string,
  version: string | undefined,
): string {
  return `${what} needs CLI ${since} or newer, and this one ${
    version === undefined ? "does not tell its version" : `is ${version}`
  }`;
}

/** Cache of parsed versions: some comparisons happen for each message. */
const NUMBERS = new Map<string, readonly number[]>();

function numbers(version: string): readonly number[] {
  let known = NUMBERS.get(version);
  if (known === undefined) {
    known = version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];
    NUMBERS.set(version, known);
  }
  return known;
}

const [OLDEST] = TESTED_VERSIONS;
const NEWEST = TESTED_VERSIONS.at(-1) ?? OLDEST;

/** The oldest version and the newest that this library was tested with. */
export const TESTED = { oldest: OLDEST, newest: NEWEST } as const;

/** The tested versions, for people. */
export const TESTED_RANGE: string =
  `${TESTED_VERSIONS.length} versions from ${OLDEST} to ${NEWEST}`;

/** Returns whether a version was tested, or how it relates to the tested ones. */
export function testedness(
  version: string,
): "older" | "tested" | "between" | "newer" {
  if (compareVersions(version, OLDEST) < 0) return "older";
  if (compareVersions(version, NEWEST) > 0) return "newer";
  const isTested = TESTED_VERSIONS.some((one) =>
    compareVersions(one, version) === 0
  );
  return isTested ? "tested" : "between";
}

/** Returns the tested versions just before and after an untested one, for people. */
export function testedNeighbors(version: string): string {
  const before = TESTED_VERSIONS.findLast((one) =>
    compareVersions(one, version) < 0
  );
  const after = TESTED_VERSIONS.find((one) =>
    compareVersions(one, version) > 0
  );
  return `${before ?? OLDEST} and ${after ?? NEWEST}`;
}
