/**
 * The defaults of the options, and one rule for all time limits. Pure.
 *
 * @module
 */

/** Default values of the options. */
export const DEFAULTS = {
  maxLineBytes: 256 * 1024 * 1024,
  startTimeoutMs: 60_000,
  controlTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
} as const;

/** The longest time that a timer can be set to, in milliseconds: almost 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Extra wait after a reset, in milliseconds, because the API's clock may differ a little. */
export const AFTER_RESET_MS = 1_000;

/** Description of a valid time limit, for errors. */
export const TIME_EXPECTED =
  "a number of milliseconds above 0, or Infinity for no limit";

/** Whether a value is a valid time limit. */
export function isTimeLimit(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

/** Whether a time limit is longer than a timer supports, which means no limit. */
export function isEndless(timeoutMs: number): boolean {
  return timeoutMs >= MAX_TIMER_MS;
}

/** Returns a finite time limit for another process, because JSON cannot express `Infinity`. */
export function finiteMs(timeoutMs: number): number {
  return Math.min(timeoutMs, MAX_TIMER_MS);
}
