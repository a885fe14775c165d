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
 * How far a task has come.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_10-subagent.ndjson.
 */
export interface TaskProgress extends EventBase<"task_progress"> {
  /** Id of the task. A subagent that is resumed keeps it. */
  readonly taskId: string;
  /**
   * One run of the task: the same on all events of that run. Run ids of a task sort as
   * text in the order of its runs. Not sent by CLI 2.1.197.
   */
  readonly runId?: string;
  /** The call of the tool that the task came from. */
  readonly toolUseId?: string;
  /** What it does right now, such as `Running demo`. */
  readonly description: string;
  /** Kind of the subagent. */
  readonly subagentType?: string;
  /** What it has used so far. */
  readonly usage?: TaskUsage;
  /** The tool it called last. */
  readonly lastToolName?: string;
  /** A line about it, where the CLI was asked for summaries or an MCP server gave one. */
  readonly summary?: string;
}

/** Reads {@linkcode TaskProgress}. */
export const taskProgress: MessageKind<TaskProgress> = defineMessage<
  TaskProgress
>(
  "task_progress",
  "system/task_progress",
  {
    taskId: wire("task_id", v.string()),
    runId: wireOptional("run_id", v.string()),
    toolUseId: wireOptional("tool_use_id", v.string()),
    description: wire("description", v.string()),
    subagentType: wireOptional("subagent_type", v.string()),
    usage: wireOptional("usage", taskUsage),
    lastToolName: wireOptional("last_tool_name", v.string()),
    summary: wireOptional("summary", v.string()),
  },
);
