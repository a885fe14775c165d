/**
 * Knows when a blocking session calls a function of the caller: some calls of the session
 * would never return there.
 *
 * @module
 */

import { StateError } from "../errors.ts";

/** Guards the calls of one session, over all of its processes. */
export class CallGuard {
  /** How many lines or other events are being handled, one inside the other. */
  #steps = 0;
  /** How many calls of observers (`onWire`, `stderr`, `logger`, …) are under way. */
  #observers = 0;

  /** Whether an observer is being called. */
  get isObserving(): boolean {
    return this.#observers > 0;
  }

  /** Handles a line or another event: the session makes every call inside it. */
  step<T>(run: () => T): T {
    this.#steps++;
    try {
      return run();
    } finally {
      this.#steps--;
    }
  }

  /** Calls an observer. */
  observe<T>(run: () => T): T {
    this.#observers++;
    try {
      return run();
    } finally {
      this.#observers--;
    }
  }

  /**
   * @throws {StateError} The call would begin a turn, or wait for one, that cannot continue
   * until the calling function returns.
   */
  checkTurnWait(operation: string, state: string): void {
    if (this.#steps === 0) return;
    throw new StateError(
      "session_busy",
      state,
      operation,
      `Cannot ${operation} in a function that the session calls: turns continue only after it returns; do it afterwards`,
    );
  }

  /** @throws {StateError} An observer would wait for a line that is read only after it returns. */
  checkWait(operation: string, state: string): void {
    if (this.#observers === 0) return;
    throw new StateError(
      "session_busy",
      state,
      operation,
      `Cannot ${operation} in onWire, stderr, logger, costLog or spawn: an observer cannot wait for the session; use a listener`,
    );
  }
}
