// Each control request that src/control can make has a sample: one that is in neither the samples
// nor the table of capabilities would pass the test that compares those two.

import { assert, assertEquals } from "@std/assert";

Deno.test("each function of src/control that makes a request is in fixtures/calls.ts", async () => {
  const folder = new URL("../../src/control/", import.meta.url);
  const samples = await Deno.readTextFile(new URL("fixtures/calls.ts", folder));
  const missing: string[] = [];
  let count = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, folder));
    for (const [, call] of text.matchAll(/^export function (\w+Call)\b/gm)) {
      count++;
      if (!new RegExp(`\\b${call}\\(`).test(samples)) {
        missing.push(`${name}: ${call}`);
      }
    }
  }
  assert(count > 25, `${count}`);
  assertEquals(missing, [], "edit CALLS in src/control/fixtures/calls.ts");
});
