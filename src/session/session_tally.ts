/**
 * What all of a session comes to, over all its turns and processes.
 *
 * @module
 */

import { type Stats, StatsCounter } from "../decode/stats.ts";
import { TodoFollower, type TodoItem } from "../decode/tally.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/** Numbers and to-do list. Not the changed files: their contents would stay in memory. */
export class SessionTally {
  readonly #stats = new StatsCounter();
  readonly #todos = new TodoFollower();

  /** Adds an event. */
  add(event: ClaudeEvent): void {
    this.#stats.add(event);
    if (event.type === "tool_result") this.#todos.add(event);
  }

  /** The numbers so far. */
  stats(): Stats {
    return this.#stats.stats();
  }

  /** The list as it stands. */
  get todos(): readonly TodoItem[] {
    return this.#todos.todos();
  }
}
