/**
 * Time limits: one rule for all of them. Pure.
 *
 * @module
 */

/** The longest time that a timer can be set to, in milliseconds: almost 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a time limit has to be, in words. */
export const TIME_EXPECTED =
  "a number of milliseconds above 0, or Infinity for no limit";

/** Whether a value can be a time limit. */
export function isTimeLimit(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

/** Whether a time limit is none: a timer takes no more. */
export function isEndless(timeoutMs: number): boolean {
  return timeoutMs >= MAX_TIMER_MS;
}

/** A time limit for another process, to which JSON cannot say `Infinity`. */
export function finiteMs(timeoutMs: number): number {
  return Math.min(timeoutMs, MAX_TIMER_MS);
}
