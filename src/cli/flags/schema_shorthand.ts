/**
 * Reads the value of `--schema`: a schema, a file with one, or fields in a shorthand.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import { isWireObject, type WireObject } from "../../util/json.ts";
import { UsageError } from "../failure/usage_error.ts";

const TYPES: Readonly<Record<string, string>> = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
};

/**
 * Returns the JSON Schema that `--schema` means: `{` begins one, a blank or a comma means the
 * shorthand, anything else is a file.
 *
 * @throws {UsageError} It is none, or the file cannot be read.
 */
export async function schemaOf(value: string): Promise<WireObject> {
  const text = value.trim();
  if (text.startsWith("{")) return parsedSchema(text, "the value of --schema");
  if (/[\s,]/.test(text)) return shorthandSchema(text);
  const name = JSON.stringify(text);
  const file = await Deno.readTextFile(text).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(
      cause instanceof Deno.errors.NotFound
        ? `Cannot read the file of --schema: there is no ${name}`
        : `Cannot read the file of --schema, ${name}: ${cause.message}`,
      "For a schema of one field write a comma: --schema 'name,'",
    );
  });
  return parsedSchema(file, `the file ${name} of --schema`);
}

function parsedSchema(text: string, what: string): WireObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isWireObject(value)) return value;
  } catch (cause) {
    throw new UsageError(
      `Cannot read ${what}: it is no JSON: ${(cause as Error).message}`,
    );
  }
  throw new UsageError(`Cannot use ${what}: expected a JSON Schema, an object`);
}

/**
 * Returns the JSON Schema of fields such as `name, age int: in years`: one on each line, or
 * split at commas. All of them are required. Pure.
 *
 * @throws {UsageError} A field has no name, the name of another field, or an unknown type.
 */
export function shorthandSchema(text: string): WireObject {
  const fields = text.split(text.includes("\n") ? "\n" : ",")
    .map((field) => field.trim()).filter((field) => field !== "");
  const properties: Record<string, WireObject> = {};
  for (const field of fields) {
    const colon = field.indexOf(":");
    const head = colon === -1 ? field : field.slice(0, colon);
    const description = colon === -1 ? "" : field.slice(colon + 1).trim();
    const [name = "", type = "str", ...rest] = head.trim().split(/\s+/);
    if (name === "" || rest.length > 0) {
      throw unusable(field, "expected NAME [TYPE][: DESCRIPTION]");
    }
    if (Object.hasOwn(properties, name)) {
      throw unusable(field, `"${name}" is there already`);
    }
    if (!Object.hasOwn(TYPES, type)) {
      const near = closest(type, Object.keys(TYPES));
      throw unusable(
        field,
        `unknown type "${type}"${
          near === undefined
            ? ", expected str, int, float or bool"
            : `, did you mean "${near}"?`
        }`,
      );
    }
    properties[name] = {
      type: TYPES[type],
      ...description === "" ? {} : { description },
    };
  }
  if (fields.length === 0) throw unusable(text, "it names no field");
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function unusable(field: string, why: string): UsageError {
  return new UsageError(
    `Cannot use ${JSON.stringify(field)} in --schema: ${why}`,
  );
}
