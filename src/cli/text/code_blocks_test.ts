// Code blocks are found in an answer as Markdown has them.

import { assertEquals } from "@std/assert";
import { codeBlocks } from "./code_blocks.ts";

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["none", "Only `words`.", []],
  ["one with a language", "Here:\n```ts\na\n\nb\n```\nDone.", ["a\n\nb\n"]],
  ["two", "```\na\n```\n~~~sh\nb\n~~~", ["a\n", "b\n"]],
  ["a longer fence holds a shorter one", "````md\n```\na\n```\n````", [
    "```\na\n```\n",
  ]],
  ["another fence does not close", "~~~\n```\n~~~", ["```\n"]],
  ["indented", "  ```\n  a\n    b\n  ```", ["a\n  b\n"]],
  ["not closed", "```\na", ["a\n"]],
  ["empty", "```\n```", [""]],
  ["CRLF", "```\r\na\r\n```\r\n", ["a\n"]],
  ["inline code of three", "```a``` is none", []],
];

for (const [name, text, blocks] of CASES) {
  Deno.test(`code blocks: ${name}`, () => {
    assertEquals(codeBlocks(text), blocks);
  });
}
