/**
 * Tasks in the background, for a CLI that tells no list of them (before 2.1.205). Pure.
 *
 * Such a CLI writes `task_started` and `task_notification` for each task, also for a subagent
 * that its call waits for. A task whose call has its result while the task still runs is in the
 * background (seen with 2.1.197).
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import type { BackgroundTask } from "../messages/system/background_tasks_changed.ts";

/** Follows the tasks of one process. */
export class EarlyTasks {
  /** Tasks that run, and whose call has no result yet, by the id of the call. */
  readonly #called = new Map<string, BackgroundTask>();
  /** Calls of the turn that have a result. */
  readonly #answered = new Set<string>();
  /** Those in the background, by their id. */
  readonly #tasks: Map<string, BackgroundTask>;

  /** @param tasks Where tasks in the background are kept. */
  constructor(tasks: Map<string, BackgroundTask>) {
    this.#tasks = tasks;
  }

  /** Takes over what an event says. */
  observe(event: ClaudeEvent): void {
    switch (event.type) {
      case "task_started": {
        const { taskId, toolUseId, taskType = "unknown", description } = event;
        const { subagentType, parentTaskId, ambient } = event;
        const task: BackgroundTask = {
          taskId,
          taskType,
          description,
          ...subagentType === undefined ? {} : { subagentType },
          ...parentTaskId === undefined ? {} : { parentTaskId },
          ...ambient === undefined ? {} : { ambient },
        };
        if (toolUseId === undefined || this.#answered.has(toolUseId)) {
          this.#tasks.set(taskId, task);
        } else this.#called.set(toolUseId, task);
        break;
      }
      case "tool_result": {
        const task = this.#called.get(event.toolUseId);
        this.#called.delete(event.toolUseId);
        this.#answered.add(event.toolUseId);
        // A call that failed, or was interrupted, leaves nothing running.
        if (task !== undefined && !event.isError) {
          this.#tasks.set(task.taskId, task);
        }
        break;
      }
      case "task_notification":
        this.#tasks.delete(event.taskId);
        if (event.toolUseId !== undefined) this.#called.delete(event.toolUseId);
        break;
      case "result":
        this.#answered.clear();
        break;
    }
  }
}
