/**
 * Tracks when a blocking session is calling a function of the caller: some calls of the session
 * would never return there.
 *
 * @module
 */

import { StateError } from "../errors.ts";

/** Guards the calls of one session, across all its processes. */
export class CallGuard {
  /** Number of lines or other events being handled, nested within each other. */
  #steps = 0;
  /** Number of running calls of observers (`onWire`, `stderr`, `logger`, …). */
  #observers = 0;

  /** Whether an observer is being called. */
  get isObserving(): boolean {
    return this.#observers > 0;
  }

  /**
   * Handles a line or another event. Every call of a caller's function happens inside this method.
   */
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
   * @throws {StateError} The call would start or await a turn, which cannot continue until the
   *   calling function returns.
   */
  checkTurnWait(operation: string, state: string): void {
    // The session also calls observers when a call of the program writes a line.
    this.checkWait(operation, state);
    if (this.#steps === 0) return;
    throw new StateError(
      "session_busy",
      state,
      operation,
      `Cannot ${operation} in a function that the session calls: turns continue only after it returns; do it afterwards`,
    );
  }

  /**
   * @throws {StateError} An observer would wait for a line that is read only after the observer
   *   returns.
   */
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
