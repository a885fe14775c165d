/**
 * Tasks in the background of a session: their control requests, and `session.tasks`.
 *
 * @module
 */

import {
  call,
  type ControlCall,
  type ControlOptions,
  order,
  text,
} from "./call.ts";
import * as v from "valibot";
import { shape, wire } from "../messages/_define.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";
import type { ControlHost, Given, SessionKind } from "./host.ts";

/**
 * Ends a task in the background. An unknown one is no error.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-stop-task.ndjson.
 */
export function stopTaskCall(taskId: string): ControlCall<void> {
  return order("stop_task", { task_id: text("taskId", taskId) });
}

/**
 * Sends what runs in the foreground to the background: the call of this tool, or all.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function backgroundTasksCall(toolUseId?: string): ControlCall<void> {
  return order(
    "background_tasks",
    toolUseId === undefined
      ? {}
      : { tool_use_id: text("toolUseId", toolUseId) },
  );
}

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

const taskOutput = shape<TaskOutput>({
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
