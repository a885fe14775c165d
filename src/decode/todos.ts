/**
 * Follows the to-do list of the main agent. Pure.
 *
 * @module
 */

import type { ToolResult } from "../events/blocks.ts";
import {
  type TodoItem,
  type TodosChanged,
  todosChanged,
} from "../events/tools.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";

/** The tools that change or show the list. */
const TOOLS: ReadonlySet<string | undefined> = new Set([
  "TodoWrite",
  "TaskCreate",
  "TaskUpdate",
  "TaskList",
]);

/** Follows the list over `TodoWrite` and over `TaskCreate`, `TaskUpdate` and `TaskList`. */
export class TodoFollower {
  #todos: readonly TodoItem[];

  /** @param todos The list so far. */
  constructor(todos: readonly TodoItem[] = []) {
    this.#todos = todos;
  }

  /**
   * Takes the next result. Returns the event if it changed the list. Lists of subagents are their
   * own, and are left out.
   */
  add(result: ToolResult): TodosChanged | undefined {
    if (!TOOLS.has(result.toolName)) return undefined;
    const before = JSON.stringify(this.#todos);
    this.#take(result);
    return JSON.stringify(this.#todos) === before
      ? undefined
      : todosChanged(result, this.#todos);
  }

  #take({ toolName, toolInput, structured, ...result }: ToolResult): void {
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
