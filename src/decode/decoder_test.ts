// Events that are derived from lines: file changes, partial inputs, turns.

import { assert, assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import { EventDecoder } from "./decoder.ts";
import type { ClaudeEvent } from "../events/mod.ts";

function call(name: string, input: WireObject, more: WireObject = {}) {
  return {
    type: "assistant",
    message: {
      id: "m",
      model: "x",
      content: [{ type: "tool_use", id: `id-${name}`, name, input }],
    },
    ...more,
  };
}

function answer(name: string, block: WireObject = {}, more: WireObject = {}) {
  return {
    type: "user",
    message: {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: `id-${name}`,
        content: "ok",
        ...block,
      }],
    },
    ...more,
  };
}

function decodeAll(lines: readonly WireObject[]): readonly ClaudeEvent[] {
  const decoder = new EventDecoder();
  return lines.flatMap((line) => decoder.decode(line).events);
}

function changes(lines: readonly WireObject[]): unknown[] {
  return decodeAll(lines).filter((event) => event.type === "file_change")
    .map(({ op, path, toolUseId }) => [op, path, toolUseId]);
}

Deno.test("a file change comes behind the result of a call that went well", () => {
  const events = decodeAll([
    call("Write", { file_path: "/a", content: "" }),
    answer("Write"),
  ]);
  assertEquals(events.map((event) => event.type), [
    "tool_use",
    "tool_result",
    "file_change",
  ]);
  assertEquals(events[2]?.raw, events[1]?.raw);
  assertEquals(
    changes([
      call("Edit", { file_path: "/b", old_string: "", new_string: "" }),
      answer("Edit"),
      call("NotebookEdit", { notebook_path: "/c.ipynb", new_source: "" }),
      answer("NotebookEdit"),
    ]),
    [
      ["edit", "/b", "id-Edit"],
      ["notebook_edit", "/c.ipynb", "id-NotebookEdit"],
    ],
  );
});

Deno.test("a file change names the file that the tool says it wrote", () => {
  const lines = [
    call("Write", { file_path: "/asked", content: "" }),
    answer("Write", {}, { tool_use_result: { filePath: "/written" } }),
  ];
  assertEquals(changes(lines), [["write", "/written", "id-Write"]]);
});

Deno.test("there is no file change for a failure, another tool, or a call not seen", () => {
  assertEquals(
    changes([
      call("Write", { file_path: "/a", content: "" }),
      answer("Write", { is_error: true }),
      call("Read", { file_path: "/a" }),
      answer("Read"),
      answer("Edit"),
      call("Write", { file_path: 5 }),
      answer("Write"),
    ]),
    [],
  );
});

Deno.test("a file change of a subagent says whose it is", () => {
  const more = { parent_tool_use_id: "toolu_1", agent_id: "a1" };
  const events = decodeAll([
    call("Write", { file_path: "/a", content: "" }, more),
    answer("Write", {}, more),
  ]);
  const change = events.at(-1);
  assert(change?.type === "file_change");
  assertEquals([change.parentToolUseId, change.agentId], ["toolu_1", "a1"]);
});

function stream(event: WireObject): WireObject {
  return { type: "stream_event", event, api_message_id: "m" };
}

function piece(partial_json: string): WireObject {
  return stream({
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json },
  });
}

Deno.test("the input of a tool call is told while it is written", () => {
  const lines = [
    stream({ type: "message_start", message: { id: "m" } }),
    stream({
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "t1", name: "Bash", input: {} },
    }),
    piece(""),
    piece('{"comm'),
    piece('and":"ls'),
    piece(' -l"}'),
    stream({ type: "content_block_stop", index: 1 }),
    piece('{"nobody":"'),
  ];
  const deltas = decodeAll(lines).filter((event) =>
    event.type === "tool_input_delta"
  );
  // Asked for in another order than they came in.
  assertEquals(deltas.toReversed().map((delta) => delta.snapshot), [
    { command: "ls -l" },
    { command: "ls" },
    {},
  ]);
  const [first] = deltas;
  assertEquals(first as unknown, {
    type: "tool_input_delta",
    parentToolUseId: null,
    messageId: "m",
    toolUseId: "t1",
    name: "Bash",
    index: 1,
    partialJson: '{"comm',
  });
  assert(!JSON.stringify(first).includes("snapshot"));
});

Deno.test("blocks of a subagent in the background are counted on over a result", () => {
  const block = (id: string, parent: string | null) => ({
    type: "assistant",
    message: { id, model: "x", content: [{ type: "text", text: "t" }] },
    parent_tool_use_id: parent,
  });
  const result = {
    type: "result",
    subtype: "success",
    session_id: "s",
    is_error: false,
    result: "ok",
    total_cost_usd: 0,
    duration_ms: 1,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  const lines = [
    block("own", null),
    block("sub", "t1"),
    result,
    block("sub", "t1"),
    block("own", null),
  ];
  const indexes = decodeAll(lines).flatMap((event) =>
    event.type === "assistant_text" ? [[event.messageId, event.index]] : []
  );
  assertEquals(indexes, [["own", 0], ["sub", 0], ["sub", 1], ["own", 0]]);
});

Deno.test("the cost of a turn after a restart leaves out what the session had cost, told or not", () => {
  const result = (total: number, since?: number) => ({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "x",
    duration_ms: 1,
    num_turns: 1,
    total_cost_usd: total,
    usage: { input_tokens: 1, output_tokens: 1 },
    session_id: "s",
    uuid: "u",
    ...since === undefined ? {} : {
      model_usage_since_last_result: {
        m: { inputTokens: 1, outputTokens: 1, costUSD: since },
      },
    },
  });
  // Total of the process, what it says of the turn, and what the turn then cost.
  for (
    const [total, since, expected] of [
      [0.0024, 0.0008, 0.0008], // 2.1.332: it goes on, and says so
      [0.0024, undefined, 0.0008], // 2.1.300: it goes on
      [0.001, undefined, 0.001], // 2.1.250: it begins at nothing
      [0.0016, undefined, 0.0016], // the same, after a turn that cost as much
    ] as const
  ) {
    const decoder = new EventDecoder();
    decoder.inherit(0.0016, []);
    const raw = result(total, since);
    const { events } = decoder.decode(raw, JSON.stringify(raw));
    const [event] = events;
    assert(event?.type === "result");
    assertEquals(event.costUsd, expected);
  }
});
