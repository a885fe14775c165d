/**
 * Versions of the CLI. Pure.
 *
 * @module
 */

import { check, type DoctorCheck } from "./report.ts";

/** The oldest version and the newest that this library was tested with. */
export const TESTED = { oldest: "2.1.197", newest: "2.1.330" } as const;

/** The version in what `claude --version` prints, or `undefined` where that is not Claude Code. */
export function versionIn(printed: string): string | undefined {
  return /^(\d+\.\d+\.\d+\S*) \(Claude Code\)/m.exec(printed)?.[1];
}

/** Below, the same, or above 0 as with `sort`; what follows the three numbers counts for nothing. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (const [at, number] of a.entries()) {
    const difference = number - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];
}

/** Whether a version is one that sessions were tested with. */
export function versionCheck(
  version: string | undefined,
  printed: string,
): DoctorCheck {
  const range = `tested: ${TESTED.oldest} to ${TESTED.newest}`;
  if (version === undefined) {
    return check(
      "version",
      "warn",
      printed === ""
        ? "it does not say its version"
        : `it does not say its version, but: ${printed.slice(0, 200)}`,
      "See whether that is Claude Code: claude --version",
    );
  }
  if (compareVersions(version, TESTED.oldest) < 0) {
    return check(
      "version",
      "fail",
      `${version} is too old (${range})`,
      "Update it: claude update",
    );
  }
  return compareVersions(version, TESTED.newest) > 0
    ? check("version", "warn", `${version} is newer than we know (${range})`)
    : check("version", "ok", `${version} (${range})`);
}
