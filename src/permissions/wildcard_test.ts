// Wildcards match what the regular expressions that they stand for match.

import { assertEquals } from "@std/assert";
import { pathWildcard, wildcard } from "./wildcard.ts";

/** All texts of up to so many letters. */
function texts(letters: string, length: number): string[] {
  return length === 0
    ? [""]
    : texts(letters, length - 1).flatMap((text) =>
      text.length < length - 1
        ? [text]
        : [text, ...[...letters].map((l) => text + l)]
    );
}

Deno.test("wildcard and pathWildcard agree with regular expressions", () => {
  for (const pattern of texts("a/*", 5)) {
    const whole = new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "s");
    const path = new RegExp(
      `^${
        pattern.split("**").map((p) => p.replaceAll("*", "[^/]*")).join(".*")
      }$`,
      "s",
    );
    const matchesWhole = wildcard(pattern);
    const matchesPath = pathWildcard(pattern);
    for (const text of texts("a/", 5)) {
      assertEquals(matchesWhole(text), whole.test(text), `${pattern} ${text}`);
      assertEquals(matchesPath(text), path.test(text), `${pattern} ${text}`);
    }
  }
});

Deno.test("wildcard takes no other character for a sign", () => {
  assertEquals(wildcard("a.c")("abc"), false);
  assertEquals(wildcard("a+(b)*")("a+(b)x\n"), true);
  assertEquals(pathWildcard("[a]?")("[a]?"), true);
  assertEquals(pathWildcard("a")("*"), false);
});
