// Replies that an older CLI cuts: which one continues the one before.

import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import { CutReplies } from "./warnings.ts";

function says(messageId: string, more: object = {}): object {
  return { type: "assistant_text", messageId, parentToolUseId: null, ...more };
}

const OF_MAIN = { parentToolUseId: null };
const CALL = { type: "tool_use", ...OF_MAIN };

Deno.test("CutReplies: a reply may go on with the one before if no line is between them", () => {
  const table: readonly (readonly [string, readonly object[], boolean])[] = [
    ["a reply", [says("a")], false],
    ["two blocks of one", [says("a"), says("a")], false],
    ["two replies", [says("a"), says("b")], true],
    ["deltas between", [says("a"), { type: "stream_delta" }, says("b")], true],
    [
      "a subagent between",
      [says("a"), says("c", { parentToolUseId: "t" }), says("b")],
      true,
    ],
    ["a call", [says("a"), CALL, says("b")], false],
    [
      "a result",
      [says("a"), { type: "tool_result", ...OF_MAIN }, says("b")],
      false,
    ],
    ["another turn", [says("a"), { type: "result" }, says("b")], false],
    ["a begin", [says("a"), { type: "system_init" }, says("b")], false],
    ["a line of the CLI", [
      says("a"),
      { type: "user_text", ...OF_MAIN },
      says("b"),
    ], false],
    ["another model", [
      says("a"),
      { type: "model_refusal_fallback" },
      says("b"),
    ], false],
    ["an error", [says("a"), says("b", { error: "server_error" })], false],
    [
      "after an error",
      [says("a", { error: "server_error" }), says("b")],
      false,
    ],
  ];
  for (const [name, events, expected] of table) {
    const replies = new CutReplies();
    const seen = events.map((event) => replies.observe(event as ClaudeEvent));
    assertEquals(seen.at(-1), expected, name);
  }
});
