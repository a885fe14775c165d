/**
 * The events: their types, and the stages that read them from bytes and lines. Pure,
 * also for a browser.
 *
 * @module
 */

export type {
  ClaudeEvent,
  ClaudeMessage,
  View,
  ViewEvents,
} from "./src/events/mod.ts";
export type {
  AssistantText,
  BlockBase,
  Thinking,
  ToolResult,
  ToolUse,
  UserReplay,
  UserText,
} from "./src/events/blocks.ts";
export type {
  AllowOptions,
  DenyOptions,
  PermissionMcpServer,
  PermissionRequest,
  PermissionUpdate,
  ToolRequest,
} from "./src/events/permission_request.ts";
export type {
  ContentBase,
  EventBase,
  FieldIssue,
  WireObject,
} from "./src/messages/_define.ts";
export type { ModelUsage, Usage } from "./src/messages/_usage.ts";
export type { AssistantMessage } from "./src/messages/assistant.ts";
export type { Message } from "./src/messages/mod.ts";
export type { RateLimit } from "./src/messages/rate_limit_event.ts";
export type {
  PermissionDenial,
  Result,
  ResultOrigin,
  ResultSubtype,
} from "./src/messages/result.ts";
export type { StreamDelta } from "./src/messages/stream_event.ts";
export type { ApiRetry } from "./src/messages/system/api_retry.ts";
export type {
  McpServerInfo,
  PluginInfo,
  SystemInit,
} from "./src/messages/system/init.ts";
export type { UnknownEvent, UnknownReason } from "./src/messages/unknown.ts";
export type { UserMessage } from "./src/messages/user.ts";

export {
  decodeEvents,
  decodeLines,
  type DecodeOptions,
  LineEventStream,
} from "./src/decode.ts";
export { WholeLinesStream } from "./src/process/lines.ts";
