/**
 * The versions of the CLI that this library was tried with, the oldest first.
 * Written by `deno task compat`; `docs/compatibility.md` says what was tried.
 *
 * @module
 */

/** The versions. */
export const TESTED_VERSIONS: readonly [string, ...string[]] = [
  "2.1.206",
  "2.1.250",
  "2.1.330",
  "2.1.332",
];
