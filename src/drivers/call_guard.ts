/**
 * Knows when a function of the caller's is being called by a blocking session, where some
 * calls of that session would never return.
 *
 * @module
 */

import { StateError } from "../errors.ts";

/** Guards the calls of one session, over all of its processes. */
export class CallGuard {
  /** How many lines or other news are being dealt with, one inside the other. */
  #steps = 0;
  /** How many functions that only look on are being called. */
  #observers = 0;

  /** Whether a function that looks on is being called. */
  get isObserving(): boolean {
    return this.#observers > 0;
  }

  /** Deals with news: whatever it calls is called from inside the session. */
  step<T>(run: () => T): T {
    this.#steps++;
    try {
      return run();
    } finally {
      this.#steps--;
    }
  }

  /** Calls a function that looks on. */
  observe<T>(run: () => T): T {
    this.#observers++;
    try {
      return run();
    } finally {
      this.#observers--;
    }
  }

  /**
   * @throws {StateError} A turn would be begun or waited for that cannot go on before the
   * function returns that wants it.
   */
  checkTurnWait(operation: string, state: string): void {
    if (this.#steps === 0) return;
    throw new StateError(
      "session_busy",
      state,
      operation,
      `Cannot ${operation} in a function that the session calls: no turn goes on before it returns; do it afterwards`,
    );
  }

  /** @throws {StateError} What only looks on would hold up a line that has yet to be read. */
  checkWait(operation: string, state: string): void {
    if (this.#observers === 0) return;
    throw new StateError(
      "session_busy",
      state,
      operation,
      `Cannot ${operation} in onWire, stderr, logger, costLog or spawn: what looks on cannot wait for the session; use a listener`,
    );
  }
}
