/**
 * Waits of tests whose time is that of a fake clock.
 *
 * @module
 */

import type { FakeClock } from "../../src/testing/mod.ts";
import { until } from "./longest_wait.ts";

/** Lets everything run that needs no time. */
export async function settled(): Promise<void> {
  for (let at = 0; at < 20; at++) {
    await new Promise((resolve) => setTimeout(resolve));
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
