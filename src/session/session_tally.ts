/**
 * Totals of a session, over all its turns and processes.
 *
 * @module
 */

import { type Stats, StatsCounter } from "../decode/stats.ts";
import { TodoFollower, type TodoItem } from "../decode/tally.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/**
 * Collects statistics and the to-do list, but not the changed files, whose contents would stay in
 * memory.
 */
export class SessionTally {
  readonly #stats = new StatsCounter();
  readonly #todos = new TodoFollower();

  /** Adds an event. */
  add(event: ClaudeEvent): void {
    this.#stats.add(event);
    if (event.type === "tool_result") this.#todos.add(event);
  }

  /** Returns the statistics so far. */
  stats(): Stats {
    return this.#stats.stats();
  }

  /** The current to-do list. */
  get todos(): readonly TodoItem[] {
    return this.#todos.todos();
  }
}
