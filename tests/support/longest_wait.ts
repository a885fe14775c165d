/**
 * A bound for waits of tests.
 *
 * @module
 */

/**
 * Longest wait for what a test expects, in milliseconds. It keeps a wrong expectation from hanging
 * the suite, and is no estimate: nothing on a busy machine takes as long.
 */
const LONGEST_WAIT_MS = 120_000;

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

/**
 * Waits until a condition is met that no event tells of. The event loop turns in between.
 *
 * @param isMet The condition; its text is in the error.
 * @param longestMs Longest wait, in milliseconds.
 * @throws {Error} The condition is not met in the longest wait.
 */
export async function until(
  isMet: () => boolean | Promise<boolean>,
  longestMs: number = LONGEST_WAIT_MS,
): Promise<void> {
  const latest = performance.now() + longestMs;
  while (!await isMet()) {
    if (performance.now() > latest) throw new Error(`Not met: ${isMet}`);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
