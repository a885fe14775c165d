/**
 * A bound for waits of tests.
 *
 * @module
 */

/**
 * Longest wait for what a test expects, in milliseconds. It keeps a wrong expectation from hanging
 * the suite, and is no estimate: nothing on a busy machine takes as long.
 */
export const LONGEST_WAIT_MS = 120_000;

/**
 * Waits for a promise, but not for ever.
 *
 * @param failure Makes the error that says what was there instead.
 * @param longestMs Longest wait, in milliseconds.
 * @throws {Error} The failure, if the promise does not settle in that time.
 */
export async function inTime<T>(
  promise: Promise<T>,
  failure: () => Error,
  longestMs: number = LONGEST_WAIT_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(failure()), longestMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
