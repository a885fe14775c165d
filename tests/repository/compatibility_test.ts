// The tested versions in the source, docs/compatibility.md and its JSON say the same.

import { assertEquals } from "@std/assert";
import { markdown, readCompatibility } from "../../scripts/compat.ts";
import { TESTED_VERSIONS } from "../../src/capabilities/tested_versions.ts";
import { CLAUDE_VERSION } from "../support/real_claude.ts";

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
