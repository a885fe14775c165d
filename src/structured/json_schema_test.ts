// An output schema is passed to the CLI without what it does not know, and refused if its root is no plain object.

import { assertEquals } from "@std/assert";
import { answerSchema, unusableRoot } from "./json_schema.ts";

Deno.test("answerSchema keeps what the CLI knows, and says what it left out", () => {
  const rows: readonly [object, object, readonly string[]][] = [
    [{ type: "object" }, { type: "object" }, []],
    [
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
      },
      { type: "object" },
      [],
    ],
    // Names of fields are no words.
    [
      { properties: { banana: { type: "string", banana: 1 } } },
      { properties: { banana: { type: "string" } } },
      ["properties.banana.banana"],
    ],
    [
      { items: [{ x: 1 }, true], additionalItems: { x: 1 } },
      { items: [{}, true], additionalItems: {} },
      ["items.0.x", "additionalItems.x"],
    ],
    [{ items: { x: 1 } }, { items: {} }, ["items.x"]],
    [{ anyOf: [{ x: 1 }], allOf: 5 }, { anyOf: [{}], allOf: 5 }, ["anyOf.0.x"]],
    // What is a value is not looked into.
    [
      { const: { x: 1 }, enum: [{ x: 1 }], default: { x: 1 } },
      { const: { x: 1 }, enum: [{ x: 1 }], default: { x: 1 } },
      [],
    ],
    [
      { $defs: { a: { x: 1 } }, definitions: 5 },
      { $defs: { a: {} }, definitions: 5 },
      ["$defs.a.x"],
    ],
    [{ prefixItems: [{}] }, {}, ["prefixItems"]],
  ];
  for (const [given, schema, leftOut] of rows) {
    assertEquals(answerSchema(given as Record<string, unknown>), {
      schema,
      leftOut,
    });
  }
});

Deno.test("unusableRoot refuses what is no plain object", () => {
  assertEquals(unusableRoot({ type: "object" }), undefined);
  for (
    const schema of [{}, { type: "array" }, { type: ["object"] }, {
      type: "object",
      oneOf: [],
    }]
  ) assertEquals(typeof unusableRoot(schema), "string");
});
