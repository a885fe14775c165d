// What the footer says of a turn.

import { assertEquals } from "@std/assert";
import type { Result } from "../../messages/result.ts";
import { footerText } from "./footer.ts";

const RESULT = {
  durationMs: 2100,
  costUsd: 0.0123,
  usage: { inputTokens: 1234, outputTokens: 56 },
} as Result;

const BEGINNING = "2.1 s · $0.0123 · 1,234 in";

function totals(calls: readonly number[], paths: readonly string[]) {
  const tools = calls.map((calls, at) =>
    [`T${at}`, { calls, errors: 0, durationMs: 1 }] as const
  );
  return {
    stats: () => ({ tools: Object.fromEntries(tools) }),
    changes: () => paths.map((path) => ({ path })),
  };
}

Deno.test("the footer has tools and files only if there are any", () => {
  const rows: readonly (readonly [readonly number[], string[], string])[] = [
    [[], [], ""],
    [[1], [], " · 1 tool"],
    [[2, 1200], ["a"], " · 1,202 tools · 1 file changed"],
    [[2], ["a", "b"], " · 2 tools · 2 files changed"],
  ];
  for (const [calls, paths, end] of rows) {
    assertEquals(
      footerText(RESULT, totals(calls, paths)),
      `${BEGINNING} · 56 out${end}`,
    );
  }
  assertEquals(footerText(RESULT), `${BEGINNING} · 56 out`);
});

Deno.test("the footer adds what was read from and written to the cache", () => {
  const usage = {
    ...RESULT.usage,
    cacheReadInputTokens: 1000,
    cacheCreationInputTokens: 1,
  };
  assertEquals(
    footerText({ ...RESULT, usage }),
    `${BEGINNING} · 1,001 cached · 56 out`,
  );
});
