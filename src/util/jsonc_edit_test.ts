// A value is changed in JSON with comments, and everything else stays as it is.

import { assertEquals, assertThrows } from "@std/assert";
import { withValue } from "./jsonc_edit.ts";
import { readJsonc } from "./jsonc.ts";

/** A text, a path, a value, and the text afterwards. */
const ROWS: readonly (readonly [string, readonly string[], unknown, string])[] =
  [
    ["", ["a"], 1, '{\n  "a": 1\n}\n'],
    ["{}", ["a"], "x", '{\n  "a": "x"\n}'],
    ['{"a": 1}', ["a"], 2, '{"a": 2}'],
    ['{\n  "a": 1 // one\n}\n', ["b"], 2, '{\n  "a": 1, // one\n  "b": 2\n}\n'],
    [
      '{\n  "a": 1, // one\n}\n',
      ["b"],
      2,
      '{\n  "a": 1, // one\n  "b": 2\n}\n',
    ],
    [
      '{\n  // "a": 1,\n}\n',
      ["b"],
      true,
      '{\n  // "a": 1,\n  "b": true\n}\n',
    ],
    [
      '{\n\t"a": 1 /* , */\n}',
      ["b"],
      [1],
      '{\n\t"a": 1, /* , */\n\t"b": [\n\t  1\n\t]\n}',
    ],
    [
      '{\n  "p": {\n    "q": { "a": 1 } // q\n  }\n}',
      ["p", "r", "a"],
      2,
      '{\n  "p": {\n    "q": { "a": 1 }, // q\n    "r": {\n      "a": 2\n    }\n  }\n}',
    ],
    ["{}", ["p", "q"], 1, '{\n  "p": {\n    "q": 1\n  }\n}'],
  ];

for (const [text, path, value, expected] of ROWS) {
  Deno.test(`withValue: ${JSON.stringify(text)} ${path.join(".")}`, () => {
    const after = withValue(text, path, value);
    assertEquals(after, expected);
    const reading = readJsonc(after);
    if (!("document" in reading)) throw new Error(reading.issue.message);
    const found = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key],
      reading.document.value,
    );
    assertEquals(found, value);
  });
}

Deno.test("withValue: something on the path is no object", () => {
  assertThrows(
    () => withValue('{"a": 1}', ["a", "b"], 2),
    TypeError,
    "a is no",
  );
});
