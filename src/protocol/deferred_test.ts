// A session that is resumed with a deferred call of a tool: the CLI begins a turn about it
// by itself, before that of the prompt. The order of lines is that of CLI 2.1.332, and of 2.1.197,
// which does not say whose turn it is.

import { assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import { Protocol } from "./mod.ts";

const OWN = "11111111-1111-4111-8111-111111111111";
const FOREIGN = "22222222-2222-4222-8222-222222222222";

const INIT = {
  type: "system",
  subtype: "init",
  cwd: "/w",
  tools: [],
  mcp_servers: [],
  model: "m",
  permissionMode: "default",
};

function lifecycle(state: string, id: string): WireObject {
  return { type: "command_lifecycle", command_uuid: id, state };
}

function says(text: string): WireObject {
  return {
    type: "assistant",
    message: { id: text, model: "m", content: [{ type: "text", text }] },
    parent_tool_use_id: null,
  };
}

function result(text: string, more: WireObject = {}): WireObject {
  return {
    type: "result",
    subtype: "success",
    is_error: false,
    result: text,
    total_cost_usd: 0.5,
    duration_ms: 5,
    usage: { input_tokens: 1, output_tokens: 2 },
    ...more,
  };
}

const TOOL_RESULT = {
  type: "user",
  message: {
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "t", content: "hi" }],
  },
  parent_tool_use_id: null,
};

const OWN_TURN: readonly WireObject[] = [
  lifecycle("started", OWN),
  { ...INIT, user_message_uuids: [OWN] },
  says("mine"),
  result("mine", { user_message_uuids: [OWN] }),
];

/** What the CLI does about the call, before the turn of the prompt. */
const ABOUT_THE_CALL: Readonly<Record<string, readonly WireObject[]>> = {
  "it runs": [TOOL_RESULT, INIT, says("theirs"), result("theirs")],
  "it is deferred again": [
    result("", { stop_reason: "tool_deferred" }),
  ],
  "its tool is not there any more": [
    result("not available", {
      is_error: true,
      terminal_reason: "tool_deferred_unavailable",
    }),
  ],
};

/** The turn of the prompt, by a CLI that names no prompts. */
const UNNAMED_TURN: readonly WireObject[] = [
  INIT,
  says("mine"),
  result("mine"),
];

for (const [name, lines] of Object.entries(ABOUT_THE_CALL)) {
  Deno.test(`a deferred call is no part of the prompt's turn: ${name}`, () => {
    for (const queued of ["late", "early", "never"]) {
      const protocol = new Protocol({ resume: { id: "s", cwd: "/w" } });
      protocol.start("start", {}, 1000);
      protocol.send({ id: OWN, content: "go" });
      const seen: string[] = [];
      const ends: unknown[] = [];
      const end = name.startsWith("its tool") ? "cancelled" : "completed";
      const named = [
        ...queued === "late" ? [] : [lifecycle("queued", OWN)],
        lifecycle("started", FOREIGN),
        ...queued === "late" ? [lifecycle("queued", OWN)] : [],
        ...lines,
        lifecycle(end, FOREIGN),
        ...OWN_TURN,
      ];
      for (
        const line of queued === "never" ? [...lines, ...UNNAMED_TURN] : named
      ) {
        const text = JSON.stringify({ session_id: "s", uuid: "u", ...line });
        for (const output of protocol.receive(text)) {
          if (output.do === "end_turn") ends.push(output.end.result?.result);
          if (output.do !== "emit" || output.turnId === undefined) continue;
          seen.push(...output.frame.events.map(({ type }) => type));
        }
      }
      assertEquals(ends, ["mine"]);
      assertEquals(
        seen.filter((type) => type !== "command_lifecycle"),
        ["system_init", "assistant_text", "result"],
      );
      assertEquals(protocol.isBusy, false);
    }
  });
}
