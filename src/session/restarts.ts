/**
 * The option `recover`: what a session does when its process died. Pure.
 *
 * @module
 */

import { DeadlineError, ProcessExitError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";

/** Whether a process was lost in a turn: by its death, or as it had to be ended. */
function isLost(error: Error | undefined): error is Error {
  return error instanceof ProcessExitError ||
    error instanceof DeadlineError &&
      (error.code === "stalled" || error.operation === "turn" ||
        error.operation === "interrupt");
}

/** Counts the restarts of one session. */
export class Restarts {
  readonly #options: SessionOptions;
  #count = 0;

  /** @param options Those of the session. */
  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Says which restart comes, from 1, or `undefined` where the session ends with its
   * process.
   *
   * @param error Why the process is gone; `undefined` where it was closed.
   */
  next(error: Error | undefined): number | undefined {
    const { recover, signal } = this.#options;
    if (
      !isLost(error) || this.#count >= (recover?.attempts ?? 0) ||
      signal?.aborted === true
    ) return undefined;
    return ++this.#count;
  }
}
