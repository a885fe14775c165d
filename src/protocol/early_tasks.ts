/**
 * Tasks in the background, for a CLI that tells no list of them (before 2.1.205), or does not
 * say whether a turn about one is queued (before 2.1.246). Pure.
 *
 * Such a CLI writes `task_started` for each task, also for a subagent that its call waits for, and
 * `task_updated` with a final status when it ends. `task_notification` comes in addition, but not
 * for a task that ends in the middle of a turn whose next call tells the model about it. A task
 * whose call has its result while the task still runs is in the background (seen with 2.1.197).
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";

/** Statuses of a task that has ended. */
const ENDS: ReadonlySet<string | undefined> = new Set([
  "completed",
  "failed",
  "killed",
]);

/** Follows the tasks of one process. */
export class EarlyTasks {
  /** Tasks that run, and whose call has no result yet, by the id of the call. */
  readonly #called = new Map<string, BackgroundTask>();
  /** Calls of the turn that have a result. */
  readonly #answered = new Set<string>();
  /** Background tasks by id. */
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
      case "task_updated":
        if (ENDS.has(event.patch.status)) this.#end(event.taskId);
        break;
      case "task_notification":
        this.#end(event.taskId);
        break;
      case "result":
        this.#answered.clear();
        break;
    }
  }

  #end(taskId: string): void {
    this.#tasks.delete(taskId);
    for (const [toolUseId, task] of this.#called) {
      if (task.taskId === taskId) this.#called.delete(toolUseId);
    }
  }
}

/**
 * Tasks that ended since the last turn started and for which no notification arrived: the CLI told
 * the model about them in that turn, or starts a turn about them.
 */
export class UnheardTasks {
  readonly #ids = new Set<string>();

  /** Whether there are any. */
  get isAny(): boolean {
    return this.#ids.size > 0;
  }

  /** Takes over what an event says. */
  observe(event: ClaudeEvent): void {
    switch (event.type) {
      case "task_updated":
        if (ENDS.has(event.patch.status)) this.#ids.add(event.taskId);
        break;
      case "task_notification":
        this.#ids.delete(event.taskId);
        break;
      case "system_init":
        this.#ids.clear();
        break;
    }
  }
}
