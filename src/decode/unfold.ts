/**
 * Converts the blocks of `assistant` and `user` to separate events. Pure.
 *
 * @module
 */

import {
  type ContentBase,
  type Draft,
  type FieldIssue,
  isWireObject,
  makeEvent,
  type WireObject,
} from "../messages/_define.ts";
import type { AssistantMessage } from "../messages/assistant.ts";
import { type UnknownEvent, unknownEvent } from "../messages/unknown.ts";
import type { UserMessage } from "../messages/user.ts";
import type {
  AssistantText,
  Thinking,
  ToolResult,
  ToolUse,
  UserReplay,
  UserText,
} from "../events/blocks.ts";

/** A block of a reply as an event. */
export type ReplyBlock =
  | AssistantText
  | Thinking
  | ToolUse
  | ToolResult
  | UnknownEvent;

/** A block of a `user` line as an event. */
export type UserBlock = ToolResult | UserText | UserReplay | UnknownEvent;

/** What a tool result needs to know of its call. */
export interface KnownCall {
  readonly name: string;
  readonly input: WireObject;
  /** When the call was written, in milliseconds since 1970; `undefined` if the line does not say. */
  readonly atMs: number | undefined;
  /** How long the call waited for an answer, in milliseconds. */
  readonly waitedMs: number;
}

/** Content as blocks. Unchecked content may be anything. */
export function blocksOf(content: unknown): readonly unknown[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content : [];
}

/**
 * Returns the milliseconds since 1970 of a time in ISO 8601, or `undefined` if it is not a valid
 * time.
 */
export function timeOf(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  const time = Date.parse(timestamp);
  return Number.isNaN(time) ? undefined : time;
}

// What every event of a message takes over from it.
function common(
  message: AssistantMessage | UserMessage,
): Omit<ContentBase<string>, "type" | "raw"> {
  const base: Draft<Omit<ContentBase<string>, "type" | "raw">> = {
    parentToolUseId: message.parentToolUseId,
  };
  if (message.sessionId !== undefined) base.sessionId = message.sessionId;
  if (message.uuid !== undefined) base.uuid = message.uuid;
  if (message.agentId !== undefined) base.agentId = message.agentId;
  if (message.subagentType !== undefined) {
    base.subagentType = message.subagentType;
  }
  if (message.messageId !== undefined) base.messageId = message.messageId;
  return base;
}

function blockIssue(
  message: AssistantMessage | UserMessage,
  block: unknown,
  issues?: readonly FieldIssue[],
): UnknownEvent {
  return unknownEvent(block, "block", {
    ...(issues === undefined ? {} : { issues }),
    ...(message.sessionId === undefined
      ? {}
      : { sessionId: message.sessionId }),
  });
}

function expected(
  path: string,
  what: string,
  value: unknown,
): readonly FieldIssue[] {
  const came = value === null ? "null" : typeof value;
  return [{
    path,
    message: `Invalid type: Expected ${what} but received ${came}`,
  }];
}

/** The text in the content of a tool result: a string, or the text blocks among blocks. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts = content.filter(isWireObject).map((block) => block.text);
  return texts.filter((text) => typeof text === "string").join("\n");
}

function unfoldToolResult(
  message: AssistantMessage | UserMessage,
  block: WireObject,
  call: (toolUseId: string) => KnownCall | undefined,
  server: boolean,
): ToolResult | UnknownEvent {
  const toolUseId = block.tool_use_id;
  if (typeof toolUseId !== "string") {
    const issues = expected("tool_use_id", "string", toolUseId);
    return blockIssue(message, block, issues);
  }
  const known = call(toolUseId);
  const data: Draft<Omit<ToolResult, "raw">> = {
    type: "tool_result",
    ...common(message),
    toolUseId,
    content: block.content,
    text: textOf(block.content),
    isError: block.is_error === true,
    server,
  };
  if (known !== undefined) {
    data.toolName = known.name;
    data.toolInput = known.input;
    const end = timeOf(message.timestamp);
    if (end !== undefined && known.atMs !== undefined) {
      // Two clocks, one of them that of the wall: they may differ by a little.
      const ownMs = end - known.atMs - known.waitedMs;
      data.durationMs = Math.max(0, Math.round(ownMs));
    }
  }
  if (message.type === "user_message" && message.toolUseResult !== undefined) {
    data.structured = message.toolUseResult;
  }
  return makeEvent<ToolResult>(message.raw, data);
}

/**
 * Unfolds one block of a reply.
 *
 * @param index Which block of the reply it is, from 0.
 * @param streamed Whether its deltas were delivered.
 * @param call Finds the call that a result belongs to.
 */
export function unfoldReplyBlock(
  message: AssistantMessage,
  block: unknown,
  index: number,
  streamed: boolean,
  call: (toolUseId: string) => KnownCall | undefined,
): ReplyBlock {
  if (!isWireObject(block)) {
    return blockIssue(message, block, expected("", "Object", block));
  }
  const base = { ...common(message), index, streamed };
  switch (block.type) {
    case "text": {
      if (typeof block.text !== "string") {
        const issues = expected("text", "string", block.text);
        return blockIssue(message, block, issues);
      }
      const data: Draft<Omit<AssistantText, "raw">> = {
        type: "assistant_text",
        ...base,
        text: block.text,
      };
      if (message.error !== undefined) data.error = message.error;
      if (message.aborted !== undefined) data.aborted = message.aborted;
      if (message.supersedes !== undefined) {
        data.supersedes = message.supersedes;
      }
      return makeEvent<AssistantText>(message.raw, data);
    }
    case "thinking": {
      if (typeof block.thinking !== "string") {
        const issues = expected("thinking", "string", block.thinking);
        return blockIssue(message, block, issues);
      }
      const data: Draft<Omit<Thinking, "raw">> = {
        type: "thinking",
        ...base,
        text: block.thinking,
        redacted: false,
      };
      if (typeof block.signature === "string") data.signature = block.signature;
      return makeEvent<Thinking>(message.raw, data);
    }
    case "redacted_thinking":
      return makeEvent<Thinking>(message.raw, {
        type: "thinking",
        ...base,
        text: "",
        redacted: true,
      });
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use": {
      const { id, name, input } = block;
      if (typeof id !== "string" || typeof name !== "string") {
        const [path, value] = typeof id === "string"
          ? ["name", name]
          : ["id", id];
        return blockIssue(message, block, expected(`${path}`, "string", value));
      }
      if (!isWireObject(input)) {
        return blockIssue(message, block, expected("input", "Object", input));
      }
      return makeEvent<ToolUse>(message.raw, {
        type: "tool_use",
        ...base,
        toolUseId: id,
        name,
        input,
        server: block.type !== "tool_use",
      });
    }
    default:
      // The API's own tools answer inside of the reply: web_search_tool_result and others.
      return typeof block.type === "string" &&
          block.type.endsWith("tool_result")
        ? unfoldToolResult(message, block, call, true)
        : blockIssue(message, block);
  }
}

/** Unfolds a `user` line. */
export function unfoldUser(
  message: UserMessage,
  call: (toolUseId: string) => KnownCall | undefined,
): readonly UserBlock[] {
  if (message.isReplay === true) {
    return [makeEvent<UserReplay>(message.raw, {
      type: "user_replay",
      ...common(message),
      content: message.content,
    })];
  }
  const blocks = blocksOf(message.content);
  return blocks.map((block) => {
    if (!isWireObject(block)) {
      return blockIssue(message, block, expected("", "Object", block));
    }
    if (block.type === "tool_result") {
      return unfoldToolResult(message, block, call, false);
    }
    if (block.type === "text") {
      if (typeof block.text !== "string") {
        const issues = expected("text", "string", block.text);
        return blockIssue(message, block, issues);
      }
      return makeEvent<UserText>(message.raw, {
        type: "user_text",
        ...common(message),
        text: block.text,
        synthetic: message.isSynthetic === true,
      });
    }
    return blockIssue(message, block);
  });
}
