// Cost and usage over turns, crashes and resumes: nothing is counted twice.

import { assertEquals } from "@std/assert";
import type { Result } from "../messages/result.ts";
import type { ModelUsage } from "../messages/usage.ts";
import { NOTHING_USED, Totals, usedBefore } from "./usage.ts";

function model(costUsd: number, tokens: number): Record<string, ModelUsage> {
  return {
    m: { costUsd, inputTokens: tokens, outputTokens: 0 } as ModelUsage,
  };
}

/** A result by the totals of the process, and what was used since the one before. */
function result(total: number, turn?: number): Result {
  return {
    totalCostUsd: total,
    modelUsage: model(total, total * 100),
    ...turn === undefined
      ? {}
      : { modelUsageSinceLastResult: model(turn, turn * 100) },
  } as Result;
}

/** What is known after each result of one process. */
function run(totals: Totals, ...results: readonly Result[]): unknown[] {
  return results.map((result) => {
    totals.take(result);
    const { costUsd, usage } = totals.used;
    return [costUsd, usage.inputTokens];
  });
}

Deno.test("Totals: one process counts for itself", () => {
  assertEquals(run(new Totals(), result(1, 1), result(3, 2)), [
    [1, 100],
    [3, 300],
  ]);
  assertEquals(run(new Totals(), result(1), result(3)), [[1, 100], [3, 300]]);
});

const EARLIER = new Totals();
run(EARLIER, result(5, 5));

Deno.test("Totals: after a crash a process starts at nothing", () => {
  const totals = new Totals(EARLIER.used);
  assertEquals(totals.used.costUsd, 5);
  assertEquals(run(totals, result(1, 1), result(3, 2)), [[6, 600], [8, 800]]);
});

Deno.test("Totals: a process that goes on from what there was is not counted twice", () => {
  const totals = new Totals(EARLIER.used);
  assertEquals(run(totals, result(6, 1), result(8, 2)), [[6, 600], [8, 800]]);
});

Deno.test("Totals: a process that knows a part of it", () => {
  const totals = new Totals(EARLIER.used);
  assertEquals(run(totals, result(4, 1), result(6, 2)), [[6, 600], [8, 800]]);
});

Deno.test("Totals: a CLI that does not say what a turn cost", () => {
  const crashed = new Totals(EARLIER.used);
  assertEquals(run(crashed, result(1), result(7)), [[6, 600], [12, 1200]]);
  const restored = new Totals(EARLIER.used);
  assertEquals(run(restored, result(6), result(7)), [[6, 600], [7, 700]]);
  // Before 2.1.278 each process begins at nothing, also if its first turn costs more.
  const never = new Totals(EARLIER.used, false);
  assertEquals(run(never, result(6), result(7)), [[11, 1100], [12, 1200]]);
});

Deno.test("Totals: they never fall", () => {
  const totals = new Totals();
  run(totals, result(3, 3));
  assertEquals(run(totals, result(2, 0))[0], [3, 200]);
});

Deno.test("Totals: a process that counts from nothing after /clear has used what it had before, too", () => {
  const totals = new Totals(EARLIER.used);
  run(totals, result(2, 2));
  totals.beginAnew();
  assertEquals(totals.during({ ...NOTHING_USED, costUsd: 0 }).costUsd, 7);
  // The result of the command itself, and two turns.
  assertEquals(run(totals, result(0, 0), result(1, 1), result(4, 3)), [
    [7, 700],
    [8, 800],
    [11, 1100],
  ]);
  // A CLI before 2.1.215 counts on from there.
  const other = new Totals();
  run(other, result(2));
  other.beginAnew();
  assertEquals(run(other, result(2), result(3)), [[2, 200], [3, 300]]);
});

Deno.test("Totals: in the middle of a turn there is at least what was known before", () => {
  const totals = new Totals(EARLIER.used);
  const counted = { ...NOTHING_USED, costUsd: 2 };
  assertEquals(totals.during(counted).costUsd, 5);
  run(totals, result(1, 1));
  assertEquals(totals.during(counted).costUsd, 7);
});

Deno.test("usedBefore: what a resumed process began with", () => {
  assertEquals(usedBefore(result(6, 1))?.costUsd, 5);
  assertEquals(usedBefore(result(1, 1)), NOTHING_USED);
  assertEquals(usedBefore(result(1)), undefined);
});
