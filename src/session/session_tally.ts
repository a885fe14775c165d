/**
 * Totals of a session, over all its turns and processes.
 *
 * @module
 */

import { type Stats, StatsCounter } from "../decode/stats.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/**
 * Collects statistics, but not the changed files, whose contents would stay in memory.
 */
export class SessionTally {
  readonly #stats = new StatsCounter();

  /** Adds an event. */
  add(event: ClaudeEvent): void {
    this.#stats.add(event);
  }

  /** Returns the statistics so far. */
  stats(): Stats {
    return this.#stats.stats();
  }
}
