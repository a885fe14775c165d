import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** What changed about a task. */
export interface TaskPatch {
  /** `pending`, `running`, `completed`, `failed`, `killed` or `paused`. */
  readonly status?: string;
  /** What it is for. */
  readonly description?: string;
  /** When it ended, in **milliseconds** since 1970, as on the wire. */
  readonly endTime?: number;
  /** How long it was paused altogether, in milliseconds. */
  readonly totalPausedMs?: number;
  /** What went wrong. */
  readonly error?: string;
  /** Whether it runs in the background now. */
  readonly isBackgrounded?: boolean;
}

/**
 * Something about a task changed. Only what changed is in `patch`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_10-subagent.ndjson.
 */
export interface TaskUpdated extends EventBase<"task_updated"> {
  /** Id of the task. A subagent that is resumed keeps it. */
  readonly taskId: string;
  /**
   * One run of the task: the same on all events of that run. Run ids of a task sort as
   * text in the order of its runs. Not sent by CLI 2.1.197.
   */
  readonly runId?: string;
  /** The new values. */
  readonly patch: TaskPatch;
}

/** Reads {@linkcode TaskUpdated}. */
export const taskUpdated: MessageKind<TaskUpdated> = defineMessage<TaskUpdated>(
  "task_updated",
  "system/task_updated",
  {
    taskId: wire("task_id", v.string()),
    runId: wireOptional("run_id", v.string()),
    patch: wire(
      "patch",
      shape<TaskPatch>({
        status: wireOptional("status", v.string()),
        description: wireOptional("description", v.string()),
        endTime: wireOptional("end_time", v.number()),
        totalPausedMs: wireOptional("total_paused_ms", v.number()),
        error: wireOptional("error", v.string()),
        isBackgrounded: wireOptional("is_backgrounded", v.boolean()),
      }),
    ),
  },
);
