/**
 * The JSON Schema of an answer: what the model is told. Pure.
 *
 * @module
 */

import { toJsonSchema } from "@valibot/to-json-schema";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { StandardSchema } from "../standard_schema.ts";
import { thrownText } from "../tools/result.ts";
import { ANSWER_DIALECT, answerSchema, unusableRoot } from "./dialect.ts";

/**
 * The JSON Schema of an answer. What the CLI does not know is left out of it: the answer
 * is checked by the schema itself, too.
 *
 * @param given The JSON Schema, where the caller gives it.
 * @throws {ConfigError} There is none, or its root is no object.
 */
export function answerSchemaOf(
  schema: StandardSchema,
  given: WireObject | undefined,
): WireObject {
  const made = given ?? convert(schema);
  if (!isWireObject(made)) {
    throw unusable("expected a JSON Schema, which is an object");
  }
  const why = unusableRoot(made);
  if (why !== undefined) throw unusable(why);
  return answerSchema(made).schema;
}

function convert(schema: StandardSchema): WireObject {
  const { vendor, jsonSchema } = schema["~standard"];
  try {
    if (jsonSchema !== undefined) {
      return jsonSchema.input({ target: ANSWER_DIALECT });
    }
    if (vendor === "valibot") {
      type Schema = Parameters<typeof toJsonSchema>[0];
      return toJsonSchema(schema as unknown as Schema, {
        target: ANSWER_DIALECT,
        typeMode: "input",
      }) as WireObject;
    }
  } catch (cause) {
    throw unusable(`${thrownText(cause)}, give jsonSchema`, cause);
  }
  throw unusable(
    `the library "${vendor}" makes no JSON Schema of it, give jsonSchema as well`,
  );
}

/** Checks a schema that has no other to check by: nothing may be left out of it. */
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

function unusable(why: string, cause?: unknown): ConfigError {
  return new ConfigError("schema", `Cannot ask with the schema: ${why}`, {
    cause,
  });
}
