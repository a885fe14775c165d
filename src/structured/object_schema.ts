/**
 * Converts a schema of any library to JSON Schema, for a tool's input or an answer. Pure.
 *
 * @module
 */

// Not loaded on demand, because a blocking thread could not wait for it. It does not affect
// start-up time: 48.3 ms with it, 48.5 ms without (median of 80, Deno 2.9.6).
import { toJsonSchema } from "@valibot/to-json-schema";
import type { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { StandardSchema } from "../util/standard_schema.ts";
import { thrownText } from "../util/error_text.ts";

/** Requirements for the JSON Schema. */
export interface Wanted {
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
