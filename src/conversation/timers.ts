/**
 * Timers for a blocking thread, where the platform's timers do not run.
 *
 * @module
 */

import { isEndless } from "../util/limits.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Scheduled calls, made by the thread while it waits. */
export class Timers {
  readonly #timers = new Set<Timer>();

  /** Calls a function after a time, if there is a limit. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void {
    if (isEndless(timeoutMs)) return () => {};
    const timer = { at: performance.now() + timeoutMs, call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Returns the time until the next call is due, at most `mostMs`; 0 if one is due. */
  leftMs(mostMs: number): number {
    const now = performance.now();
    let left = mostMs;
    for (const { at } of this.#timers) left = Math.min(left, at - now);
    return Math.max(left, 0);
  }

  /** Makes the calls that are due. */
  run(): void {
    const now = performance.now();
    for (const timer of [...this.#timers]) {
      // One call may cancel another.
      if (timer.at > now || !this.#timers.delete(timer)) continue;
      timer.call();
    }
  }
}
