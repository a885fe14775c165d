// Each event of subagents says whose it is, in recordings.

import { assert, assertEquals } from "@std/assert";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";
import { decodeEvents } from "../../src/decode/decode_events.ts";
import type { ClaudeEvent } from "../../src/events/mod.ts";

async function eventsOf(name: string): Promise<ClaudeEvent[]> {
  const transcript = readTranscripts().find((it) =>
    it.name === `${name}.ndjson`
  );
  assert(transcript !== undefined, name);
  return await drain(decodeEvents(inChunks(transcript.bytes, 65536)));
}

/** Whose an event is, as a path of what the agents were told to do. */
function tree(events: readonly ClaudeEvent[]): Map<string, string[]> {
  const calls = new Map<string, { task: string; parent: string | null }>();
  const path = (id: string | null): string => {
    if (id === null) return "main";
    const call = calls.get(id);
    assert(call !== undefined, id);
    return `${path(call.parent)}/${call.task}`;
  };
  const told = new Map<string, string[]>();
  for (const event of events) {
    if (!("parentToolUseId" in event) || event.type === "stream_delta") {
      continue;
    }
    if (event.type === "tool_input_delta") continue;
    const parent = event.parentToolUseId ?? null;
    if (event.type === "tool_use" && event.name === "Agent") {
      const task = String(event.input.prompt).replace("task ", "");
      calls.set(event.toolUseId, { task, parent });
    }
    const what = event.type === "tool_result"
      ? `${event.type} ${event.toolName}`
      : event.type;
    told.set(path(parent), [...told.get(path(parent)) ?? [], what]);
  }
  return told;
}

Deno.test("three subagents at once and one in one of them: each event says whose it is", async () => {
  const events = await eventsOf("2.1.330_31-subagents-nested");
  assertEquals(Object.fromEntries(tree(events)), {
    main: [
      "assistant_text",
      "tool_use",
      "tool_use",
      "tool_use",
      "tool_result Agent",
      "tool_result Agent",
      "tool_result Agent",
      "assistant_text",
    ],
    "main/alpha": [
      "user_text",
      "assistant_text",
      "tool_use",
      "tool_result Bash",
      "assistant_text",
    ],
    "main/beta": [
      "user_text",
      "assistant_text",
      "tool_use",
      "tool_result Agent",
      "assistant_text",
    ],
    "main/beta/delta": [
      "user_text",
      "assistant_text",
      "tool_use",
      "tool_result Bash",
      "assistant_text",
    ],
    "main/gamma": [
      "user_text",
      "assistant_text",
      "tool_use",
      "tool_result Write",
      "file_change",
      "assistant_text",
    ],
  });
});

Deno.test("one agent has one id and one kind on all of its events, derived ones too", async () => {
  for (
    const name of [
      "2.1.330_31-subagents-nested",
      "2.1.330_10-subagent-custom",
      "2.1.330_10-subagent-background",
      // The id is not on its lines, only on the start of the task.
      "2.1.197_10-subagent-197",
    ]
  ) {
    const agents = new Map<string, Set<string>>();
    const starts = new Map<string, string>();
    for (const event of await eventsOf(name)) {
      if (event.type === "task_started" && event.subagentType !== undefined) {
        starts.set(
          event.toolUseId ?? "",
          `${event.taskId} ${event.subagentType}`,
        );
      }
      if (!("parentToolUseId" in event) || !("agentId" in event)) continue;
      const { parentToolUseId, agentId } = event;
      if (typeof parentToolUseId !== "string") continue;
      assert("subagentType" in event, `${name}: ${event.type}`);
      const who = `${agentId} ${event.subagentType}`;
      agents.set(
        parentToolUseId,
        (agents.get(parentToolUseId) ?? new Set()).add(who),
      );
    }
    assert(agents.size > 0, name);
    for (const [call, who] of agents) {
      assertEquals([...who], [starts.get(call)], name);
    }
  }
});

Deno.test("no event of a subagent is without its id", async () => {
  for (const { name } of readTranscripts()) {
    if (!name.includes("subagent")) continue;
    const events = await eventsOf(name.replace(".ndjson", ""));
    const unsigned = events.filter((event) =>
      "parentToolUseId" in event && typeof event.parentToolUseId === "string" &&
      !("agentId" in event && "subagentType" in event) &&
      event.type !== "tool_progress"
    );
    assertEquals(unsigned.map(({ type }) => type), [], name);
  }
});

Deno.test("the permission request of a subagent says whose it is", async () => {
  const events = await eventsOf("2.1.330_10-subagent-permission");
  const start = events.find((event) => event.type === "task_started");
  const request = events.find((event) => event.type === "permission_request");
  assert(start?.type === "task_started");
  assert(request?.type === "permission_request");
  assertEquals(
    [request.agentId, request.parentToolUseId, request.subagentType],
    [start.taskId, start.toolUseId, start.subagentType],
  );
});

Deno.test("results of calls that ran at once know their call, and how long it took", async () => {
  for (
    const name of [
      "2.1.330_31-subagents-nested",
      "2.1.330_03-tool-parallel",
      "2.1.330_20-mcp-parallel-calls",
    ]
  ) {
    const events = await eventsOf(name);
    const calls = new Map(
      events.flatMap((event) =>
        event.type === "tool_use" ? [[event.toolUseId, event] as const] : []
      ),
    );
    const results = events.filter((event) => event.type === "tool_result");
    assert(results.length > 1, name);
    for (const result of results) {
      const call = calls.get(result.toolUseId);
      assertEquals([result.toolName, result.toolInput], [
        call?.name,
        call?.input,
      ]);
      assertEquals(result.parentToolUseId, call?.parentToolUseId);
      assert((result.durationMs ?? -1) >= 0, name);
    }
  }
});
