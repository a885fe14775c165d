/**
 * What a schema says of an answer. Pure.
 *
 * @module
 */

import { StructuredOutputError } from "../errors.ts";
import type { Result } from "../messages/result.ts";
import { isThenable } from "../util/maybe_promise.ts";
import type { SchemaResult, StandardSchema } from "../util/standard_schema.ts";

/** What the model gave, or the error that it gave nothing. */
function given(text: string, result: Result): unknown {
  const output = result.structuredOutput;
  if (output !== undefined) return output;
  throw new StructuredOutputError("missing", text, result, [
    { message: "expected an answer of the schema, got none" },
  ]);
}

function taken(said: SchemaResult<unknown>, text: string, result: Result) {
  if (said.issues === undefined) return said.value;
  throw new StructuredOutputError("invalid", text, result, said.issues);
}

/**
 * The output of an answer, checked by the schema.
 *
 * @throws {StructuredOutputError} There is none, or it does not fit.
 */
export async function outputOf(
  schema: StandardSchema,
  text: string,
  result: Result,
): Promise<unknown> {
  const output = given(text, result);
  return taken(await schema["~standard"].validate(output), text, result);
}

/**
 * The same at once.
 *
 * @throws {StructuredOutputError} There is none, or it does not fit.
 * @throws {TypeError} The schema checks with a promise.
 */
export function outputOfSync(
  schema: StandardSchema,
  text: string,
  result: Result,
): unknown {
  const said = schema["~standard"].validate(given(text, result));
  if (isThenable(said)) {
    // What it says is of no use to anybody any more.
    said.then(() => {}, () => {});
    throw new TypeError(
      "Cannot check the answer: the schema gives a promise; use an AsyncSession, or a schema that answers at once",
    );
  }
  return taken(said, text, result);
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
    ? given(text, result)
    : result.structuredOutput;
}
