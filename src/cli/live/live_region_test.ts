// The region that is drawn again leaves nothing behind, and nothing in it acts on a terminal.

import "../text/exact_width.ts";
import { assertEquals } from "@std/assert";
import { styled } from "../text/terminal.ts";
import { LiveRegion } from "./live_region.ts";

Deno.test("LiveRegion takes back the rows that its lines take now", () => {
  const rows:
    readonly (readonly [lines: string[], columns: number, up: number])[] = [
      [["one"], 80, 0],
      [["one", "two", "three"], 80, 2],
      // The window became narrower: 30 columns take two rows of 20.
      [["x".repeat(30)], 20, 1],
      [["", "漢".repeat(10)], 20, 1],
      [["", "漢".repeat(11)], 20, 2],
    ];
  for (const [lines, columns, up] of rows) {
    const region = new LiveRegion();
    assertEquals(
      region.draw(lines.map((line) => [line]), true),
      lines.join("\n"),
    );
    assertEquals(region.isDrawn, true);
    assertEquals(
      region.erase(columns),
      `\r\x1b[2K${"\x1b[1A\x1b[2K".repeat(up)}`,
    );
    // Nothing of it is left, and what is above is not ours.
    assertEquals(region.erase(columns), "");
    assertEquals(region.isDrawn, false);
  }
});

Deno.test("LiveRegion: what it draws is harmless", () => {
  const region = new LiveRegion();
  assertEquals(
    region.draw([["a\x1b[2J", styled("bold", "\x07")]], false),
    "a␛[2J␇",
  );
});
