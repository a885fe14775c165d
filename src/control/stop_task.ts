import { type ControlCall, order, text } from "./call.ts";

/**
 * Ends a task in the background. An unknown one is no error.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-stop-task.ndjson.
 */
export function stopTaskCall(taskId: string): ControlCall<void> {
  return order("stop_task", { task_id: text("taskId", taskId) });
}
