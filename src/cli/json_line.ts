/**
 * Objects as `--json` prints them. Pure.
 *
 * @module
 */

/**
 * The version of what `--json` prints, in every object. It grows when a field goes or
 * changes its meaning; new fields and new types of events do not count.
 */
export const SCHEMA_VERSION = 1;

/** Returns an object with the version in front. */
export function versioned<T extends object>(
  value: T,
): { readonly schemaVersion: number } & T {
  return { schemaVersion: SCHEMA_VERSION, ...value };
}

/** Returns an object as a line of JSON. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(versioned(value))}\n`;
}

/** Returns a listing as a line of JSON: one array, and the version in each element. */
export function jsonList(values: readonly object[]): string {
  return `${JSON.stringify(values.map(versioned))}\n`;
}
