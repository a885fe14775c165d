/**
 * Reads the call that a hook is about. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { toolKind } from "../messages/builtin_tools.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";

/** Returns the call that a `PreToolUse` hook is about. */
export function requestOf(input: WireObject): ToolRequest {
  const agentId = input.agent_id;
  const toolName = textOf(input.tool_name);
  return {
    toolName,
    kind: toolKind(toolName),
    input: isWireObject(input.tool_input) ? input.tool_input : {},
    toolUseId: textOf(input.tool_use_id),
    ...typeof agentId === "string" ? { agentId } : {},
  };
}

/** Returns the shell command that a `PreSkillShellCommand` hook is about. */
export function skillRequestOf(input: WireObject): ToolRequest {
  const { command_name, command_source, invoked_by } = input;
  return {
    ...requestOf(input),
    skill: {
      name: textOf(command_name),
      ...typeof command_source === "string" ? { source: command_source } : {},
      invokedBy: textOf(invoked_by),
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
