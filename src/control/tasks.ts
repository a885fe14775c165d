/**
 * What runs in the background of a session.
 *
 * @module
 */

import type { BackgroundTask } from "../messages/system/tasks.ts";
import { backgroundTasksCall } from "./background_tasks.ts";
import type { ControlOptions } from "./call.ts";
import { type TaskOutput, taskOutputCall } from "./get_task_output.ts";
import type { ControlHost, Given, SessionKind } from "./host.ts";
import { stopTaskCall } from "./stop_task.ts";

/**
 * Tasks in the background of a session: `session.tasks`. What runs is known from the
 * CLI's own list; before CLI 2.1.205, which sends none, from the start and end of each task.
 */
export class TaskControl<Kind extends SessionKind = "async">
  implements Iterable<BackgroundTask> {
  readonly #host: ControlHost<Kind>;

  /** Made by the session. */
  constructor(host: ControlHost<Kind>) {
    this.#host = host;
  }

  /** How many run. */
  get size(): number {
    return this.#host.tasks().size;
  }

  /** The one with this id, while it runs. */
  get(taskId: string): BackgroundTask | undefined {
    return this.#host.tasks().get(taskId);
  }

  /** Those that run at this moment. */
  [Symbol.iterator](): Iterator<BackgroundTask> {
    return [...this.#host.tasks().values()][Symbol.iterator]();
  }

  /** Ends one. An unknown one is no error: it may just have ended. */
  stop(taskId: string, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => stopTaskCall(taskId), options);
  }

  /** Sends to the background what runs in the foreground: the call of this tool, or all. */
  background(
    toolUseId?: string,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => backgroundTasksCall(toolUseId), options);
  }

  /**
   * The end of what a shell in the background wrote, also after its end.
   *
   * @throws {ControlError} There is no such shell.
   */
  output(taskId: string, options?: ControlOptions): Given<Kind, TaskOutput> {
    return this.#host.request(() => taskOutputCall(taskId), options);
  }
}
