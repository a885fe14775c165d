/**
 * What a schema says of an answer. Pure.
 *
 * @module
 */

import { StructuredOutputError } from "../errors.ts";
import type { Result } from "../messages/result.ts";
import type { SchemaResult } from "../util/standard_schema.ts";

/**
 * What the model gave.
 *
 * @throws {StructuredOutputError} It gave nothing.
 */
export function outputGiven(text: string, result: Result): unknown {
  const output = result.structuredOutput;
  if (output !== undefined) return output;
  throw new StructuredOutputError("missing", text, result, [
    { message: "expected an answer of the schema, got none" },
  ]);
}

/**
 * What a schema made of that.
 *
 * @throws {StructuredOutputError} It does not fit.
 */
export function outputTaken(
  said: SchemaResult<unknown>,
  text: string,
  result: Result,
): unknown {
  if (said.issues === undefined) return said.value;
  throw new StructuredOutputError("invalid", text, result, said.issues);
}

/**
 * The output that the CLI checked by the option `outputSchema`; `undefined` without the
 * option, and for a slash command, which no model answers.
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
