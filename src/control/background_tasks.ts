import { type ControlCall, order, text } from "./call.ts";

/**
 * Sends what runs in the foreground to the background: the call of this tool, or all.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function backgroundTasksCall(toolUseId?: string): ControlCall<void> {
  return order(
    "background_tasks",
    toolUseId === undefined
      ? {}
      : { tool_use_id: text("toolUseId", toolUseId) },
  );
}
