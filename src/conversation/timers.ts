/**
 * Time limits for a thread that blocks: no timer of the platform runs there.
 *
 * @module
 */

import { isEndless } from "../util/limits.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Calls that are due at some time, made by the thread that waits. */
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

  /** How long until the next is due, at most this; 0 where one is. */
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
      // One call may take back another.
      if (timer.at > now || !this.#timers.delete(timer)) continue;
      timer.call();
    }
  }
}
