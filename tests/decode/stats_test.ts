// In every recording the stats of the stream come to the sums of its results.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { EventDecoder } from "../../src/decode/decoder.ts";
import {
  type AgentStats,
  type Stats,
  StatsCounter,
} from "../../src/decode/stats.ts";
import type { ClaudeEvent } from "../../src/events/mod.ts";
import type { WireObject } from "../../src/messages/_define.ts";
import { parseLine } from "../../src/messages/mod.ts";
import type { Result } from "../../src/messages/result.ts";
import { readTranscripts } from "../support/transcripts.ts";

const TOKENS = [
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreationInputTokens",
] as const;

function eventsOf(wires: Iterable<WireObject>): readonly ClaudeEvent[] {
  const decoder = new EventDecoder();
  return [...wires].flatMap((wire) => decoder.decode(wire).events);
}

function statsOf(events: Iterable<ClaudeEvent>): Stats {
  const counter = new StatsCounter();
  for (const event of events) counter.add(event);
  return counter.stats();
}

function* treeOf(agent: AgentStats): Generator<AgentStats> {
  yield agent;
  for (const one of agent.agents) yield* treeOf(one);
}

/** The events of each turn: up to its result, and what came after the last one. */
function turnsOf(events: readonly ClaudeEvent[]): readonly ClaudeEvent[][] {
  const turns: ClaudeEvent[][] = [[]];
  for (const event of events) {
    turns.at(-1)?.push(event);
    if (event.type === "result") turns.push([]);
  }
  return turns;
}

/** Counts each turn alone, as `turn.stats()` does. */
function statsOfTurns(events: readonly ClaudeEvent[]): readonly Stats[] {
  let before: Result | undefined;
  return turnsOf(events).map((turn) => {
    const counter = new StatsCounter(before);
    for (const event of turn) {
      counter.add(event);
      if (event.type === "result") before = event;
    }
    return counter.stats();
  });
}

/** Whether a recording is of a process that resumed a session. */
function isResumed(first: Result): boolean {
  return first.totalCostUsd !== first.costUsd;
}

Deno.test("the sums over turns, models, agents and the rest are those of the results, in every recording", () => {
  let count = 0;
  let whole = 0;
  for (const { name, lines } of readTranscripts()) {
    const events = eventsOf(
      lines.flatMap((line): readonly WireObject[] => {
        const { raw } = parseLine(line);
        return raw === undefined ? [] : [raw];
      }),
    );
    const results = events.filter((event) => event.type === "result");
    const [first] = results;
    const last = results.at(-1);
    if (first === undefined || last === undefined) continue;
    count++;
    const stats = statsOf(events);
    const costUsd = results.reduce((sum, result) => sum + result.costUsd, 0);
    const agents = [...treeOf(stats.main), stats.other];
    const models = Object.values(stats.models);
    assertEquals(stats.turns, results.length, name);
    assertAlmostEquals(stats.costUsd, costUsd, 1e-9, name);
    const turns = statsOfTurns(events);
    for (const parts of [turns, agents, models]) {
      const sum = parts.reduce((all, part) => all + part.costUsd, 0);
      assertAlmostEquals(sum, costUsd, 1e-9, name);
      for (const tokens of TOKENS) {
        const all = parts.reduce((sum, part) => sum + part[tokens], 0);
        assertEquals(all, stats[tokens], `${name}: ${tokens}`);
      }
    }
    const calls = new Set(
      events.flatMap((event) =>
        event.type === "tool_use" ? [event.toolUseId] : []
      ),
    );
    const byAgent = [...treeOf(stats.main)].reduce(
      (sum, { toolCalls }) => sum + toolCalls,
      0,
    );
    const byTool = Object.values(stats.tools).reduce(
      (sum, { calls }) => sum + calls,
      0,
    );
    assertEquals([byAgent, byTool], [calls.size, calls.size], name);
    // What the process counts, unless `/clear` or a resume moved where it counts from.
    const isReset = events.some(({ type }) => type === "conversation_reset");
    if (isResumed(first) || isReset || last.modelUsage === undefined) continue;
    whole++;
    assertAlmostEquals(stats.costUsd, last.totalCostUsd, 1e-9, name);
    for (const tokens of TOKENS) {
      const all = Object.values(last.modelUsage).reduce(
        (sum, model) => sum + (model[tokens] ?? 0),
        0,
      );
      assertEquals(stats[tokens], all, `${name}: ${tokens}`);
    }
  }
  assert(count > 250 && whole > 230, `${count} recordings, ${whole} whole`);
});
