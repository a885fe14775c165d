/**
 * Reduces JSON Schema to what the CLI accepts for answers. Pure.
 *
 * The CLI uses strict draft-07: if a schema has an unknown keyword, or another dialect in
 * `$schema`, the CLI silently ignores the schema (CLI 2.1.330).
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

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
export interface AnswerSchema {
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
