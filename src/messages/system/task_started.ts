import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A task began: a subagent, or a shell command in the background or one that takes longer
 * than about three seconds.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_10-subagent.ndjson.
 */
export interface TaskStarted extends EventBase<"task_started"> {
  /** Id of the task. A subagent that is resumed keeps it. */
  readonly taskId: string;
  /**
   * One run of the task: the same on all events of that run. Run ids of a task sort as
   * text in the order of its runs. Not sent by CLI 2.1.197.
   */
  readonly runId?: string;
  /** The call of the tool that the task came from. */
  readonly toolUseId?: string;
  /** What it is for, in a few words of the model. */
  readonly description: string;
  /** `local_agent`, `local_bash`, `local_workflow`, … */
  readonly taskType?: string;
  /** Kind of the subagent, such as `general-purpose`. */
  readonly subagentType?: string;
  /** Whether it runs in the background from its start. Not sent by CLI 2.1.197. */
  readonly isBackgrounded?: boolean;
  /** The subagent that started it, by its `taskId`. Absent for the main agent. */
  readonly parentTaskId?: string;
  /** A subagent started it. */
  readonly ownedBySubagent?: boolean;
  /** How deep a subagent is nested, from 1. */
  readonly spawnDepth?: number;
  /** What a subagent was asked. */
  readonly prompt?: string;
  /** Name of the workflow. With `taskType: "local_workflow"`. */
  readonly workflowName?: string;
  /** Housekeeping that is better not shown in line with the conversation. */
  readonly skipTranscript?: boolean;
  /** Not work that somebody waits for, such as a watcher. */
  readonly ambient?: boolean;
}

/** Reads {@linkcode TaskStarted}. */
export const taskStarted: MessageKind<TaskStarted> = defineMessage<TaskStarted>(
  "task_started",
  "system/task_started",
  {
    taskId: wire("task_id", v.string()),
    runId: wireOptional("run_id", v.string()),
    toolUseId: wireOptional("tool_use_id", v.string()),
    description: wire("description", v.string()),
    taskType: wireOptional("task_type", v.string()),
    subagentType: wireOptional("subagent_type", v.string()),
    isBackgrounded: wireOptional("is_backgrounded", v.boolean()),
    parentTaskId: wireOptional("parent_task_id", v.string()),
    ownedBySubagent: wireOptional("owned_by_subagent", v.boolean()),
    spawnDepth: wireOptional("spawn_depth", v.number()),
    prompt: wireOptional("prompt", v.string()),
    workflowName: wireOptional("workflow_name", v.string()),
    skipTranscript: wireOptional("skip_transcript", v.boolean()),
    ambient: wireOptional("ambient", v.boolean()),
  },
);
