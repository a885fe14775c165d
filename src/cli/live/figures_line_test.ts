// The figures of a session below what happens: they fit any width, the most telling ones first.

import { assertEquals } from "@std/assert";
import { NO_TOKENS } from "../../decode/usage.ts";
import { renderSpans } from "../text/terminal.ts";
import { figuresLines, type LiveFigures } from "./figures_line.ts";
import { lineWidth } from "./live_region.ts";

const FIGURES: LiveFigures = {
  id: "0b5f1c9e-7d1a-4c55-9d57-3f0c8a1b2c3d",
  model: "claude-sonnet-4-5",
  totalCostUsd: 0.0123,
  usage: { ...NO_TOKENS, inputTokens: 1200, cacheReadInputTokens: 34 },
};

function text(figures: LiveFigures, columns: number): string {
  return figuresLines(figures, columns).map((line) => renderSpans(line, false))
    .join("\n");
}

Deno.test("figuresLines: what fits, in every width", () => {
  assertEquals(
    text(FIGURES, 80),
    "claude-sonnet-4-5 · $0.0123 · 1,234 tokens · 0b5f1c9e",
  );
  assertEquals(text(FIGURES, 40), "claude-sonnet-4-5 · $0.0123");
  assertEquals(text(FIGURES, 20), "claude-sonnet-4-5");
  for (let columns = 1; columns < 90; columns++) {
    for (const line of figuresLines(FIGURES, columns)) {
      assertEquals(lineWidth(line) < columns, true, `${columns}`);
    }
  }
});

Deno.test("figuresLines: nothing is made up, and nothing reaches the terminal but as text", () => {
  const unknown: LiveFigures = {
    id: undefined,
    model: undefined,
    totalCostUsd: 0,
    usage: NO_TOKENS,
  };
  assertEquals(figuresLines(unknown, 80), []);
  assertEquals(text({ ...unknown, model: "a\x1b[2J\nb" }, 80), "a␛[2J b");
});
