/**
 * The CLI versions that this library was tested with. Pure.
 *
 * @module
 */

import { compareVersions } from "./version.ts";
import { TESTED_VERSIONS } from "./tested_versions.ts";

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
