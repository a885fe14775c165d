import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import { call, type ControlCall, text } from "./call.ts";

/**
 * What a shell in the background wrote.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-stop-task.ndjson. Unknown to CLI
 * before 2.1.290.
 */
export interface TaskOutput {
  /** The end of it, at most 8 KiB, escape sequences included. */
  readonly output: string;
  /** Size of all of it, in bytes. */
  readonly totalBytes: number;
  /** There is more before `output`. */
  readonly truncated: boolean;
}

const taskOutput: Reads<TaskOutput> = shape<TaskOutput>({
  output: wire("output", v.string()),
  totalBytes: wire("total_bytes", v.number()),
  truncated: wire("truncated", v.boolean()),
});

/** Asks for what a shell in the background wrote. */
export function taskOutputCall(taskId: string): ControlCall<TaskOutput> {
  return call(
    "get_task_output",
    { task_id: text("taskId", taskId) },
    taskOutput,
  );
}
