/**
 * The events of a turn: {@linkcode ClaudeEvent}, the union of all events, and their types.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { KINDS, type Message, type Notice } from "../messages/mod.ts";
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
import type { ElicitationRequest, UserDialogRequest } from "./dialogs.ts";
import type {
  BudgetThreshold,
  ConfigurationMismatch,
  EventsDropped,
  RateLimitWait,
  SessionRestarted,
  Stalled,
  Warning,
} from "./session.ts";
import type {
  FileChange,
  TodosChanged,
  ToolCall,
  ToolInputDelta,
} from "./tools.ts";
import type { PermissionDecision, PermissionRequest } from "./permissions.ts";

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
  | TodosChanged
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
 * How a turn is split into events: `"flat"` yields {@linkcode ClaudeEvent}, one for each
 * block of content; `"messages"` yields {@linkcode ClaudeMessage}; `"wire"` yields the
 * parsed objects of the CLI, unchanged.
 */
export type View = "flat" | "messages" | "wire";

/** Types of the events in each view. */
export interface ViewEvents {
  /** One event for each block of content. */
  flat: ClaudeEvent;
  /** Whole messages. */
  messages: ClaudeMessage;
  /** What the CLI wrote: an object, or the text of a line that is not one. */
  wire: WireObject | string;
}

/** One line of the CLI, in each of the views. */
export interface Frame {
  /** The view `"wire"`. Absent if the line was delivered before. */
  readonly wire?: WireObject | string;
  /** The view `"messages"`. Absent for lines of the control protocol. */
  readonly message?: ClaudeMessage;
  /** The view `"flat"`. */
  readonly events: readonly ClaudeEvent[];
  /** Whether the line is a piece that can be joined with others of its block. */
  readonly isPiece?: boolean;
}

/** How a line is split into the events of each view. */
const CUTS: {
  readonly [V in View]: (frame: Frame) => readonly ViewEvents[V][];
} = {
  flat: ({ events }) => events,
  messages: ({ message }) => message === undefined ? [] : [message],
  wire: ({ wire }) => wire === undefined ? [] : [wire],
};

/** Splits lines into the events of a view. */
export function eventsIn<V extends View>(
  view: V,
): (frame: Frame) => readonly ViewEvents[V][] {
  return CUTS[view];
}

/** Picks the events of a view. */
export function eventsOf<V extends View>(
  frame: Frame,
  view: V,
): readonly ViewEvents[V][] {
  return eventsIn(view)(frame);
}

/** The `type` of an event that is not a message of the wire. */
export type DerivedType = Exclude<ClaudeEvent["type"], Message["type"]>;

/** Every event that is not a message. The compiler names what is missing. */
const DERIVED: { readonly [T in DerivedType]: true } = {
  assistant_text: true,
  thinking: true,
  tool_use: true,
  tool_result: true,
  user_text: true,
  user_replay: true,
  file_change: true,
  todos_changed: true,
  session_restarted: true,
  tool_input_delta: true,
  tool_call: true,
  permission_decision: true,
  budget_threshold: true,
  rate_limit_wait: true,
  stalled: true,
  configuration_mismatch: true,
  warning: true,
  events_dropped: true,
  permission_request: true,
  elicitation_request: true,
  user_dialog_request: true,
  unknown: true,
};

/** Messages that the flat view splits into blocks. */
const UNFOLDED: ReadonlySet<string> = new Set<Message["type"]>([
  "assistant_message",
  "user_message",
]);

/** The `type` of every event of the flat view, in alphabetical order. */
export const EVENT_TYPES: readonly ClaudeEvent["type"][] = [
  ...Object.keys(DERIVED) as DerivedType[],
  ...(Object.keys(KINDS) as Message["type"][])
    .filter((type) => !UNFOLDED.has(type)) as ClaudeEvent["type"][],
].sort();
