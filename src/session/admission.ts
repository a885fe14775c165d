/**
 * What a pool needs from a session: its work waits until the pool admits it. Pure.
 *
 * @module
 */

import type { Due } from "../util/due.ts";

/** Kinds of work: a turn, of which a session runs one at a time, or any other use of its process. */
export type Work = "turn" | "request";

/** One piece of work that waits or runs. */
export interface Pass {
  /** Settled when the work may begin; fails if it never may. */
  readonly granted: Due<void>;
  /** Called when the work is over, or is given up while it waits. */
  leave(): void;
}

/** Decides when a session may use its process. */
export interface Admission {
  /**
   * Registers a piece of work.
   *
   * @param operation Name of the method that was called.
   * @throws {Error} The work is not accepted.
   */
  enter(work: Work, operation: string): Pass;
  /**
   * Called when the session is told to close.
   *
   * @param closed Settled when its last process has ended.
   */
  closing(closed: Due<void>): void;
}
