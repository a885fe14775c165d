/**
 * Time limits and turns of the event loop for a link whose program may be young.
 *
 * In Deno the first `setTimeout` or `setImmediate` of a program loads `node:timers`, which
 * takes 4 ms in which nothing else happens: 4 of the 27 ms from `send()` to the first event
 * of a program that has just begun. So for the first 50 ms limits are kept in a set, and the
 * timers are set when that time is over or a limit is so short that it would be late. Nothing
 * else depends on this: without it everything happens a little later.
 *
 * @module
 */

import { isEndless } from "../util/limits.ts";

/** How long timers may wait to be set. */
const HOLD_MS = 50;

/** A limit shorter than this is set at once, so that it comes on time. */
const SHORT_MS = 200;

const NEVER_CHANGED = new Int32Array(new SharedArrayBuffer(4));

/** Timers that are set at once, or for a moment held back. */
export class LateTimers {
  /** What sets the timers that are held back; `undefined` once none are. */
  #held: Set<() => void> | undefined;

  /**
   * @param mayHold Whether timers may be held back. Meanwhile it takes something else to
   * keep the program running.
   */
  constructor(mayHold: boolean) {
    this.#held = mayHold ? new Set() : undefined;
  }

  /** Whether timers are held back: the program is young. */
  get areHeld(): boolean {
    return this.#held !== undefined;
  }

  /** From here on timers are held back for a moment only. */
  begin(): void {
    if (this.#held === undefined) return;
    // It loads nothing, but cannot be taken back and keeps no program running.
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
      // Naming clearTimeout loads as much as calling it.
      if (timer === undefined) this.#held?.delete(set);
      else clearTimeout(timer);
    };
  }

  /**
   * A turn of the event loop: readers take what came, timers ring. Reads of a pipe that is
   * never empty end at once, and without this no other task would run.
   */
  async breathe(): Promise<void> {
    if (this.#held !== undefined) {
      // Keeps no program running either.
      const { value } = Atomics.waitAsync(NEVER_CHANGED, 0, 0);
      Atomics.notify(NEVER_CHANGED, 0);
      await value;
      return;
    }
    // Where there is this it takes a microsecond; a timer takes two milliseconds.
    const { setImmediate: soon = setTimeout } = globalThis as unknown as {
      readonly setImmediate?: (call: () => void) => unknown;
    };
    await new Promise<void>((resolve) => {
      soon(resolve);
    });
  }
}
