/**
 * Objects as `--json` prints them. Pure.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import { UsageError } from "../failure/usage_error.ts";

/** What `--json` was given: nothing, or names of fields. */
export type JsonChoice = true | readonly string[];

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
export function jsonList(
  values: readonly object[],
  choice: JsonChoice = true,
): string {
  const shown = values.map((value) => versioned(picked(value, choice)));
  return `${JSON.stringify(shown)}\n`;
}

/** Returns the fields of an object that were chosen, in the order of the choice. */
export function picked(value: object, choice: JsonChoice): object {
  if (choice === true) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(choice.map((name) => [name, fields[name] ?? null]));
}

/**
 * Checks the fields that were chosen, before anything that costs is begun.
 *
 * @throws {UsageError} There is no such field.
 */
export function checkFields(
  choice: JsonChoice | undefined,
  fields: readonly string[],
): void {
  if (choice === undefined || choice === true) return;
  for (const name of choice) {
    if (fields.includes(name)) continue;
    const near = closest(name, fields);
    throw new UsageError(
      `Unknown field ${JSON.stringify(name)} in --json${
        near === undefined ? "" : `, did you mean "${near}"?`
      }`,
      fields.length === 0
        ? "Fields are picked of the answers of ask, and of sessions; else take jq"
        : `There are: ${fields.join(", ")}`,
    );
  }
}
