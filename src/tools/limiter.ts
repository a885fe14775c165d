/**
 * Limits how many calls run at once; the others wait in order. Pure.
 *
 * @module
 */

import type { Soon } from "../util/maybe_promise.ts";

/** Gives out places, in the order in which they were asked for. */
export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param places How many may run at once. */
  constructor(places: number) {
    this.#free = places;
  }

  /** Waits for a place. Returns `false`, and no place, once the signal aborts. */
  take(signal: AbortSignal): Soon<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(enter), 1);
      resolve(false);
    };
    const enter = () => {
      signal.removeEventListener("abort", leave);
      resolve(true);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(enter);
    return promise;
  }

  /** Returns a place. */
  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
