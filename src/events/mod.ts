/**
 * What a turn is made of: {@linkcode ClaudeEvent}, the union of all events.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Message } from "../messages/mod.ts";
import type { RateLimit } from "../messages/rate_limit_event.ts";
import type { Result } from "../messages/result.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import type { ApiRetry } from "../messages/system/api_retry.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { ActiveGoal } from "../messages/active_goal.ts";
import type { AutocompactState } from "../messages/autocompact_state.ts";
import type { AuthStatus } from "../messages/auth_status.ts";
import type { CommandLifecycle } from "../messages/command_lifecycle.ts";
import type { RequestCancelled } from "../messages/control_cancel_request.ts";
import type { ConversationReset } from "../messages/conversation_reset.ts";
import type { PromptSuggestion } from "../messages/prompt_suggestion.ts";
import type { BackgroundTasksChanged } from "../messages/system/background_tasks_changed.ts";
import type { CodeChangePublished } from "../messages/system/code_change_published.ts";
import type { CommandsChanged } from "../messages/system/commands_changed.ts";
import type { CompactBoundary } from "../messages/system/compact_boundary.ts";
import type { ControlRequestProgress } from "../messages/system/control_request_progress.ts";
import type { ElicitationComplete } from "../messages/system/elicitation_complete.ts";
import type { FilesPersisted } from "../messages/system/files_persisted.ts";
import type { HookProgress } from "../messages/system/hook_progress.ts";
import type { HookResponse } from "../messages/system/hook_response.ts";
import type { HookStarted } from "../messages/system/hook_started.ts";
import type { Informational } from "../messages/system/informational.ts";
import type { LocalCommandOutput } from "../messages/system/local_command_output.ts";
import type { MemoryRecall } from "../messages/system/memory_recall.ts";
import type { MirrorError } from "../messages/system/mirror_error.ts";
import type { ModelFallback } from "../messages/system/model_fallback.ts";
import type { ModelRefusalFallback } from "../messages/system/model_refusal_fallback.ts";
import type { ModelRefusal } from "../messages/system/model_refusal_no_fallback.ts";
import type { CliNotification } from "../messages/system/notification.ts";
import type { PermissionDenied } from "../messages/system/permission_denied.ts";
import type { PluginInstall } from "../messages/system/plugin_install.ts";
import type { PostTurnSummary } from "../messages/system/post_turn_summary.ts";
import type { SessionStateChanged } from "../messages/system/session_state_changed.ts";
import type { SessionTitleChanged } from "../messages/system/session_title_changed.ts";
import type { SessionWritesLost } from "../messages/system/session_writes_lost.ts";
import type { Status } from "../messages/system/status.ts";
import type { TaskListStatuses } from "../messages/system/task_list_statuses.ts";
import type { TaskNotification } from "../messages/system/task_notification.ts";
import type { TaskProgress } from "../messages/system/task_progress.ts";
import type { TaskStarted } from "../messages/system/task_started.ts";
import type { TaskUpdated } from "../messages/system/task_updated.ts";
import type { ThinkingTokens } from "../messages/system/thinking_tokens.ts";
import type { TurnPreempted } from "../messages/system/turn_preempted.ts";
import type { UiInvalidate } from "../messages/system/ui_invalidate.ts";
import type { VcsStateChanged } from "../messages/system/vcs_state_changed.ts";
import type { WorkerShuttingDown } from "../messages/system/worker_shutting_down.ts";
import type { ToolProgress } from "../messages/tool_progress.ts";
import type { ToolUseSummary } from "../messages/tool_use_summary.ts";
import type { TranscriptMirror } from "../messages/transcript_mirror.ts";
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
  | ApiRetry
  | RateLimit
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
  | BackgroundTasksChanged
  | CodeChangePublished
  | CommandsChanged
  | CompactBoundary
  | ControlRequestProgress
  | ElicitationComplete
  | FilesPersisted
  | HookProgress
  | HookResponse
  | HookStarted
  | Informational
  | LocalCommandOutput
  | MemoryRecall
  | MirrorError
  | ModelFallback
  | ModelRefusalFallback
  | ModelRefusal
  | CliNotification
  | PermissionDenied
  | PluginInstall
  | PostTurnSummary
  | SessionStateChanged
  | SessionTitleChanged
  | SessionWritesLost
  | Status
  | TaskListStatuses
  | TaskNotification
  | TaskProgress
  | TaskStarted
  | TaskUpdated
  | ThinkingTokens
  | TurnPreempted
  | UiInvalidate
  | VcsStateChanged
  | WorkerShuttingDown
  | ActiveGoal
  | AutocompactState
  | AuthStatus
  | CommandLifecycle
  | RequestCancelled
  | ConversationReset
  | PromptSuggestion
  | ToolProgress
  | ToolUseSummary
  | TranscriptMirror
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
