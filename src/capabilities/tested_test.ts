import { assertEquals, assertStringIncludes } from "@std/assert";
import { markdown, readCompatibility } from "../../scripts/compat.ts";
import { testedNeighbors, testedness } from "./tested.ts";
import { TESTED_VERSIONS } from "./tested_versions.ts";
import { CLAUDE_VERSION } from "../../tests/support/real_claude.ts";

Deno.test("the tested versions are those of the committed table without a failure", async () => {
  const found = await readCompatibility();
  assertEquals(Object.keys(found.versions), [...TESTED_VERSIONS]);
  const all = Object.values(found.versions).flat();
  assertEquals(all.filter(({ outcome }) => outcome === "failed"), []);
  assertEquals(TESTED_VERSIONS.at(-1), CLAUDE_VERSION);
  // The table for people is made of the same; the formatter aligns its columns.
  const text = await Deno.readTextFile(
    new URL("../../docs/compatibility.md", import.meta.url),
  );
  const plain = (text: string) => text.replaceAll(/[\s-]+/g, " ");
  assertEquals(plain(text), plain(markdown(found)));
});

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
