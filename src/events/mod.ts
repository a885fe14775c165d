/**
 * What a turn is made of: {@linkcode ClaudeEvent}, the union of all events.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Message, Notice } from "../messages/mod.ts";
import type { Result } from "../messages/result.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { UnknownEvent } from "../messages/unknown.ts";
import type {
  AssistantText,
  Thinking,
  ToolResult,
  ToolUse,
  UserReplay,
  UserText,
} from "./blocks.ts";
import type { ElicitationRequest } from "./elicitation_request.ts";
import type { BudgetThreshold } from "./budget_threshold.ts";
import type { EventsDropped } from "./events_dropped.ts";
import type { FileChange } from "./file_change.ts";
import type { SessionRestarted } from "./session_restarted.ts";
import type { RateLimitWait } from "./rate_limit_wait.ts";
import type { ConfigurationMismatch } from "./configuration_mismatch.ts";
import type { Stalled } from "./stalled.ts";
import type { Warning } from "./warning.ts";
import type { ToolInputDelta } from "./tool_input_delta.ts";
import type { PermissionDecision } from "./permission_decision.ts";
import type { PermissionRequest } from "./permission_request.ts";
import type { ToolCall } from "./tool_call.ts";
import type { UserDialogRequest } from "./user_dialog_request.ts";

/**
 * An event of the flat view: one for each block of content, one for each other
 * message. `type` tells them apart.
 *
 * @example
 * ```ts
 * import type { ClaudeEvent } from "@claudestream/core";
 *
 * function show(event: ClaudeEvent): string {
 *   switch (event.type) {
 *     case "assistant_text":
 *       return event.text;
 *     case "tool_use":
 *       return `[${event.name}]`;
 *     default:
 *       return "";
 *   }
 * }
 * ```
 */
export type ClaudeEvent =
  | SystemInit
  | AssistantText
  | ToolUse
  | ToolResult
  | Thinking
  | StreamDelta
  | Result
  | PermissionDecision
  | PermissionRequest
  | UserDialogRequest
  | ElicitationRequest
  | UserText
  | UserReplay
  | BudgetThreshold
  | EventsDropped
  | FileChange
  | SessionRestarted
  | Stalled
  | ConfigurationMismatch
  | Warning
  | RateLimitWait
  | ToolCall
  | ToolInputDelta
  | Notice
  | UnknownEvent;

/** An event of the view `"messages"`: replies and user messages stay whole. */
export type ClaudeMessage =
  | Message
  | PermissionDecision
  | PermissionRequest
  | UserDialogRequest
  | ElicitationRequest
  | UnknownEvent;

/**
 * How a turn is cut into events: `"flat"` gives {@linkcode ClaudeEvent}, one for
 * each block of content; `"messages"` gives {@linkcode ClaudeMessage}; `"wire"` gives
 * the parsed objects of the CLI, untouched.
 */
export type View = "flat" | "messages" | "wire";

/** What a turn of a view yields. */
export interface ViewEvents {
  /** One event for each block of content. */
  flat: ClaudeEvent;
  /** Whole messages. */
  messages: ClaudeMessage;
  /** What the CLI wrote: an object, or the text of a line that is none. */
  wire: WireObject | string;
}

/** What one line of the CLI is in each of the views. */
export interface Frame {
  /** The view `"wire"`. Absent where the line was handed on before. */
  readonly wire?: WireObject | string;
  /** The view `"messages"`. Absent for lines of the control protocol. */
  readonly message?: ClaudeMessage;
  /** The view `"flat"`. */
  readonly events: readonly ClaudeEvent[];
}

/** Picks the events of a view. */
export function eventsOf<V extends View>(
  frame: Frame,
  view: V,
): readonly ViewEvents[V][];
export function eventsOf(
  frame: Frame,
  view: View,
): readonly ViewEvents[View][] {
  switch (view) {
    case "flat":
      return frame.events;
    case "messages":
      return frame.message === undefined ? [] : [frame.message];
    case "wire":
      return frame.wire === undefined ? [] : [frame.wire];
  }
}
