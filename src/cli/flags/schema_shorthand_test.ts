// A schema in shorthand is the JSON Schema that it stands for, or an error.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { schemaOf, shorthandSchema } from "./schema_shorthand.ts";
import { UsageError } from "../failure/usage_error.ts";

const TAKEN: readonly (readonly [string, Record<string, unknown>])[] = [
  ["name,", { name: { type: "string" } }],
  ["name, age int", { name: { type: "string" }, age: { type: "integer" } }],
  [
    "a float, b bool, c str,,",
    { a: { type: "number" }, b: { type: "boolean" }, c: { type: "string" } },
  ],
  [
    "name: first, and last\nage int: in years: whole",
    {
      name: { type: "string", description: "first, and last" },
      age: { type: "integer", description: "in years: whole" },
    },
  ],
];

for (const [text, properties] of TAKEN) {
  Deno.test(`--schema ${JSON.stringify(text)}`, () => {
    assertEquals(shorthandSchema(text), {
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    });
  });
}

const REFUSED: readonly (readonly [string, string])[] = [
  ["name, name int", '"name" is there already'],
  ["ok bol", 'did you mean "bool"?'],
  ["age number", "expected str, int, float or bool"],
  ["a b c", "expected NAME [TYPE][: DESCRIPTION]"],
  [": only", "expected NAME [TYPE][: DESCRIPTION]"],
  [" , ", "names no field"],
  ["__proto__ toString", "unknown type"],
];

for (const [text, said] of REFUSED) {
  Deno.test(`--schema ${JSON.stringify(text)}: ${said}`, () => {
    assertThrows(() => shorthandSchema(text), UsageError, said);
  });
}

Deno.test("--schema: JSON, the shorthand or a file", async () => {
  const schema = { type: "object", properties: {} };
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JSON.stringify(schema));
  assertEquals(await schemaOf(file), schema);
  assertEquals(await schemaOf(` ${JSON.stringify(schema)}`), schema);
  assertEquals((await schemaOf("name,")).required, ["name"]);
  await Deno.writeTextFile(file, "[1]");
  await assertRejects(
    () => schemaOf(file),
    UsageError,
    "expected a JSON Schema",
  );
  await Deno.writeTextFile(file, "nothing");
  await assertRejects(() => schemaOf(file), UsageError, "it is no JSON");
  await Deno.remove(file);
  await assertRejects(() => schemaOf(file), UsageError, "there is no");
  await assertRejects(() => schemaOf("{"), UsageError, "it is no JSON");
});
