/**
 * Waits of tests whose time is that of a fake clock.
 *
 * @module
 */

import type { FakeClock } from "../../src/testing/mod.ts";
import { LONGEST_WAIT_MS } from "./longest_wait.ts";

/** Lets the event loop turn once. */
function turned(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Lets everything run that needs no time. */
export async function settled(): Promise<void> {
  for (let at = 0; at < 20; at++) await turned();
}

/**
 * Waits for a condition that needs no time.
 *
 * @param isMet The condition; its text is in the error.
 * @throws {Error} The condition is not met for a long time.
 */
export async function until(isMet: () => boolean): Promise<void> {
  const latest = performance.now() + LONGEST_WAIT_MS;
  while (!isMet()) {
    if (performance.now() > latest) throw new Error(`Not met: ${isMet}`);
    await turned();
  }
}

/**
 * Moves the clock on whenever something waits for it, until a promise is settled.
 *
 * @param nearMs Longest wait that is passed, in milliseconds: the limits of sessions are longer.
 * @throws {Error} The promise is not settled for a long time.
 */
export async function passing<T>(
  clock: FakeClock,
  promise: Promise<T>,
  nearMs: number,
): Promise<T> {
  let isOver = false;
  promise.finally(() => isOver = true).catch(() => {});
  await until(() => {
    const { nextInMs } = clock;
    if (!isOver && nextInMs !== undefined && nextInMs <= nearMs) {
      clock.advance(nextInMs);
    }
    return isOver;
  });
  return await promise;
}
