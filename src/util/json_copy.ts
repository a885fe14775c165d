/**
 * Turns what a caller gave into plain JSON, before anything changes because of it. Pure.
 *
 * @module
 */

import { thrownText } from "./error_text.ts";

/**
 * A copy as JSON holds it: what the caller changes afterwards changes nothing, and to
 * write it cannot fail.
 *
 * @param cannot What fails, for the error: `Cannot send the prompt`.
 * @throws {TypeError} JSON cannot hold it: a BigInt, a cycle, a `toJSON` that throws, or a
 * value that JSON has no word for.
 */
export function jsonCopy<T>(value: T, cannot: string): T {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    // The engine explains a cycle in several lines.
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
