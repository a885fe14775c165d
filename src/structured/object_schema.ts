/**
 * JSON Schema of a schema of any library, for a tool's input or an answer. Pure.
 *
 * @module
 */

// Not loaded when it is needed: a thread that blocks could not wait for it. It makes no
// difference to the start: 48.3 ms with it, 48.5 ms without (median of 80, Deno 2.9.6).
import { toJsonSchema } from "@valibot/to-json-schema";
import type { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { StandardSchema } from "../util/standard_schema.ts";
import { thrownText } from "../util/error_text.ts";

/** What is wanted of a schema. */
export interface Wanted {
  /** The dialect. */
  readonly target: "draft-07" | "draft-2020-12";
  /** Where the caller can give the JSON Schema by hand. */
  readonly byHand: string;
  /** Makes the error. */
  readonly unusable: (why: string, cause?: unknown) => ConfigError;
}

/**
 * The JSON Schema, whose root is a plain object.
 *
 * @param given The one that the caller gives by hand.
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
 * Why a JSON Schema is none of a plain object, or `undefined` where it is.
 *
 * For one tool with another root CLI 2.1.330 leaves out all tools of the server, without
 * a word, and an answer of another it never takes. A choice at the root it hands on, but
 * the API takes none there.
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
