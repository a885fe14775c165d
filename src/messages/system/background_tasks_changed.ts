import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

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
  /** Not work that somebody waits for. */
  readonly ambient?: boolean;
}

/**
 * The tasks that run in the background, all of them: this list takes the place of the one
 * before. Not sent by CLI 2.1.197.
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
