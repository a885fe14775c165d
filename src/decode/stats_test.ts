// Stats of streams that the test writes: agents, models, tools and times. The recordings
// are in tests/decode/stats_test.ts.

import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import { roundUsd } from "./usage.ts";
import { EventDecoder } from "./decoder.ts";
import { type Stats, StatsCounter } from "./stats.ts";

function eventsOf(wires: Iterable<WireObject>): readonly ClaudeEvent[] {
  const decoder = new EventDecoder();
  return [...wires].flatMap((wire) => decoder.decode(wire).events);
}

function statsOf(events: Iterable<ClaudeEvent>): Stats {
  const counter = new StatsCounter();
  for (const event of events) counter.add(event);
  return counter.stats();
}

function reply(
  id: string,
  fields: {
    readonly model?: string;
    readonly parent?: string;
    readonly output?: number;
    readonly stop?: string;
    readonly tool?: string;
    readonly at?: string;
  } = {},
): WireObject {
  const { model = "m", parent = null, output = 1, stop = null, tool } = fields;
  return {
    type: "assistant",
    parent_tool_use_id: parent,
    ...parent === null ? {} : { agent_id: `a-${parent}`, subagent_type: "g" },
    ...fields.at === undefined ? {} : { timestamp: fields.at },
    message: {
      id,
      model,
      role: "assistant",
      stop_reason: stop,
      content: [
        tool === undefined
          ? { type: "text", text: id }
          : { type: "tool_use", id: tool, name: "Agent", input: {} },
      ],
      usage: { input_tokens: 100, output_tokens: output },
    },
  };
}

function toolResult(id: string, at?: string, isError = false): WireObject {
  return {
    type: "user",
    parent_tool_use_id: null,
    ...at === undefined ? {} : { timestamp: at },
    message: {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, is_error: isError }],
    },
  };
}

function result(
  main: number,
  models: Record<string, readonly [number, number, number]>,
  fields: WireObject = {},
): WireObject {
  const used = Object.fromEntries(
    Object.entries(models).map(([name, [inputTokens, outputTokens, costUSD]]) =>
      [name, { inputTokens, outputTokens, costUSD }] as const
    ),
  );
  return {
    type: "result",
    subtype: "success",
    is_error: false,
    result: "",
    session_id: "s",
    duration_ms: 1_000,
    duration_api_ms: 600,
    ttft_ms: 50,
    total_cost_usd: Object.values(models).reduce(
      (all, [, , one]) => all + one,
      0,
    ),
    usage: { input_tokens: 100, output_tokens: main },
    modelUsage: used,
    model_usage_since_last_result: used,
    ...fields,
  };
}

Deno.test("what a stream leaves out of a subagent's replies is its own, and an estimate only among several", () => {
  const one = statsOf(eventsOf([
    reply("1", { tool: "t" }),
    reply("2", { parent: "t" }),
    toolResult("t"),
    result(20, { m: [300, 80, 8] }),
  ]));
  assertEquals(one.main.agents.map(({ agents: _, ...rest }) => rest), [{
    toolUseId: "t",
    agentId: "a-t",
    subagentType: "g",
    inputTokens: 200,
    outputTokens: 60,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    // 200 + 5 × 60 of 300 + 5 × 80.
    costUsd: roundUsd(8 * 500 / 700),
    toolCalls: 0,
    isEstimate: false,
  }]);
  assertEquals([one.main.outputTokens, one.main.toolCalls], [20, 1]);
  assertEquals(one.other.costUsd, 0);
  const two = statsOf(eventsOf([
    reply("1", { tool: "t" }),
    reply("1", { tool: "u" }),
    reply("2", { parent: "t" }),
    reply("3", { parent: "u", tool: "v" }),
    reply("4", { parent: "v" }),
    result(20, { m: [400, 80, 8] }),
  ]));
  const [t, u] = two.main.agents;
  assertEquals([t?.outputTokens, t?.isEstimate], [20, true]);
  // The tree: what was started by a subagent hangs below it.
  assertEquals(u?.agents.map(({ toolUseId }) => toolUseId), ["v"]);
});

Deno.test("deltas and the end of a reply tell its tokens; a model that no reply shows is other", () => {
  const delta = (event: WireObject) => ({
    type: "stream_event",
    parent_tool_use_id: null,
    event,
  });
  const stats = statsOf(eventsOf([
    delta({ type: "message_start", message: { id: "1", model: "m" } }),
    reply("1"),
    delta({ type: "message_delta", delta: {}, usage: { output_tokens: 30 } }),
    reply("2", { output: 12, stop: "end_turn", model: "n-20260101" }),
    result(42, { m: [100, 30, 3], n: [100, 12, 1], h: [7, 9, 2] }),
  ]));
  assertEquals(stats.main.outputTokens, 42);
  assertEquals([stats.other.outputTokens, stats.other.costUsd], [9, 2]);
  assertEquals(Object.keys(stats.models), ["m", "n", "h"]);
  assertEquals(stats.models.n?.outputTokens, 12);
});

Deno.test("times: the turn, the API, tools, what waited, the first token", () => {
  const at = (seconds: number) =>
    new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
  const decoder = new EventDecoder();
  const counter = new StatsCounter();
  const wires = [
    reply("1", { tool: "t", at: at(0) }),
    toolResult("t", at(5)),
    result(1, { m: [100, 1, 1] }),
    reply("2", { tool: "u", at: at(10) }),
    toolResult("u", at(11), true),
    result(1, { m: [200, 2, 2] }, {
      duration_api_ms: 900,
      ttft_ms: 70,
      model_usage_since_last_result: undefined,
    }),
    // A new process counts from nothing.
    result(1, { m: [50, 1, 1] }, { duration_api_ms: 400 }),
  ];
  for (const wire of wires) {
    // A person took three of the five seconds to decide.
    if (wire === wires[1]) decoder.waited("t", 3_000);
    for (const event of decoder.decode(wire).events) counter.add(event);
  }
  const stats = counter.stats();
  assertEquals(
    [stats.durationMs, stats.apiMs, stats.firstTokenMs, stats.turns],
    [3_000, 600 + 300 + 400, 50, 3],
  );
  assertEquals([stats.toolMs, stats.waitMs], [3_000, 3_000]);
  assertEquals(stats.tools, {
    Agent: { calls: 2, errors: 1, durationMs: 3_000 },
  });
});

Deno.test("numbers before the result are those of the replies, and stay so when asked twice", () => {
  const events = eventsOf([
    reply("1", { output: 5, stop: "tool_use", tool: "t" }),
    reply("2", { output: 7, stop: "end_turn" }),
    { ...reply("3"), message: { id: "3", model: "<synthetic>", content: [] } },
    result(12, { m: [200, 12, 4] }),
  ]);
  const counter = new StatsCounter();
  for (const event of events.slice(0, -1)) counter.add(event);
  for (const _ of [1, 2]) {
    const { costUsd, outputTokens, main } = counter.stats();
    assertEquals([costUsd, outputTokens, main.outputTokens], [0, 12, 12]);
  }
  for (const event of events.slice(-1)) counter.add(event);
  const { costUsd, outputTokens, main } = counter.stats();
  assertEquals([costUsd, outputTokens, main.costUsd], [4, 12, 4]);
});
