/**
 * Compares CLI versions, and describes missing features. Pure.
 *
 * @module
 */

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
