// Whether a version of the CLI was tried, and which tried ones are beside it.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { testedNeighbors, testedness } from "./version.ts";
import { TESTED_VERSIONS } from "./tested_versions.ts";

Deno.test("testedness: a version that was tried, and one before, between and after", () => {
  const [oldest] = TESTED_VERSIONS;
  assertEquals(
    TESTED_VERSIONS.map(testedness),
    TESTED_VERSIONS.map(() => "tested"),
  );
  assertEquals(testedness("2.1.196"), "older");
  assertEquals(testedness("2.0.999"), "older");
  assertEquals(testedness("2.1.99999"), "newer");
  assertEquals(testedness("3.0.0-beta.1"), "newer");
  let last = Number(oldest.split(".").at(-1));
  while (TESTED_VERSIONS.includes(`2.1.${last}`)) last++;
  const inside = `2.1.${last}`;
  assertEquals(testedness(inside), "between");
  assertStringIncludes(testedNeighbors(inside), `2.1.${last - 1} and 2.1.`);
});
