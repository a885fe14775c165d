/**
 * Messages `system` about tasks: subagents, shell commands in the background, the task list.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  type Reads,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** What a task has used. */
export interface TaskUsage {
  /** Tokens, sent and received. */
  readonly totalTokens: number;
  /** Calls of tools. */
  readonly toolUses: number;
  /** Time since it began, in milliseconds. */
  readonly durationMs: number;
}

/** Reads {@linkcode TaskUsage}. */
export const taskUsage: Reads<TaskUsage> = shape<TaskUsage>({
  totalTokens: wire("total_tokens", v.number()),
  toolUses: wire("tool_uses", v.number()),
  durationMs: wire("duration_ms", v.number()),
});

/**
 * A task started: a subagent, or a shell command that runs in the background or longer
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
  /** The prompt of a subagent. */
  readonly prompt?: string;
  /** Name of the workflow. With `taskType: "local_workflow"`. */
  readonly workflowName?: string;
  /** It is housekeeping, better not shown within the conversation. */
  readonly skipTranscript?: boolean;
  /** It runs beside the work, as a watcher does: its end is not waited for. */
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

/**
 * Progress of a task.
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
  /** A line about it, if the CLI was asked for summaries or an MCP server sent one. */
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

/** What changed about a task. */
export interface TaskPatch {
  /** `pending`, `running`, `completed`, `failed`, `killed` or `paused`. */
  readonly status?: string;
  /** What it is for. */
  readonly description?: string;
  /** When it ended, in **milliseconds** since 1970, as on the wire. */
  readonly endTime?: number;
  /** How long it was paused in total, in milliseconds. */
  readonly totalPausedMs?: number;
  /** What went wrong. */
  readonly error?: string;
  /** Whether it runs in the background now. */
  readonly isBackgrounded?: boolean;
}

/**
 * A task changed. `patch` holds only what changed.
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

/**
 * A task ended. For a background task, this can come after the result of the turn that
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
  /** Why it ended early: `worker_restart`. */
  readonly reason?: string;
  /** File with its output; empty if there is none. */
  readonly outputFile?: string;
  /** Its outcome, in words: the report of a subagent, or what the task was for. */
  readonly summary: string;
  /** `summary` is the report of the subagent itself. */
  readonly summaryIsReport?: boolean;
  /** What it used. */
  readonly usage?: TaskUsage;
  /** Files that a task of an MCP server returned by reference: MCP blocks, unchanged. */
  readonly resourceLinks?: readonly unknown[];
  /** It is housekeeping, better not shown within the conversation. */
  readonly skipTranscript?: boolean;
  /** Whether it ran alongside the work, like a watcher, so that its end was not waited for. */
  readonly ambient?: boolean;
  /** A subagent started it; its end is reported to that subagent and not to the main agent. Since CLI 2.1.332. */
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

/** A task that runs in the background. */
export interface BackgroundTask {
  /** Id of the task. A subagent that is resumed keeps it. */
  readonly taskId: string;
  /**
   * One run of the task: the same on all events of that run. Run ids of a task sort as
   * text in the order of its runs. Not sent by CLI 2.1.197.
   */
  readonly runId?: string;
  /** `local_agent`, `local_bash`, … */
  readonly taskType: string;
  /** What it is for. */
  readonly description: string;
  /** Kind of the subagent. */
  readonly subagentType?: string;
  /** The subagent that started it, by its `taskId`. */
  readonly parentTaskId?: string;
  /** It runs beside the work, as a watcher does: its end is not waited for. */
  readonly ambient?: boolean;
}

/**
 * All tasks that run in the background. Each list replaces the one before. Not sent by
 * CLI 2.1.197.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_10-subagent-background.ndjson.
 */
export interface BackgroundTasksChanged
  extends EventBase<"background_tasks_changed"> {
  /** The tasks that run now. */
  readonly tasks: readonly BackgroundTask[];
}

/** Reads {@linkcode BackgroundTasksChanged}. */
export const backgroundTasksChanged: MessageKind<BackgroundTasksChanged> =
  defineMessage<BackgroundTasksChanged>(
    "background_tasks_changed",
    "system/background_tasks_changed",
    {
      tasks: wire(
        "tasks",
        v.array(shape<BackgroundTask>({
          taskId: wire("task_id", v.string()),
          runId: wireOptional("run_id", v.string()),
          taskType: wire("task_type", v.string()),
          description: wire("description", v.string()),
          subagentType: wireOptional("subagent_type", v.string()),
          parentTaskId: wireOptional("parent_task_id", v.string()),
          ambient: wireOptional("ambient", v.boolean()),
        })),
      ),
    },
  );

/** The state of an entry of the task list. */
export interface TaskListStatus {
  /** Its id. */
  readonly id: string;
  /** `pending`, `in_progress` or `completed`. */
  readonly status: string;
}

/**
 * Entries of the task list changed without a call of `TaskUpdate`. Entries that are not
 * named stay as they are.
 *
 * From the stream schemas of CLI 2.1.330; not seen, and not in the official SDK's types.
 */
export interface TaskListStatuses extends EventBase<"task_list_statuses"> {
  /** The entries that changed. */
  readonly statuses: readonly TaskListStatus[];
}

/** Reads {@linkcode TaskListStatuses}. */
export const taskListStatuses: MessageKind<TaskListStatuses> = defineMessage<
  TaskListStatuses
>(
  "task_list_statuses",
  "system/task_list_statuses",
  {
    statuses: wire(
      "statuses",
      v.array(shape<TaskListStatus>({
        id: wire("id", v.string()),
        status: wire("status", v.string()),
      })),
    ),
  },
);
