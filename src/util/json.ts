/**
 * JSON: objects of the wire, and copies of what a caller passed. Pure.
 *
 * @module
 */

import { thrownText } from "./faults.ts";

/** A JSON object from the wire, with unknown fields. */
export type WireObject = { readonly [key: string]: unknown };

/** Whether a value is a JSON object: not null, not an array. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns the value of a field by its name on the wire.
 *
 * @param path The parts of a nested name, split by the caller once and not for each value.
 */
export function valueAt(
  source: WireObject,
  name: string,
  path: readonly string[] | undefined,
): unknown {
  if (path === undefined) return source[name];
  let value: unknown = source;
  for (const key of path) {
    if (!isWireObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * Returns a copy made through JSON, so that later changes by the caller have no effect and writing
 * it cannot fail.
 *
 * @param cannot The failed action, for the error: `Cannot send the prompt`.
 * @throws {TypeError} JSON cannot represent it: a BigInt, a cycle, a `toJSON` that throws, or a
 *   value without a JSON form.
 */
export function jsonCopy<T>(value: T, cannot: string): T {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    // The engine describes a cycle in several lines.
    const [reason = ""] = thrownText(cause).split("\n");
    throw new TypeError(
      `${cannot}: JSON cannot hold it: ${reason.replace(/:$/, "")}`,
      { cause },
    );
  }
  if (text === undefined) {
    throw new TypeError(`${cannot}: JSON cannot hold a ${typeof value}`);
  }
  return JSON.parse(text);
}
