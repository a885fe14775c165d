/**
 * JSON Schema as the CLI can use it for answers. Pure.
 *
 * It checks answers by draft-07, strictly: with a word that it does not know, or another
 * dialect in `$schema`, it leaves the schema out without a word (CLI 2.1.330).
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

/** Words whose value is a schema. */
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

/** Words whose value is a list of schemas. */
const SCHEMAS = new Set(["allOf", "anyOf", "oneOf"]);

/** Words whose value has schemas by names of the author's. */
const NAMED = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "patternProperties",
  "properties",
]);

/** The other words that it knows. */
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

/** A schema as the CLI can use it, and what had to be left out of it. */
export interface AnswerSchema {
  /** The schema. */
  readonly schema: WireObject;
  /** Where the words were that it does not know: `properties.a.prefixItems`. */
  readonly leftOut: readonly string[];
}

/** Leaves out what the CLI does not know. `$schema` goes without a mention. */
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
