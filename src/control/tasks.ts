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
 * Ends a task in the background. An unknown one is not an error.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-stop-task.ndjson.
 */
export function stopTaskCall(taskId: string): ControlCall<void> {
  return order("stop_task", { task_id: text("taskId", taskId) });
}

/**
 * Moves running tool calls to the background: this one, or all of them.
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
 * The output of a shell in the background.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-stop-task.ndjson. Unknown to CLI
 * before 2.1.290.
 */
export interface TaskOutput {
  /** Its end, at most 8 KiB, escape sequences included. */
  readonly output: string;
  /** Size of the whole output, in bytes. */
  readonly totalBytes: number;
  /** Whether earlier output is missing from `output`. */
  readonly truncated: boolean;
}

const taskOutput = shape<TaskOutput>({
  output: wire("output", v.string()),
  totalBytes: wire("total_bytes", v.number()),
  truncated: wire("truncated", v.boolean()),
});

/** Asks for the output of a shell in the background. */
export function taskOutputCall(taskId: string): ControlCall<TaskOutput> {
  return call(
    "get_task_output",
    { task_id: text("taskId", taskId) },
    taskOutput,
  );
}

/**
 * Tasks in the background of a session: `session.tasks`. They are known from the CLI's
 * own list; CLIs before 2.1.205 send none, so there from the start and end of each task.
 */
export class TaskControl<Kind extends SessionKind = "async">
  implements Iterable<BackgroundTask> {
  readonly #host: ControlHost<Kind>;

  /** Made by the session. */
  constructor(host: ControlHost<Kind>) {
    this.#host = host;
  }

  /** How many tasks run. */
  get size(): number {
    return this.#host.tasks().size;
  }

  /** The task with this id, while it runs. */
  get(taskId: string): BackgroundTask | undefined {
    return this.#host.tasks().get(taskId);
  }

  /** The tasks that run now. */
  [Symbol.iterator](): Iterator<BackgroundTask> {
    return [...this.#host.tasks().values()][Symbol.iterator]();
  }

  /** Ends a task. An unknown one is not an error: it may just have ended. */
  stop(taskId: string, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => stopTaskCall(taskId), options);
  }

  /** Moves running tool calls to the background: this one, or all of them. */
  background(
    toolUseId?: string,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => backgroundTasksCall(toolUseId), options);
  }

  /**
   * The end of the output of a shell in the background, also after the shell has ended.
   *
   * @throws {ControlError} There is no such shell.
   */
  output(taskId: string, options?: ControlOptions): Given<Kind, TaskOutput> {
    return this.#host.request(() => taskOutputCall(taskId), options);
  }
}
