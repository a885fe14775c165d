// Keys are read right however a sequence is cut.

import { assertEquals } from "@std/assert";
import { type Key, KeyReader, typedText } from "./keys.ts";

function keysOf(pieces: readonly string[]): Key[] {
  const reader = new KeyReader();
  return pieces.flatMap((piece) => [...reader.take(piece)]);
}

/** As letters, and names of what is none. */
function named(keys: readonly Key[]): string[] {
  return keys.map((key) =>
    key.type === "text" || key.type === "paste"
      ? `${key.type} ${key.text}`
      : key.type
  );
}

const INPUTS: readonly (readonly [string, readonly string[]])[] = [
  ["yé漢😀", ["text y", "text é", "text 漢", "text 😀"]],
  ["\r\n\x7f\b\x15", ["enter", "enter", "backspace", "backspace", "clear"]],
  ["\x03\x04\x1a\x01", ["interrupt", "end", "suspend", "other"]],
  ["\x1b[0ny", ["status", "text y"]],
  ["\x1b[3n", ["status"]],
  ["\x1b[A\x1b[B\x1b[6~\x1bOB", ["other", "down", "down", "down"]],
  ["\x1b[1;5Cy\x1b[200n", ["other", "text y", "other"]],
  // Alt and a letter is not the letter.
  ["\x1by", ["other"]],
  ["\x1b\x03", ["other", "interrupt"]],
  ["\x1b[\x03y", ["other", "interrupt", "text y"]],
  ["\x1b\x1b[0n", ["other", "status"]],
  ["\x1b[200~y\r\x1b[0n\x1b[201~n", ["paste y\r\x1b[0n", "text n"]],
  ["\x1b[200~y\x03", ["paste y", "interrupt"]],
];

for (const [input, expected] of INPUTS) {
  Deno.test(`KeyReader: ${JSON.stringify(input)}, whole and cut anywhere`, () => {
    assertEquals(named(keysOf([input])), expected);
    // A character comes whole: bytes are decoded before.
    assertEquals(named(keysOf([...input])), expected);
  });
}

Deno.test("KeyReader: the beginning of a sequence swallows no keys for good", () => {
  assertEquals(named(keysOf([`\x1b[${"1;".repeat(40)}`])).length > 0, true);
  assertEquals(named(keysOf(["\x1b", "y", "y"])), ["other", "text y"]);
});

Deno.test("typedText is what the terminal's line editor would have", () => {
  assertEquals(typedText(keysOf(["ab\x7fc\rde\x15f\x1b[A\n"])), "ac\nf\n");
  assertEquals(typedText(keysOf(["😀\x7f\x7fx"])), "x");
  assertEquals(typedText(keysOf(["\x1b[200~a\rb\x1b[201~"])), "a\nb");
});
