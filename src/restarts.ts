/**
 * The option `recover`: what a session does when its process died. Pure.
 *
 * @module
 */

import { ProcessExitError } from "./errors.ts";
import {
  type SessionRestarted,
  sessionRestarted,
} from "./events/session_restarted.ts";
import type { SessionOptions } from "./options.ts";

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
      !(error instanceof ProcessExitError) || id === undefined ||
      this.#count >= (recover?.attempts ?? 0) || signal?.aborted === true
    ) return undefined;
    this.#count++;
    return sessionRestarted(this.#count, error.message, id);
  }
}
