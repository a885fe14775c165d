/**
 * Copies values from a caller to plain JSON, before they have any effect. Pure.
 *
 * @module
 */

import { thrownText } from "./error_text.ts";

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
