/**
 * Events that this library creates about tool calls.
 *
 * @module
 */

import {
  type ContentBase,
  type Draft,
  type EventBase,
  isWireObject,
  makeEvent,
  newEvent,
  type WireObject,
} from "../messages/_define.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import { PartialJson } from "../util/partial_json.ts";
import type { ToolResult } from "./blocks.ts";

/**
 * A call of a tool of this process: it started, reported progress, or ended. Made by this
 * library, not by the CLI.
 */
export interface ToolCall extends EventBase<"tool_call"> {
  /** What happened. */
  readonly phase: "start" | "progress" | "end";
  /** Name of the server in the configuration; of the option `tools`, `"tools"`. */
  readonly serverName: string;
  /** Name of the tool, as it was defined. */
  readonly name: string;
  /** Id of the call, as in `tool_use`. */
  readonly toolUseId?: string;
  /** The input from the model, unchecked. */
  readonly input: WireObject;
  /** A fraction from 0 to 1. Only with `progress`, if the tool reported one. */
  readonly progress?: number;
  /** The tool's text about its progress, or the error. */
  readonly message?: string;
  /** How long it ran, in milliseconds. Only with `end`. */
  readonly durationMs?: number;
  /** Whether it failed. Only with `end`. */
  readonly isError?: boolean;
}

/**
 * The input of a tool call while the model writes it; needs partial messages. Comes after
 * the {@linkcode StreamDelta} with the same piece. The call itself follows as `ToolUse`.
 */
export interface ToolInputDelta extends ContentBase<"tool_input_delta"> {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. */
  readonly name: string;
  /** Which block of the reply, from 0. */
  readonly index: number;
  /** The next piece of the input, as JSON. */
  readonly partialJson: string;
  /**
   * The input as far as it is written: a string may be cut off, and a key without a value
   * is missing. `undefined` if nothing can be read yet. A getter that parses all of the
   * input each time; not enumerable, because a log of the events would grow with the
   * square of the input.
   */
  readonly snapshot: unknown;
}

/** A call whose input the model is writing. */
export class OpenToolInput {
  readonly #json = new PartialJson();
  readonly #toolUseId: string;
  readonly #name: string;
  readonly #index: number;

  constructor(toolUseId: string, name: string, index: number) {
    this.#toolUseId = toolUseId;
    this.#name = name;
    this.#index = index;
  }

  /** Returns the event for the next piece. */
  take(delta: StreamDelta, partialJson: string): ToolInputDelta {
    this.#json.push(partialJson);
    const event = newEvent(delta.raw) as unknown as Draft<ToolInputDelta>;
    event.type = "tool_input_delta";
    event.parentToolUseId = delta.parentToolUseId;
    if (delta.sessionId !== undefined) event.sessionId = delta.sessionId;
    if (delta.uuid !== undefined) event.uuid = delta.uuid;
    if (delta.messageId !== undefined) event.messageId = delta.messageId;
    event.toolUseId = this.#toolUseId;
    event.name = this.#name;
    event.index = this.#index;
    event.partialJson = partialJson;
    return Object.defineProperty(event, "snapshot", {
      get: this.#json.snapshot(),
      enumerable: false,
    });
  }
}

/**
 * One of the CLI's tools wrote a file. Comes after the result of the call, and only if
 * the call succeeded. It does not cover what shell commands do to files.
 */
export interface FileChange extends ContentBase<"file_change"> {
  /** Which tool: `Write`, `Edit` or `NotebookEdit`. */
  readonly op: "write" | "edit" | "notebook_edit";
  /** The file, as the tool named it. */
  readonly path: string;
  /** Id of the call. */
  readonly toolUseId: string;
}

const OPS: ReadonlyMap<string | undefined, FileChange["op"]> = new Map([
  ["Write", "write"],
  ["Edit", "edit"],
  ["NotebookEdit", "notebook_edit"],
]);

/** Returns the change that a tool result reports, if any. */
export function fileChange(result: ToolResult): FileChange | undefined {
  const op = OPS.get(result.toolName);
  if (op === undefined || result.isError) return undefined;
  // The path in the tool's own result is right even if a policy changed the input.
  const said = isWireObject(result.structured)
    ? result.structured.filePath ?? result.structured.notebook_path
    : undefined;
  const asked = result.toolInput?.file_path ?? result.toolInput?.notebook_path;
  const path = said ?? asked;
  if (typeof path !== "string") return undefined;
  const { toolUseId, parentToolUseId } = result;
  const data: Draft<Omit<FileChange, "raw">> = {
    type: "file_change",
    op,
    path,
    toolUseId,
    parentToolUseId,
  };
  if (result.sessionId !== undefined) data.sessionId = result.sessionId;
  if (result.uuid !== undefined) data.uuid = result.uuid;
  if (result.agentId !== undefined) data.agentId = result.agentId;
  if (result.subagentType !== undefined) {
    data.subagentType = result.subagentType;
  }
  return makeEvent<FileChange>(result.raw, data);
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

/**
 * The to-do list of the main agent changed, by `TodoWrite`, or by `TaskCreate`, `TaskUpdate` or
 * `TaskList`. Comes after the result of the call. `session.todos` is the last of these.
 */
export interface TodosChanged extends ContentBase<"todos_changed"> {
  /** The whole list as it is now. */
  readonly todos: readonly TodoItem[];
  /** Id of the call. */
  readonly toolUseId: string;
}

/** Returns the event of a result that changed the to-do list. */
export function todosChanged(
  result: ToolResult,
  todos: readonly TodoItem[],
): TodosChanged {
  const { sessionId, uuid, toolUseId, parentToolUseId } = result;
  return makeEvent<TodosChanged>(result.raw, {
    type: "todos_changed",
    ...sessionId === undefined ? {} : { sessionId },
    ...uuid === undefined ? {} : { uuid },
    parentToolUseId,
    toolUseId,
    todos,
  });
}
