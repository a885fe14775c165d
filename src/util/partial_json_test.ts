// JSON that is still being written is read as far as it goes.

import { assertEquals } from "@std/assert";
import { PartialJson } from "./partial_json.ts";

function read(...pieces: readonly string[]): unknown {
  const json = new PartialJson();
  for (const piece of pieces) json.push(piece);
  return json.snapshot()();
}

Deno.test("PartialJson reads as far as the text goes", () => {
  const cases: readonly [string, unknown][] = [
    ["", undefined],
    ["  ", undefined],
    ["{", {}],
    ['{"na', {}],
    ['{"name"', {}],
    ['{"name":', {}],
    ['{"name": "', { name: "" }],
    ['{"name": "Ann', { name: "Ann" }],
    ['{"name": "A\\', { name: "A" }],
    ['{"name": "A\\u00', { name: "A" }],
    ['{"name": "A\\u00e9', { name: "Aé" }],
    ['{"name": "A\\"b', { name: 'A"b' }],
    ['{"name": "Ann"', { name: "Ann" }],
    ['{"name": "Ann",', { name: "Ann" }],
    ['{"name": "Ann", "ol', { name: "Ann" }],
    ['{"age": 1', {}],
    ['{"age": 12,', { age: 12 }],
    ['{"age": 12}', { age: 12 }],
    ['{"ok": tru', {}],
    ['{"ok": true ', { ok: true }],
    ['{"a":[1,2', { a: [1] }],
    ['{"a":["x","y', { a: ["x", "y"] }],
    ['{"a":[{"b":null},{', { a: [{ b: null }, {}] }],
    ['{"a":{"}":"]{,:', { a: { "}": "]{,:" } }],
    ["no JSON", undefined],
    ['{"a":}', undefined],
    ["}}]]", undefined],
  ];
  for (const [text, value] of cases) {
    assertEquals(read(text), value, text);
    assertEquals(read(...text), value, `${text} in pieces`);
  }
});

Deno.test("PartialJson: each beginning of a text gives a beginning of its value", () => {
  const value = {
    file_path: "/a/ä \u2028 😀.txt",
    content: 'line\n"quoted" \\ {[,:]}\t',
    list: [1, -2.5e3, true, null, [], {}, [["x"]]],
  };
  for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    const json = new PartialJson();
    for (let index = 0; index < text.length; index++) {
      json.push(text.charAt(index));
      const read = json.snapshot()() as Partial<typeof value>;
      assertEquals(typeof read, "object", text.slice(0, index + 1));
      assertEquals(
        value.content.startsWith(read.content ?? ""),
        true,
        text.slice(0, index + 1),
      );
    }
    assertEquals(json.snapshot()(), value);
  }
});

Deno.test("PartialJson: a snapshot stays what it was", () => {
  const json = new PartialJson();
  json.push('{"a":"x');
  const early = json.snapshot();
  json.push('y"}');
  assertEquals(early(), { a: "x" });
  assertEquals(json.snapshot()(), { a: "xy" });
});

Deno.test("PartialJson takes a long text in many pieces at the cost of one", () => {
  const json = new PartialJson();
  json.push('{"content":"');
  for (let piece = 0; piece < 100_000; piece++) {
    json.push("0123456789");
    json.snapshot();
  }
  const { content } = json.snapshot()() as { content: string };
  assertEquals(content.length, 1_000_000);
});
