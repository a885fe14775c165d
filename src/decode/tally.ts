/**
 * Totals of events: statistics, changed files, the to-do list. Pure.
 *
 * @module
 */

import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import { type ChangedFile, ChangeGatherer } from "./changes.ts";
import { type CountedTotals, type Stats, StatsCounter } from "./stats.ts";
import type { TodoItem } from "../events/tools.ts";

/** Options of {@linkcode Tally}. */
export interface TallyOptions {
  /**
   * The last result before the first event, if the events begin in the middle of a process:
   * totals that the CLI counts from the start of the process can then be separated.
   */
  readonly after?: Result;
}

/**
 * Passes the events of a line to a counter, except parts of a stream that affect no total. The
 * caller leaves out pieces of blocks, the bulk of all lines.
 */
export function countFrame(
  { events }: Frame,
  counter: { add(event: ClaudeEvent): void },
): void {
  for (const event of events) {
    if (event.type === "stream_delta" && event.eventType !== "message_delta") {
      continue;
    }
    counter.add(event);
  }
}

/**
 * Adds up events of the flat view: those of a turn, of a session, of a saved stream or of
 * a transcript. Both of the latter come to the same, as far as the transcript holds it: it
 * has neither results nor the times that calls waited for a decision, but `sessionTally` of
 * `@claudestream/core/sessions` reads the costs that the CLI noted.
 *
 * @example
 * ```ts
 * import { type ClaudeEvent, Tally } from "@claudestream/core";
 *
 * function report(events: Iterable<ClaudeEvent>): void {
 *   const tally = new Tally();
 *   for (const event of events) tally.add(event);
 *   const { costUsd, models, main, tools } = tally.stats();
 *   console.log(costUsd, Object.keys(models), main.agents.length, tools.Bash?.calls);
 *   for (const { path, linesAdded, linesRemoved } of tally.changes()) {
 *     console.log(path, linesAdded, linesRemoved);
 *   }
 *   for (const { status, content } of tally.todos()) console.log(status, content);
 * }
 * ```
 */
export class Tally {
  readonly #stats: StatsCounter;
  readonly #changes = new ChangeGatherer();
  #todos: readonly TodoItem[] = [];

  /** Makes one that has counted nothing. */
  constructor(options: TallyOptions = {}) {
    this.#stats = new StatsCounter(options.after);
  }

  /** Adds an event. */
  add(event: ClaudeEvent): void {
    this.#stats.add(event);
    if (event.type === "tool_result") this.#changes.add(event);
    else if (event.type === "todos_changed") this.#todos = event.todos;
  }

  /**
   * Adds totals that the CLI counted since the last result but did not report in a result.
   */
  settle(totals: CountedTotals): void {
    this.#stats.settle(totals);
  }

  /** The numbers so far. */
  stats(): Stats {
    return this.#stats.stats();
  }

  /** The files that the tools `Write`, `Edit` and `NotebookEdit` changed, in the order of their first change. */
  changes(): readonly ChangedFile[] {
    return this.#changes.changes();
  }

  /** What the main agent has on its list, as it stands. */
  todos(): readonly TodoItem[] {
    return this.#todos;
  }
}
