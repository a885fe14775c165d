import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";
import { type TaskUsage, taskUsage } from "../_task_usage.ts";

/**
 * A task ended. That of a background task can come after the result of the turn that
 * started it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_10-subagent-background.ndjson.
 */
export interface TaskNotification extends EventBase<"task_notification"> {
  /** Id of the task. A subagent that is resumed keeps it. */
  readonly taskId: string;
  /**
   * One run of the task: the same on all events of that run. Run ids of a task sort as
   * text in the order of its runs. Not sent by CLI 2.1.197.
   */
  readonly runId?: string;
  /** The call of the tool that the task came from. */
  readonly toolUseId?: string;
  /** `completed`, `failed` or `stopped`. */
  readonly status: string;
  /** Why it ended out of the ordinary: `worker_restart`. */
  readonly reason?: string;
  /** File with its output; empty where there is none. */
  readonly outputFile?: string;
  /** What came of it, in words: the report of a subagent, or what the task was for. */
  readonly summary: string;
  /** `summary` is the report of the subagent itself. */
  readonly summaryIsReport?: boolean;
  /** What it used. */
  readonly usage?: TaskUsage;
  /** Files that a task of an MCP server gave by reference: blocks of MCP, untouched. */
  readonly resourceLinks?: readonly unknown[];
  /** Housekeeping that is better not shown in line with the conversation. */
  readonly skipTranscript?: boolean;
  /** Not work that somebody waited for. */
  readonly ambient?: boolean;
  /** A subagent started it, and hears of it instead of the main agent. Since CLI 2.1.332. */
  readonly ownedBySubagent?: boolean;
}

/** Reads {@linkcode TaskNotification}. */
export const taskNotification: MessageKind<TaskNotification> = defineMessage<
  TaskNotification
>(
  "task_notification",
  "system/task_notification",
  {
    taskId: wire("task_id", v.string()),
    runId: wireOptional("run_id", v.string()),
    toolUseId: wireOptional("tool_use_id", v.string()),
    status: wire("status", v.string()),
    reason: wireOptional("reason", v.string()),
    outputFile: wireOptional("output_file", v.string()),
    summary: wire("summary", v.string()),
    summaryIsReport: wireOptional("summary_is_report", v.boolean()),
    usage: wireOptional("usage", taskUsage),
    resourceLinks: wireOptional("resource_links", v.array(v.unknown())),
    skipTranscript: wireOptional("skip_transcript", v.boolean()),
    ambient: wireOptional("ambient", v.boolean()),
    ownedBySubagent: wireOptional("owned_by_subagent", v.boolean()),
  },
);
