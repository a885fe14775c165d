// Each threshold of a budget is told once.

import { assert, assertEquals } from "@std/assert";
import type { BudgetOptions } from "../../src/options/option_types.ts";
import { readTranscripts } from "../support/transcripts.ts";
import { Protocol } from "../../src/protocol/mod.ts";

/** The events of a recorded conversation of several turns, as short as can be. */
function told(budget: BudgetOptions): string[] {
  const transcript = readTranscripts().find(({ name }) =>
    name === "2.1.330_01-multi-turn.ndjson"
  );
  assert(transcript !== undefined);
  const protocol = new Protocol({ budget });
  protocol.start("s", {}, 1000);
  return transcript.lines.flatMap((line) => protocol.receive(line))
    .flatMap((output) => output.do === "emit" ? output.frame.events : [])
    .flatMap((event) => {
      if (event.type === "result") return [`result ${event.totalCostUsd}`];
      if (event.type !== "budget_threshold") return [];
      assert(event.raw !== undefined && event.sessionId !== undefined);
      return [`${event.metric} ${event.threshold}: ${event.value}`];
    });
}

const RESULTS = told({});

Deno.test("BudgetWatch says nothing without thresholds, or below them", () => {
  assert(RESULTS.length > 1);
  assertEquals(
    told({ thresholds: [{ costUsd: 1000 }, { turns: 99 }] }),
    RESULTS,
  );
});

Deno.test("BudgetWatch tells of each threshold once, right after the result that reaches it", () => {
  const [first = "", ...rest] = RESULTS;
  assertEquals(told({ thresholds: [{ turns: 1 }] }), [
    first,
    "turns 1: 1",
    ...rest,
  ]);
  const [second = "", ...more] = rest;
  assertEquals(told({ thresholds: [{ turns: 2 }] }), [
    first,
    second,
    "turns 2: 2",
    ...more,
  ]);
});

Deno.test("BudgetWatch: several that are reached at once all come, the lowest first", () => {
  const [first = "", ...rest] = RESULTS;
  const cost = Number(first.split(" ")[1]);
  const thresholds = [
    { costUsd: cost },
    { costUsd: cost / 2 },
    { costUsd: cost / 4 },
  ];
  assertEquals(told({ thresholds }), [
    first,
    `cost ${cost / 4}: ${cost}`,
    `cost ${cost / 2}: ${cost}`,
    `cost ${cost}: ${cost}`,
    ...rest,
  ]);
});

Deno.test("BudgetWatch counts the tokens of all models and kinds", () => {
  const [event] = told({ thresholds: [{ tokens: 1 }] })
    .filter((line) => line.startsWith("tokens 1: "));
  assert(Number(event?.split(": ")[1]) > 1);
});
