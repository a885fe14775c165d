/**
 * JSON Schema of a schema of any library, for a tool's input or an answer, as the CLI can use
 * it. Pure.
 *
 * The CLI checks answers by draft-07, strictly: with a word that it does not know, or another
 * dialect in `$schema`, it leaves the schema out without a word (CLI 2.1.330).
 *
 * @module
 */

// Not loaded on demand, because a blocking thread could not wait for it. It does not affect
// start-up time: 48.3 ms with it, 48.5 ms without (median of 80, Deno 2.9.6).
import { toJsonSchema } from "@valibot/to-json-schema";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import {
  isStandardSchema,
  type StandardSchema,
} from "../util/standard_schema.ts";
import { thrownText } from "../util/faults.ts";

/** Requirements for the JSON Schema. */
interface Wanted {
  /** The dialect. */
  readonly target: "draft-07" | "draft-2020-12";
  /** Name of the place where the caller can pass a JSON Schema by hand. */
  readonly byHand: string;
  /** Builds the error. */
  readonly unusable: (why: string, cause?: unknown) => ConfigError;
}

/**
 * Returns the JSON Schema; its root is a plain object.
 *
 * @param given The JSON Schema that the caller passed by hand.
 * @throws {ConfigError} There is none.
 */
export function objectSchemaOf(
  schema: StandardSchema,
  given: WireObject | undefined,
  wanted: Wanted,
): WireObject {
  const made: unknown = given ?? convert(schema, wanted);
  if (!isWireObject(made)) {
    throw wanted.unusable("expected a JSON Schema, which is an object");
  }
  const why = unusableRoot(made);
  if (why !== undefined) throw wanted.unusable(why);
  return made;
}

function convert(
  schema: StandardSchema,
  { target, byHand, unusable }: Wanted,
): WireObject {
  const { vendor, jsonSchema } = schema["~standard"];
  try {
    if (jsonSchema !== undefined) return jsonSchema.input({ target });
    if (vendor === "valibot") {
      type Schema = Parameters<typeof toJsonSchema>[0];
      const config = { target, typeMode: "input" } as const;
      return toJsonSchema(schema as unknown as Schema, config) as WireObject;
    }
  } catch (cause) {
    const why = thrownText(cause).replace(/\.$/, "");
    throw unusable(`${why}; give ${byHand} as well`, cause);
  }
  throw unusable(
    `the library "${vendor}" makes no JSON Schema of it, give ${byHand} as well`,
  );
}

/**
 * Returns why the root of a JSON Schema is not a plain object; `undefined` if it is.
 *
 * If one tool has another root, CLI 2.1.330 silently leaves out all tools of the server, and it
 * never accepts an answer for another root. It passes on a choice (`anyOf`) at the root, but the
 * API rejects that.
 */
export function unusableRoot(schema: WireObject): string | undefined {
  if (schema.type !== "object") {
    const got = JSON.stringify(schema.type) ?? "none";
    return `expected the type "object" at the root of its JSON Schema, got ${got}`;
  }
  const choice = ["anyOf", "oneOf", "allOf"].find((key) => key in schema);
  return choice === undefined
    ? undefined
    : `expected a plain object at the root of its JSON Schema, got "${choice}"`;
}

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

/** Keywords whose value is a schema. */
const SCHEMA = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "else",
  "if",
  "not",
  "propertyNames",
  "then",
]);

/** Keywords whose value is a list of schemas. */
const SCHEMAS = new Set(["allOf", "anyOf", "oneOf"]);

/** Keywords whose value is an object of schemas with arbitrary names. */
const NAMED = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "patternProperties",
  "properties",
]);

/** The other keywords that the CLI knows. */
const PLAIN = new Set([
  "$comment",
  "$id",
  "$ref",
  "const",
  "contentEncoding",
  "contentMediaType",
  "default",
  "deprecated",
  "description",
  "enum",
  "examples",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
  "minItems",
  "minLength",
  "minProperties",
  "minimum",
  "multipleOf",
  "pattern",
  "readOnly",
  "required",
  "title",
  "type",
  "uniqueItems",
  "writeOnly",
]);

/** A schema that the CLI accepts, and what had to be left out of it. */
interface AnswerSchema {
  /** The schema. */
  readonly schema: WireObject;
  /** Paths of the unknown keywords: `properties.a.prefixItems`. */
  readonly leftOut: readonly string[];
}

/** Removes keywords that the CLI does not know. `$schema` is removed without being listed. */
export function answerSchema(given: WireObject): AnswerSchema {
  const leftOut: string[] = [];

  function schema(value: unknown, at: string): unknown {
    if (!isWireObject(value)) return value;
    const kept: Record<string, unknown> = {};
    for (const [word, inner] of Object.entries(value)) {
      const here = at === "" ? word : `${at}.${word}`;
      if (SCHEMA.has(word)) kept[word] = schema(inner, here);
      else if (SCHEMAS.has(word)) kept[word] = list(inner, here);
      else if (word === "items") {
        kept[word] = Array.isArray(inner)
          ? list(inner, here)
          : schema(inner, here);
      } else if (NAMED.has(word)) kept[word] = named(inner, here);
      else if (PLAIN.has(word)) kept[word] = inner;
      else if (word !== "$schema") leftOut.push(here);
    }
    return kept;
  }

  function list(value: unknown, at: string): unknown {
    return Array.isArray(value)
      ? value.map((inner, index) => schema(inner, `${at}.${index}`))
      : value;
  }

  function named(value: unknown, at: string): unknown {
    if (!isWireObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map((
        [name, inner],
      ) => [name, schema(inner, `${at}.${name}`)]),
    );
  }

  return { schema: schema(given, "") as WireObject, leftOut };
}
