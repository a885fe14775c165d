// Which prompts are blank.

import { assertEquals } from "@std/assert";
import { isBlank } from "./blocks.ts";
import { BLANKS } from "./fixtures/blanks.ts";

Deno.test("isBlank: what shows nothing, alone and together", () => {
  for (const text of [...BLANKS, BLANKS.join("")]) {
    assertEquals(isBlank(text), true, JSON.stringify(text));
    assertEquals(isBlank(`${text}.${text}`), false, JSON.stringify(text));
  }
});

Deno.test("isBlank: what shows something, however little", () => {
  for (
    const text of ["a", "?", "0", "台", "👍", "\u0301", "\ud800", "/", "\ue000"]
  ) assertEquals(isBlank(text), false, JSON.stringify(text));
});
