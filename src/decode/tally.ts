/**
 * Totals of events: statistics, changed files, the to-do list. Pure.
 *
 * @module
 */

import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import { type ChangedFile, ChangeGatherer } from "./changes.ts";
import { type CountedTotals, type Stats, StatsCounter } from "./stats.ts";
import type { ToolResult } from "../events/blocks.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";

/** Options of {@linkcode Tally}. */
export interface TallyOptions {
  /**
   * The last result before the first event, if the events begin in the middle of a process:
   * totals that the CLI counts from the start of the process can then be separated.
   */
  readonly after?: Result;
}

/**
 * Passes the events of a line to a counter, except pieces of blocks, which are the bulk of all
 * events and do not affect any total.
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
  readonly #todos = new TodoFollower();

  /** Makes one that has counted nothing. */
  constructor(options: TallyOptions = {}) {
    this.#stats = new StatsCounter(options.after);
  }

  /** Adds an event. */
  add(event: ClaudeEvent): void {
    this.#stats.add(event);
    if (event.type !== "tool_result") return;
    this.#changes.add(event);
    this.#todos.add(event);
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
    return this.#todos.todos();
  }
}

/** An item of the to-do list. */
export interface TodoItem {
  /** Its number in the list of tasks. Absent for those of `TodoWrite`, which have none. */
  readonly id?: string;
  /** Description of the to-do item. */
  readonly content: string;
  /** `pending`, `in_progress` or `completed`; a newer CLI may have others. */
  readonly status: string;
  /** What to show while it is being done. */
  readonly activeForm?: string;
  /** Longer description. */
  readonly description?: string;
  /** Name of the agent that does it. */
  readonly owner?: string;
  /** Ids of the items that must be done first. */
  readonly blockedBy?: readonly string[];
}

/** Follows the list over `TodoWrite` and over `TaskCreate`, `TaskUpdate` and `TaskList`. */
export class TodoFollower {
  #todos: readonly TodoItem[] = [];

  /** Takes the next result. Lists of subagents are their own, and are left out. */
  add({ toolName, toolInput, structured, ...result }: ToolResult): void {
    if (result.isError || result.parentToolUseId !== null) return;
    const input = toolInput ?? {};
    const told = isWireObject(structured) ? structured : {};
    switch (toolName) {
      case "TodoWrite":
        this.#todos = itemsOf(told.newTodos ?? input.todos);
        break;
      case "TaskCreate": {
        const { task } = told;
        const id = isWireObject(task) ? textOf(task, "id") : undefined;
        if (id === undefined) break;
        const item = { id, status: "pending", ...factsOf(input) };
        this.#todos = [
          ...this.#todos.filter((todo) => todo.id !== id),
          { ...item, content: textOf(input, "subject") ?? "" },
        ];
        break;
      }
      case "TaskUpdate":
        if (told.success === true) this.#update(input);
        break;
      case "TaskList":
        if (Array.isArray(told.tasks)) this.#todos = this.#listed(told.tasks);
        break;
    }
  }

  #update(input: WireObject): void {
    const id = textOf(input, "taskId");
    if (input.status === "deleted") {
      this.#todos = this.#todos.filter((todo) => todo.id !== id);
      return;
    }
    const content = textOf(input, "subject");
    const added = (name: string) =>
      Array.isArray(input[name])
        ? input[name].filter((one) => typeof one === "string")
        : [];
    const blockedBy = added("addBlockedBy");
    const blocks = new Set(added("addBlocks"));
    this.#todos = this.#todos.map((todo) => {
      if (todo.id !== id) {
        return id !== undefined && todo.id !== undefined && blocks.has(todo.id)
          ? withBlockers(todo, [id])
          : todo;
      }
      const status = textOf(input, "status") ?? todo.status;
      const changed = {
        ...todo,
        ...factsOf(input),
        status,
        ...content === undefined ? {} : { content },
      };
      return withBlockers(changed, blockedBy);
    });
  }

  /** The list that the CLI shows; what it leaves out of a task stays as it was. */
  #listed(tasks: readonly unknown[]): readonly TodoItem[] {
    return tasks.filter(isWireObject).flatMap((task) => {
      const id = textOf(task, "id");
      if (id === undefined) return [];
      const known = this.#todos.find((todo) => todo.id === id);
      const { blockedBy: _, ...rest } = known ?? { content: "" };
      return [withBlockers(
        {
          ...rest,
          id,
          content: textOf(task, "subject") ?? rest.content,
          status: textOf(task, "status") ?? "pending",
        },
        Array.isArray(task.blockedBy)
          ? task.blockedBy.filter((one) => typeof one === "string")
          : [],
      )];
    });
  }

  /** The list as it stands, those of the main agent. */
  todos(): readonly TodoItem[] {
    return this.#todos;
  }
}

function itemsOf(todos: unknown): readonly TodoItem[] {
  if (!Array.isArray(todos)) return [];
  return todos.filter(isWireObject).map((todo) => ({
    content: textOf(todo, "content") ?? "",
    status: textOf(todo, "status") ?? "pending",
    ...factsOf(todo),
  }));
}

function factsOf(input: WireObject): Partial<TodoItem> {
  const facts: Record<string, string> = {};
  for (const name of ["activeForm", "description", "owner"] as const) {
    const value = textOf(input, name);
    if (value !== undefined) facts[name] = value;
  }
  return facts;
}

function withBlockers(todo: TodoItem, more: readonly string[]): TodoItem {
  if (more.length === 0) return todo;
  return {
    ...todo,
    blockedBy: [...new Set([...todo.blockedBy ?? [], ...more])],
  };
}

function textOf(object: WireObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}
