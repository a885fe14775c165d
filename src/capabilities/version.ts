/**
 * Versions of the CLI: which is older, whether one has something, and the sentence that says that
 * it does not. Pure.
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

/** Whether a version has something. `undefined` if the version is unknown. */
export function isMet(
  since: string,
  version: string | undefined,
): boolean | undefined {
  return version === undefined
    ? undefined
    : compareVersions(version, since) >= 0;
}

/** What is missing, as a sentence for people. */
export function lackText(
  what: string,
  since: string,
  version: string | undefined,
): string {
  return `${what} needs CLI ${since} or newer, and this one ${
    version === undefined ? "does not tell its version" : `is ${version}`
  }`;
}

/** The numbers of versions that were asked for: some are for each message. */
const NUMBERS = new Map<string, readonly number[]>();

function numbers(version: string): readonly number[] {
  let known = NUMBERS.get(version);
  if (known === undefined) {
    known = version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];
    NUMBERS.set(version, known);
  }
  return known;
}
