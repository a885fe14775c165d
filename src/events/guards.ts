/**
 * Functions that narrow an event to its type.
 *
 * @module
 */

import * as v from "valibot";
import { currentToolName, isSameTool } from "../messages/builtin_tools.ts";
import type { BuiltinToolInputs } from "../messages/builtin_inputs.ts";
import { BUILTIN_SCHEMAS } from "../messages/builtin_schemas.ts";
import type { ToolUse } from "./blocks.ts";
import type { ClaudeEvent } from "./mod.ts";

/** The event of a `type`. */
export type EventOf<T extends ClaudeEvent["type"]> = Extract<
  ClaudeEvent,
  { readonly type: T }
>;

/** A call of one of the CLI's own tools, by any name of the tool, its input typed. */
export type BuiltinToolUse<N extends keyof BuiltinToolInputs> = ToolUse & {
  readonly name: N extends "Agent" | "Task" ? "Agent" | "Task"
    : N extends "TaskStop" ? "TaskStop" | "KillBash" | "KillShell"
    : N;
  readonly input: BuiltinToolInputs[N];
};

/**
 * Whether an event is of this type, or of one of these.
 *
 * @example
 * ```ts
 * import { decodeEvents, isEvent } from "@claudestream/core";
 *
 * for await (const event of decodeEvents(new Blob([]).stream())) {
 *   if (isEvent(event, "result")) console.log(event.totalCostUsd);
 * }
 * ```
 */
export function isEvent<T extends ClaudeEvent["type"]>(
  event: { readonly type: string },
  ...types: readonly [T, ...T[]]
): event is EventOf<T> {
  return (types as readonly string[]).includes(event.type);
}

/**
 * Whether an event is a call of this tool, by any of its names: a call of `Agent` may be named
 * `Task`. For the CLI's own tools the input is then typed; if the model wrote an input of another
 * shape, the function returns `false`.
 *
 * @example
 * ```ts
 * import { type ClaudeEvent, isToolUse } from "@claudestream/core";
 *
 * function show(event: ClaudeEvent): string {
 *   return isToolUse(event, "Bash") ? `$ ${event.input.command}` : "";
 * }
 * ```
 */
export function isToolUse<N extends keyof BuiltinToolInputs>(
  event: { readonly type: string; readonly name?: unknown },
  name: N,
): event is BuiltinToolUse<N>;
/** Whether an event is a call of this tool of a server or of the program. */
export function isToolUse(
  event: { readonly type: string; readonly name?: unknown },
  name: string,
): event is ToolUse;
export function isToolUse(
  event: { readonly type: string; readonly name?: unknown },
  name: string,
): boolean {
  if (event.type !== "tool_use" || typeof event.name !== "string") return false;
  if (!isSameTool(event.name, name)) return false;
  const current = currentToolName(name);
  if (!Object.hasOwn(BUILTIN_SCHEMAS, current)) return true;
  const schema = BUILTIN_SCHEMAS[current as keyof BuiltinToolInputs];
  return v.is(schema, (event as ToolUse).input);
}
