/**
 * Timers for a link in a program that may have just started.
 *
 * In Deno the first `setTimeout` or `setImmediate` of a program loads `node:timers`, which blocks
 * for 4 ms: 4 of the 27 ms from `send()` to the first event of a program that has just started. So
 * for the first 50 ms time limits are collected in a set, and their timers are set when that period
 * is over; a limit too short for that gets its timer immediately. Nothing else depends on this:
 * without it the first event arrives a little later.
 *
 * @module
 */

import { isEndless } from "../util/limits.ts";

/** How long timers are held back, in milliseconds. */
const HOLD_MS = 50;

/**
 * A limit shorter than this, in milliseconds, gets its timer immediately, so that it fires on time.
 */
const SHORT_MS = 200;

const NEVER_CHANGED = new Int32Array(new SharedArrayBuffer(4));

/** Sets timers immediately, or holds them back for a moment. */
export class LateTimers {
  /** Functions that set the held-back timers; `undefined` once timers are no longer held back. */
  #held: Set<() => void> | undefined;

  /**
   * @param mayHold Whether timers may be held back. In that time something else must keep the
   *   program running.
   */
  constructor(mayHold: boolean) {
    this.#held = mayHold ? new Set() : undefined;
  }

  /** Whether timers are held back, since the program has just started. */
  get areHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Starts the period after which timers are no longer held back. */
  begin(): void {
    if (this.#held === undefined) return;
    // AbortSignal.timeout loads nothing, but cannot be cancelled and does not keep the program
    // running.
    AbortSignal.timeout(HOLD_MS).addEventListener("abort", () => this.#set());
  }

  #set(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const set of held ?? []) set();
  }

  /** Calls a function after a time, if there is a limit. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void {
    if (isEndless(timeoutMs)) return () => {};
    if (timeoutMs < SHORT_MS) this.#set();
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (this.#held === undefined) {
      timer = setTimeout(call, timeoutMs);
      return () => clearTimeout(timer);
    }
    const dueAt = performance.now() + timeoutMs;
    const set = () => {
      timer = setTimeout(call, Math.max(0, dueAt - performance.now()));
    };
    this.#held.add(set);
    return () => {
      // Merely referring to clearTimeout loads node:timers.
      if (timer === undefined) this.#held?.delete(set);
      else clearTimeout(timer);
    };
  }

  /**
   * Waits for one turn of the event loop, so that readers take their lines and timers fire. Reads
   * of a pipe that is never empty resolve immediately, so without this no other task would run.
   */
  async breathe(): Promise<void> {
    if (this.#held !== undefined) {
      // This does not keep the program running either.
      const { value } = Atomics.waitAsync(NEVER_CHANGED, 0, 0);
      Atomics.notify(NEVER_CHANGED, 0);
      await value;
      return;
    }
    // setImmediate takes a microsecond where it exists; a timer takes two milliseconds.
    const { setImmediate: soon = setTimeout } = globalThis as unknown as {
      readonly setImmediate?: (call: () => void) => unknown;
    };
    await new Promise<void>((resolve) => {
      soon(resolve);
    });
  }
}
