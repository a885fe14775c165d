/**
 * Checks the version of the CLI. Pure.
 *
 * @module
 */

import {
  TESTED_RANGE,
  testedNeighbors,
  testedness,
} from "../capabilities/version.ts";
import { check, type DoctorCheck } from "./report.ts";

/**
 * Checks whether sessions were tested with a version.
 *
 * @param printed Output of `--version`; `undefined` if the program could not be started.
 */
export function versionCheck(
  version: string | undefined,
  printed: string | undefined,
): DoctorCheck {
  if (version === undefined && printed === undefined) {
    return check("version", "skip", "it could not be asked");
  }
  const range = `tested: ${TESTED_RANGE}`;
  if (version === undefined) {
    return check(
      "version",
      "warn",
      printed === undefined || printed === ""
        ? "it does not say its version"
        : `it does not say its version, but: ${printed.slice(0, 200)}`,
      "See whether that is Claude Code: claude --version",
    );
  }
  switch (testedness(version)) {
    case "older":
      return check(
        "version",
        "fail",
        `${version} is too old (${range})`,
        "Update it: claude update",
      );
    case "newer":
      return check(
        "version",
        "warn",
        `${version} is newer than we know (${range})`,
      );
    case "between":
      return check(
        "version",
        "ok",
        `${version} (not tested itself; ${testedNeighbors(version)} were)`,
      );
    case "tested":
      return check("version", "ok", `${version} (${range})`);
  }
}
