/**
 * A plan reads most values without their schema: what it takes is what the schema would return,
 * for each field of each message.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import { acceptance, plainType } from "./_define.ts";
import { type Entries, mapShapes } from "./_shapes.ts";
import { KINDS } from "./mod.ts";

/** One value of each type, and those that a schema may take for another type. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  "",
  "text",
  0,
  -1.5,
  NaN,
  Infinity,
  true,
  false,
  {},
  { type: "text" },
  [],
  ["text", null],
  [{ type: "text" }, 1],
];

Deno.test("what a plan takes without the schema is what the schema returns", () => {
  const taken = new Set<string>();
  function compare(path: string, entries: Entries): void {
    for (const [name, { schema }] of entries) {
      mapShapes(schema, (inner) => {
        compare(`${path}.${name}`, inner);
        return v.unknown();
      });
      const plain = plainType(schema);
      const fits = acceptance(schema);
      for (const value of VALUES) {
        const isPlain = typeof value === plain && value === value;
        if (!isPlain && fits?.(value) !== true) continue;
        const read = v.safeParse(schema, value);
        assert(read.success, `${path}.${name} of ${String(value)}`);
        assertEquals(read.output, value, `${path}.${name}`);
        taken.add(schema.type);
      }
    }
  }
  for (const [type, kind] of Object.entries(KINDS)) compare(type, kind.entries);
  // A type that left the list would be read by its schema: right, but slowly.
  assertEquals(
    [...taken].sort(),
    [
      "array",
      "boolean",
      "custom",
      "nullable",
      "number",
      "optional",
      "string",
      "union",
      "unknown",
    ],
  );
});

Deno.test("a schema that checks more than a type is left to itself", () => {
  for (const schema of [v.pipe(v.string(), v.nonEmpty()), v.picklist(["a"])]) {
    assertEquals(plainType(schema), undefined);
    assertEquals(acceptance(schema), undefined);
  }
  const list = v.array(v.string());
  assertEquals(acceptance(list), undefined);
  assertEquals(acceptance(v.nullable(list)), undefined);
});
