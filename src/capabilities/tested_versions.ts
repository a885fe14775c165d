/**
 * The CLI versions that this library was tested with, the oldest first. Written by `deno task
 * compat`; `docs/compatibility.md` says what was tested.
 *
 * @module
 */

/** The versions. */
export const TESTED_VERSIONS: readonly [string, ...string[]] = [
  "2.1.197",
  "2.1.198",
  "2.1.202",
  "2.1.205",
  "2.1.206",
  "2.1.210",
  "2.1.215",
  "2.1.222",
  "2.1.228",
  "2.1.234",
  "2.1.240",
  "2.1.246",
  "2.1.250",
  "2.1.259",
  "2.1.266",
  "2.1.272",
  "2.1.278",
  "2.1.285",
  "2.1.290",
  "2.1.294",
  "2.1.300",
  "2.1.301",
  "2.1.305",
  "2.1.310",
  "2.1.315",
  "2.1.319",
  "2.1.324",
  "2.1.328",
  "2.1.330",
  "2.1.331",
  "2.1.332",
];
