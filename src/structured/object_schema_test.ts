// Output schemas whose root is no plain object are refused.

import { assertEquals } from "@std/assert";
import { unusableRoot } from "./object_schema.ts";

Deno.test("unusableRoot refuses what is no plain object", () => {
  assertEquals(unusableRoot({ type: "object" }), undefined);
  for (
    const schema of [{}, { type: "array" }, { type: ["object"] }, {
      type: "object",
      oneOf: [],
    }]
  ) assertEquals(typeof unusableRoot(schema), "string");
});
