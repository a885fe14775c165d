/**
 * Versions of the CLI. Pure.
 *
 * @module
 */

import { compareVersions } from "../process/version.ts";
import { check, type DoctorCheck } from "./report.ts";

/** The oldest version and the newest that this library was tested with. */
export const TESTED = { oldest: "2.1.197", newest: "2.1.330" } as const;

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
