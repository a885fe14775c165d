/**
 * Builds the JSON Schema of an answer, which is sent to the model. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { objectSchemaOf, unusableRoot } from "./object_schema.ts";
import {
  isStandardSchema,
  type StandardSchema,
} from "../util/standard_schema.ts";
import { answerSchema } from "./dialect.ts";

/**
 * Returns the JSON Schema of an answer. Keywords that the CLI does not know are left out; the
 * original schema checks the answer as well.
 *
 * @param given The JSON Schema from the caller, if any.
 * @throws {ConfigError} There is none, or its root is not an object.
 */
export function answerSchemaOf(
  schema: StandardSchema,
  given: WireObject | undefined,
): WireObject {
  if (!isStandardSchema(schema)) {
    throw new ConfigError(
      "schema",
      "Cannot ask with the schema: expected one of valibot or another Standard Schema library",
      { hint: "JSON Schema goes into the option outputSchema of the session" },
    );
  }
  const made = objectSchemaOf(schema, given, {
    target: "draft-07",
    byHand: "jsonSchema",
    unusable: (why, cause) =>
      new ConfigError("schema", `Cannot ask with the schema: ${why}`, {
        cause,
      }),
  });
  return answerSchema(made).schema;
}

/**
 * Checks a schema that only the CLI will check answers against: no keyword may be left out of it.
 */
export function checkAnswerSchema(option: string, given: WireObject): void {
  const why = unusableRoot(given);
  if (why !== undefined) {
    throw new ConfigError(option, `Cannot use ${option}: ${why}`);
  }
  const [word] = answerSchema(given).leftOut;
  if (word !== undefined) {
    throw new ConfigError(
      option,
      `Cannot use ${option}: the CLI checks answers by draft-07 and does not know "${word}"; leave it out, or use ask() with a schema`,
    );
  }
}
