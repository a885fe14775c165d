/**
 * The JSON Schema of a tool's input: what the model is told. Pure.
 *
 * @module
 */

// Not loaded when it is needed: a thread that blocks could not wait for it. It makes no
// difference to the start: 48.3 ms with it, 48.5 ms without (median of 80, Deno 2.9.6).
import { toJsonSchema } from "@valibot/to-json-schema";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { StandardSchema } from "../standard_schema.ts";
import { thrownText } from "./result.ts";

type ValibotSchema = Parameters<typeof toJsonSchema>[0];

/** The dialect that the API reads. */
const TARGET = "draft-2020-12";

/** Kinds of valibot's whose JSON Schema is that of an object. */
const VALIBOT_OBJECTS: ReadonlySet<unknown> = new Set([
  "object",
  "loose_object",
  "strict_object",
  "object_with_rest",
  "record",
]);

/**
 * The JSON Schema of a tool's input.
 *
 * @param name Name of the tool.
 * @throws {ConfigError} There is none, or its root is no object.
 */
export function inputJsonSchema(
  name: string,
  input: StandardSchema,
  given: WireObject | undefined,
): WireObject {
  if (given !== undefined) return checkRoot(name, given);
  const { vendor, jsonSchema } = input["~standard"];
  if (jsonSchema !== undefined) {
    return convert(name, () => jsonSchema.input({ target: TARGET }));
  }
  if (vendor !== "valibot") {
    throw unusable(
      name,
      `the library "${vendor}" makes no JSON Schema of it, give inputSchema as well`,
    );
  }
  const { type } = input as { readonly type?: unknown };
  if (!VALIBOT_OBJECTS.has(type)) {
    throw unusable(name, `expected an object at its root, got "${type}"`);
  }
  return convert(
    name,
    () =>
      toJsonSchema(input as unknown as ValibotSchema, {
        target: TARGET,
        typeMode: "input",
      }) as WireObject,
  );
}

function convert(name: string, make: () => WireObject): WireObject {
  let schema: WireObject;
  try {
    schema = make();
  } catch (cause) {
    throw unusable(name, `${thrownText(cause)}, give inputSchema`, cause);
  }
  return checkRoot(name, schema);
}

/**
 * For one tool with another root CLI 2.1.330 leaves out all tools of the server, without
 * a word. A choice at the root it hands on, but the API takes none there.
 */
function checkRoot(name: string, schema: unknown): WireObject {
  if (!isWireObject(schema)) {
    throw unusable(name, "expected a JSON Schema, which is an object");
  }
  if (schema.type !== "object") {
    const got = JSON.stringify(schema.type) ?? "none";
    throw unusable(
      name,
      `expected the type "object" at the root of its JSON Schema, got ${got}`,
    );
  }
  const choice = ["anyOf", "oneOf", "allOf"].find((key) => key in schema);
  if (choice !== undefined) {
    throw unusable(
      name,
      `expected a plain object at the root of its JSON Schema, got "${choice}"`,
    );
  }
  return schema;
}

function unusable(name: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "tools",
    `Cannot use the input of the tool "${name}": ${why}`,
    { cause },
  );
}
