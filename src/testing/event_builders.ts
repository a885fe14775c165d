/**
 * Functions that build events, for tests of code that takes them: the namespace `event`
 * of `@claudestream/core/testing`. Each event is decoded from a line as the CLI would
 * write it, so that it is what a session delivers, `raw` included.
 *
 * @module
 */

import { EventDecoder } from "../decode/decoder.ts";
import type {
  AssistantText,
  Thinking,
  ToolResult,
  ToolUse,
} from "../events/blocks.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import {
  type PermissionRequest,
  permissionRequest as requestEvent,
  type ToolRequest,
} from "../events/permissions.ts";
import type { ContentBase, WireObject } from "../messages/_define.ts";
import { encodeMessage, type MessageFields } from "../messages/encode.ts";
import type { Message, Notice } from "../messages/mod.ts";
import type { Result } from "../messages/result.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { Decision } from "../permissions/decision.ts";
import { allow, deny } from "../permissions/decision.ts";

/** The agent and the reply that a block belongs to. Default: the main agent, and a reply of its own. */
export type BlockFields = Partial<
  Pick<
    ContentBase<string>,
    | "parentToolUseId"
    | "agentId"
    | "subagentType"
    | "messageId"
    | "sessionId"
    | "uuid"
  >
>;

const SESSION = "00000000-0000-4000-8000-000000000001";

let count = 0;

/** Ids count on, so that no two events of a test have the same. */
function nextUuid(): string {
  return `00000000-0000-4000-8000-${`${++count + 1000}`.padStart(12, "0")}`;
}

function decoded<T extends ClaudeEvent["type"]>(
  lines: readonly WireObject[],
  type: T,
): Extract<ClaudeEvent, { readonly type: T }> {
  const decoder = new EventDecoder("strict");
  const events = lines.flatMap((line) => decoder.decode(line).events);
  const found = events.findLast((event) => event.type === type);
  if (found === undefined) {
    throw new TypeError(
      `Cannot build the event "${type}": got ${
        events.map(({ type }) => type).join(", ") || "none"
      }`,
    );
  }
  return found as Extract<ClaudeEvent, { readonly type: T }>;
}

function reply(block: WireObject, fields: BlockFields, more: WireObject = {}) {
  const line = encodeMessage("assistant_message", {
    parentToolUseId: null,
    sessionId: SESSION,
    uuid: nextUuid(),
    messageId: `msg_${++count}`,
    model: "claude-opus-5-5",
    content: [block],
    timestamp: "2026-01-01T00:00:00.000Z",
    ...fields,
  });
  return { ...line, ...more };
}

/**
 * A block of text.
 *
 * @param text The text.
 * @param fields The agent that it belongs to, and whether it is about an error.
 * @example
 * ```ts
 * import { event } from "@claudestream/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const shown = [event.assistantText("Hello."), event.toolUse("Read", { file_path: "a" })];
 * assertEquals(shown.map(({ type }) => type), ["assistant_text", "tool_use"]);
 * ```
 */
export function assistantText(
  text: string,
  fields: BlockFields & Partial<Pick<AssistantText, "error" | "aborted">> = {},
): AssistantText {
  const { error, aborted, ...common } = fields;
  return decoded(
    [reply({ type: "text", text }, common, {
      ...error === undefined ? {} : { error, is_api_error_message: true },
      ...aborted === undefined ? {} : { aborted },
    })],
    "assistant_text",
  );
}

/** A block of thinking. */
export function thinking(text: string, fields: BlockFields = {}): Thinking {
  const block = { type: "thinking", thinking: text, signature: "c2ln" };
  return decoded([reply(block, fields)], "thinking");
}

/** A call of a tool. */
export function toolUse(
  name: string,
  input: WireObject = {},
  fields: BlockFields & { readonly toolUseId?: string } = {},
): ToolUse {
  const { toolUseId = `toolu_${++count}`, ...common } = fields;
  const block = { type: "tool_use", id: toolUseId, name, input };
  return decoded([reply(block, common)], "tool_use");
}

/**
 * The result of a call.
 *
 * @param call The call, or the id of a call if nothing else is known.
 * @param content What the model sees: a text, or blocks.
 * @param fields Whether it is an error, and the tool's own structured result.
 */
export function toolResult(
  call: ToolUse | string,
  content: string | readonly WireObject[],
  fields:
    & BlockFields
    & Partial<
      Pick<ToolResult, "isError" | "structured">
    > = {},
): ToolResult {
  const { isError = false, structured, messageId: _, ...common } = fields;
  const toolUseId = typeof call === "string" ? call : call.toolUseId;
  const line = encodeMessage("user_message", {
    parentToolUseId: null,
    sessionId: SESSION,
    uuid: nextUuid(),
    timestamp: "2026-01-01T00:00:01.000Z",
    content: [{
      type: "tool_result",
      tool_use_id: toolUseId,
      content,
      is_error: isError,
    }],
    ...structured === undefined ? {} : { toolUseResult: structured },
    ...common,
  } as Partial<MessageFields<"user_message">>);
  const before = typeof call === "string" ? [] : [call.raw as WireObject];
  return decoded([...before, line], "tool_result");
}

/** A piece of a text that is being written. */
export function textDelta(text: string, fields: BlockFields = {}): StreamDelta {
  return delta({ type: "text_delta", text }, fields);
}

/** A piece of thinking that is being written. */
export function thinkingDelta(
  text: string,
  fields: BlockFields = {},
): StreamDelta {
  return delta({ type: "thinking_delta", thinking: text }, fields);
}

function delta(delta: WireObject, fields: BlockFields): StreamDelta {
  const { parentToolUseId = null, sessionId = SESSION, uuid = nextUuid() } =
    fields;
  const id = fields.messageId ?? `msg_${++count}`;
  const line = (event: WireObject): WireObject => ({
    type: "stream_event",
    event,
    session_id: sessionId,
    parent_tool_use_id: parentToolUseId,
    uuid,
    api_message_id: id,
  });
  const block = delta.type === "text_delta"
    ? { type: "text", text: "" }
    : { type: "thinking", thinking: "", signature: "" };
  return decoded([
    line({
      type: "message_start",
      message: { id, role: "assistant", content: [] },
    }),
    line({ type: "content_block_start", index: 0, content_block: block }),
    line({ type: "content_block_delta", index: 0, delta }),
  ], "stream_delta");
}

const USAGE = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
};

/**
 * The end of a turn; a good one if nothing else is said.
 *
 * @param fields What differs; `result` is the answer, `totalCostUsd` and `costUsd` are the
 * same.
 */
export function result(
  fields: Partial<MessageFields<"result">> = {},
): Result {
  const { costUsd, text, ...others } = fields;
  return decoded([encodeMessage("result", {
    subtype: "success",
    isError: false,
    result: text ?? "",
    totalCostUsd: costUsd ?? 0.0008,
    durationMs: 10,
    durationApiMs: 5,
    numTurns: 1,
    usage: USAGE,
    modelUsage: {},
    permissionDenials: [],
    stopReason: "end_turn",
    terminalReason: "completed",
    sessionId: SESSION,
    uuid: nextUuid(),
    ...others,
  } as Partial<MessageFields<"result">>)], "result");
}

/** What a turn begins with. */
export function systemInit(
  fields: Partial<MessageFields<"system_init">> = {},
): SystemInit {
  return decoded([encodeMessage("system_init", {
    model: "claude-opus-5-5",
    cwd: "/work",
    tools: ["Bash", "Read"],
    mcpServers: [],
    permissionMode: "default",
    claudeCodeVersion: "2.1.332",
    apiKeySource: "none",
    sessionId: SESSION,
    uuid: nextUuid(),
    ...fields,
  })], "system_init");
}

/**
 * Any other message of the CLI.
 *
 * @param type Its type, such as `"api_retry"`.
 * @param fields What it says; all that the type needs.
 * @throws {TypeError} A field is missing, unknown or of another type.
 */
export function message<T extends Notice["type"]>(
  type: T,
  fields: MessageFields<T & Message["type"]>,
): Extract<ClaudeEvent, { readonly type: T }> {
  return decoded([
    encodeMessage(
      type as T & Message["type"],
      Object.assign({ sessionId: SESSION, uuid: nextUuid() }, fields),
    ),
  ], type);
}

/**
 * An unanswered permission request.
 *
 * @param toolName The tool that is to run.
 * @param input What it is to be called with.
 * @param options Further fields, and what is called with the decision of `allow()` or
 * `deny()`.
 */
export function permissionRequest(
  toolName: string,
  input: WireObject = {},
  options: Partial<Omit<ToolRequest, "toolName" | "input">> & {
    readonly answered?: (decision: Decision) => void;
  } = {},
): PermissionRequest {
  const { answered = () => {}, ...fields } = options;
  const requestId = nextUuid();
  const request = { toolUseId: `toolu_${++count}`, ...fields, toolName, input };
  const raw = {
    type: "control_request",
    request_id: requestId,
    request: {
      subtype: "can_use_tool",
      tool_name: toolName,
      input,
      tool_use_id: request.toolUseId,
    },
  };
  return requestEvent(raw, requestId, request, SESSION, {
    allow: (given) => answered(allow(given)),
    deny: (text, given) => answered(deny(text, given)),
  });
}
