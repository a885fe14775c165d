// A replay compares lines but for ids and masked values.

import { assertEquals } from "@std/assert";
import { differenceText } from "./difference_text.ts";
import { Ids } from "./same_line.ts";

const [A, B, C] = ["a", "b", "c"].map((digit) =>
  `${digit.repeat(8)}-1111-4111-8111-111111111111`
);

Deno.test("ids of a session may be others, but each is always the same", () => {
  const ids = new Ids();
  assertEquals(ids.differences({ id: A, x: 1 }, { id: B, x: 1 }), []);
  assertEquals(ids.renewed(`"${A}"`), `"${B}"`);
  assertEquals(ids.differences({ id: A }, { id: B }), []);
  assertEquals(ids.differences({ id: A }, { id: C }).length, 1);
  assertEquals(new Ids().differences([A, A], [B, C]).length, 1);
  // What differs elsewhere makes no id known.
  const others = new Ids();
  others.differences({ id: A, x: 1 }, { id: B, x: 2 });
  assertEquals(others.renewed(`${A}`), A);
});

Deno.test("what differs is named by its path", () => {
  const rows: readonly [unknown, unknown, readonly string[]][] = [
    [{ a: { b: 1 } }, { a: { b: 2 } }, ["a.b: recorded 1, now 2"]],
    [{ a: [1, 2] }, { a: [1, 3] }, ["a.1: recorded 2, now 3"]],
    [{ a: 1 }, {}, ["a: recorded 1, now nothing"]],
    [{}, { a: 1 }, ["a: recorded nothing, now 1"]],
    [{ a: [1] }, { a: [] }, ["a: recorded [1], now []"]],
    [{ a: null }, { a: {} }, ["a: recorded null, now {}"]],
    ["x", "x", []],
    ["x", "y", ['the line: recorded "x", now "y"']],
    [
      { a: `${"same\n".repeat(50)}old\n` },
      { a: `${"same\n".repeat(50)}new\n` },
      ["a (- recorded, + now):", "  - old", "  + new"],
    ],
  ];
  for (const [recorded, given, expected] of rows) {
    const found = new Ids().differences(recorded, given);
    assertEquals(differenceText(found), expected.join("\n  "));
  }
});

Deno.test("what was masked may be anything, but only that", () => {
  const rows: readonly [string, string, boolean][] = [
    ["key ***", "key abc", true],
    ["key ***", "kay abc", false],
    ["*** and ***.", "x and y.", true],
    ["*** and ***.", "x or y.", false],
    ["*** and ***.", "x and y", false],
    ["a***a", "a", false],
    ["abc", "abd", false],
  ];
  for (const [recorded, given, isSame] of rows) {
    const found = new Ids().differences(recorded, given);
    assertEquals(found.length === 0, isSame, `${recorded} ${given}`);
  }
});
