/**
 * The clock of the machine.
 *
 * @module
 */

import { isEndless } from "../util/limits.ts";
import type { Clock } from "./clock.ts";

/** The clock of the machine, for what has no session with another one. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(timeoutMs, call) {
    if (isEndless(timeoutMs)) return () => {};
    const timer = setTimeout(call, timeoutMs);
    return () => clearTimeout(timer);
  },
};
