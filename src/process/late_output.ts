/**
 * The output of a process that has ended: what it wrote is still in a pipe, which a
 * process that was started by it may hold open for ever.
 *
 * @module
 */

import { settleWithin } from "./ending.ts";

/** How long the output of an ended process may still come, once it is silent. */
export const LATE_OUTPUT_MS = 50;

/** How long it may come at all: what the process wrote is in a pipe by then. */
export const MAX_LATE_OUTPUT_MS = 1_000;

/** How the reading of an output goes. */
export interface LateOutput {
  /** All was read, or reading failed. */
  readonly done: Promise<unknown>;
  /** Grows with all that is read. */
  progress(): number;
  /** Whether something was read that its reader has not taken yet. */
  isHeld(): boolean;
}

/** Time, where a test passes it by hand. */
export interface LateClock {
  /** Milliseconds that passed since some moment. */
  readonly now?: () => number;
  /** Waits for the end of something, but not for longer than this. Returns whether it ended. */
  readonly wait?: typeof settleWithin;
}

/**
 * Waits for the end of an output, or until no more of it comes, and for no longer than
 * {@linkcode MAX_LATE_OUTPUT_MS}. Time in which its reader takes nothing does not count:
 * what the process wrote is not lost because somebody rests.
 *
 * @param silenceMs After so long without any it is over.
 * @returns Whether it ended.
 */
export async function lateOutput(
  { done, progress, isHeld }: LateOutput,
  silenceMs: number,
  { now = () => performance.now(), wait = settleWithin }: LateClock = {},
): Promise<boolean> {
  let leftMs = MAX_LATE_OUTPUT_MS;
  for (;;) {
    const seen = progress();
    const from = now();
    if (await wait(done, silenceMs)) return true;
    if (progress() === seen) {
      // Nothing came because nothing was taken, or there is nothing.
      if (!isHeld()) return false;
      continue;
    }
    leftMs -= now() - from;
    if (leftMs <= 0) return false;
  }
}
