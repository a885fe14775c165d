/**
 * Checks answers against their schema. Pure.
 *
 * @module
 */

import { StructuredOutputError } from "../errors.ts";
import type { Result } from "../messages/result.ts";
import type { SchemaResult } from "../util/standard_schema.ts";

/**
 * Returns the structured output of the model.
 *
 * @throws {StructuredOutputError} There is none.
 */
export function outputGiven(text: string, result: Result): unknown {
  const output = result.structuredOutput;
  if (output !== undefined) return output;
  throw new StructuredOutputError("missing", text, result, [
    { message: "expected an answer of the schema, got none" },
  ]);
}

/**
 * Returns the validated output.
 *
 * @throws {StructuredOutputError} It does not match the schema. */
export function outputTaken(
  said: SchemaResult<unknown>,
  text: string,
  result: Result,
): unknown {
  if (said.issues === undefined) return said.value;
  throw new StructuredOutputError("invalid", text, result, said.issues);
}

/**
 * Returns the output that the CLI checked against the option `outputSchema`; `undefined` without
 * the option, and for a slash command, which is not answered by a model.
 *
 * @throws {StructuredOutputError} There is none.
 */
export function uncheckedOutput(
  isAsked: boolean,
  text: string,
  result: Result,
): unknown {
  return isAsked && result.localCommand === undefined
    ? outputGiven(text, result)
    : result.structuredOutput;
}
