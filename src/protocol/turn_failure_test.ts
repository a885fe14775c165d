// Which results are failures, with which code, and why a turn is incomplete.

import { assertEquals } from "@std/assert";
import { EventDecoder } from "../decode/decoder.ts";
import type { Result } from "../messages/result.ts";
import { failureCode, turnFailure } from "./turn_failure.ts";

/** A result that the CLI calls a success. */
function success(fields: Readonly<Record<string, unknown>>): Result {
  const [event] = new EventDecoder().decode({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "",
    duration_ms: 1,
    total_cost_usd: 0,
    usage: { input_tokens: 1, output_tokens: 1 },
    terminal_reason: "completed",
    ...fields,
  }).events;
  if (event?.type !== "result") throw new TypeError("no result");
  return event;
}

Deno.test("failureCode: what is no success, or an error of a kind of its own", () => {
  const table: readonly [string | undefined, Record<string, unknown>][] = [
    [undefined, { stop_reason: "end_turn", result: "done" }],
    [undefined, { stop_reason: "end_turn" }],
    [undefined, { stop_reason: null }],
    ["incomplete", { stop_reason: "pause_turn", result: "so far" }],
    ["incomplete", { stop_reason: "pause_turn" }],
    // As 2.1.332 ends it after a block of a tool of the API's own.
    ["incomplete", {
      stop_reason: "pause_turn",
      subtype: "error_during_execution",
      is_error: true,
      result: undefined,
    }],
    ["incomplete", { stop_reason: "tool_use" }],
    [undefined, { stop_reason: "tool_use", result: "done" }],
    [undefined, { stop_reason: "tool_use", structured_output: { a: 1 } }],
    [undefined, { stop_reason: "tool_use", terminal_reason: "hook_stopped" }],
    [undefined, { stop_reason: "tool_deferred" }],
    ["interrupted", {
      stop_reason: "end_turn",
      terminal_reason: "aborted_tools",
    }],
  ];
  for (const [code, fields] of table) {
    assertEquals(failureCode(success(fields)), code, JSON.stringify(fields));
  }
});

Deno.test("turnFailure says why a turn is incomplete", () => {
  const messages = ["pause_turn", "tool_use"].map((stop_reason) =>
    turnFailure(success({ stop_reason }))?.message
  );
  assertEquals(messages, [
    "The turn was cut short: the API paused it before the answer was complete",
    "The turn was cut short: it ended with a tool call and no answer",
  ]);
});
