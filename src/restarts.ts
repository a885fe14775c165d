/**
 * The option `recover`: what a session does when its process died. Pure.
 *
 * @module
 */

import { DeadlineError, ProcessExitError } from "./errors.ts";
import {
  type SessionRestarted,
  sessionRestarted,
} from "./events/session_restarted.ts";
import type { SessionOptions } from "./options.ts";

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
   * Says that another process comes, or `undefined` where the session ends with its
   * process.
   *
   * @param error Why the process is gone; `undefined` where it was closed.
   * @param id The session, where it is known.
   */
  next(
    error: Error | undefined,
    id: string | undefined,
  ): SessionRestarted | undefined {
    const { recover, signal } = this.#options;
    if (
      !isLost(error) || id === undefined ||
      this.#count >= (recover?.attempts ?? 0) || signal?.aborted === true
    ) return undefined;
    this.#count++;
    return sessionRestarted(this.#count, error.message, id);
  }
}
