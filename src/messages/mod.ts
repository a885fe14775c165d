/**
 * Lines to messages: which there are, and how each is read.
 *
 * @module
 */

import {
  type EventBase,
  isWireObject,
  type MessageKind,
  type Reading,
  type Validation,
  type WireObject,
} from "./_define.ts";
import { type ActiveGoal, activeGoal } from "./active_goal.ts";
import {
  type AutocompactState,
  autocompactState,
} from "./autocompact_state.ts";
import { assistant, type AssistantMessage } from "./assistant.ts";
import { type AuthStatus, authStatus } from "./auth_status.ts";
import {
  type CommandLifecycle,
  commandLifecycle,
} from "./command_lifecycle.ts";
import {
  type RequestCancelled,
  requestCancelled,
} from "./control_cancel_request.ts";
import {
  type ConversationReset,
  conversationReset,
} from "./conversation_reset.ts";
import {
  type PromptSuggestion,
  promptSuggestion,
} from "./prompt_suggestion.ts";
import { type RateLimit, rateLimit } from "./rate_limit_event.ts";
import { type Result, result } from "./result.ts";
import { type StreamDelta, streamEvent } from "./stream_event.ts";
import { type ApiRetry, apiRetry } from "./system/api_retry.ts";
import {
  type BackgroundTasksChanged,
  backgroundTasksChanged,
} from "./system/background_tasks_changed.ts";
import {
  type CodeChangePublished,
  codeChangePublished,
} from "./system/code_change_published.ts";
import {
  type CommandsChanged,
  commandsChanged,
} from "./system/commands_changed.ts";
import {
  type CompactBoundary,
  compactBoundary,
} from "./system/compact_boundary.ts";
import {
  type ControlRequestProgress,
  controlRequestProgress,
} from "./system/control_request_progress.ts";
import {
  type ElicitationComplete,
  elicitationComplete,
} from "./system/elicitation_complete.ts";
import {
  type FilesPersisted,
  filesPersisted,
} from "./system/files_persisted.ts";
import { type HookProgress, hookProgress } from "./system/hook_progress.ts";
import { type HookResponse, hookResponse } from "./system/hook_response.ts";
import { type HookStarted, hookStarted } from "./system/hook_started.ts";
import { type Informational, informational } from "./system/informational.ts";
import { type SystemInit, systemInit } from "./system/init.ts";
import {
  type LocalCommandOutput,
  localCommandOutput,
} from "./system/local_command_output.ts";
import { type MemoryRecall, memoryRecall } from "./system/memory_recall.ts";
import { type MirrorError, mirrorError } from "./system/mirror_error.ts";
import { type ModelFallback, modelFallback } from "./system/model_fallback.ts";
import {
  type ModelRefusalFallback,
  modelRefusalFallback,
} from "./system/model_refusal_fallback.ts";
import {
  type ModelRefusal,
  modelRefusal,
} from "./system/model_refusal_no_fallback.ts";
import { type CliNotification, notification } from "./system/notification.ts";
import {
  type PermissionDenied,
  permissionDenied,
} from "./system/permission_denied.ts";
import { type PluginInstall, pluginInstall } from "./system/plugin_install.ts";
import {
  type PostTurnSummary,
  postTurnSummary,
} from "./system/post_turn_summary.ts";
import {
  type SessionStateChanged,
  sessionStateChanged,
} from "./system/session_state_changed.ts";
import {
  type SessionTitleChanged,
  sessionTitleChanged,
} from "./system/session_title_changed.ts";
import {
  type SessionWritesLost,
  sessionWritesLost,
} from "./system/session_writes_lost.ts";
import { type Status, status } from "./system/status.ts";
import {
  type TaskListStatuses,
  taskListStatuses,
} from "./system/task_list_statuses.ts";
import {
  type TaskNotification,
  taskNotification,
} from "./system/task_notification.ts";
import { type TaskProgress, taskProgress } from "./system/task_progress.ts";
import { type TaskStarted, taskStarted } from "./system/task_started.ts";
import { type TaskUpdated, taskUpdated } from "./system/task_updated.ts";
import {
  type ThinkingTokens,
  thinkingTokens,
} from "./system/thinking_tokens.ts";
import { type TurnPreempted, turnPreempted } from "./system/turn_preempted.ts";
import { type UiInvalidate, uiInvalidate } from "./system/ui_invalidate.ts";
import {
  type VcsStateChanged,
  vcsStateChanged,
} from "./system/vcs_state_changed.ts";
import {
  type WorkerShuttingDown,
  workerShuttingDown,
} from "./system/worker_shutting_down.ts";
import { type ToolProgress, toolProgress } from "./tool_progress.ts";
import { type ToolUseSummary, toolUseSummary } from "./tool_use_summary.ts";
import {
  type TranscriptMirror,
  transcriptMirror,
} from "./transcript_mirror.ts";
import { user, type UserMessage } from "./user.ts";
import { type UnknownEvent, unknownEvent } from "./unknown.ts";

/**
 * Every message of the wire that has a type of its own. Written by hand: a derived
 * union would fail `deno doc --lint`. {@linkcode KINDS} is typed by it, so that the
 * compiler names what is missing there.
 */
export type Message =
  | SystemInit
  | AssistantMessage
  | UserMessage
  | StreamDelta
  | Result
  | ApiRetry
  | RateLimit
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
  | TranscriptMirror;

type Kinds = {
  readonly [T in Message["type"]]: MessageKind<Extract<Message, { type: T }>>;
};

/** How each message is told and read, by our `type`. */
export const KINDS: Kinds = {
  system_init: systemInit,
  assistant_message: assistant,
  user_message: user,
  stream_delta: streamEvent,
  result,
  api_retry: apiRetry,
  rate_limit: rateLimit,
  background_tasks_changed: backgroundTasksChanged,
  code_change_published: codeChangePublished,
  commands_changed: commandsChanged,
  compact_boundary: compactBoundary,
  control_request_progress: controlRequestProgress,
  elicitation_complete: elicitationComplete,
  files_persisted: filesPersisted,
  hook_progress: hookProgress,
  hook_response: hookResponse,
  hook_started: hookStarted,
  informational: informational,
  local_command_output: localCommandOutput,
  memory_recall: memoryRecall,
  mirror_error: mirrorError,
  model_fallback: modelFallback,
  model_refusal_fallback: modelRefusalFallback,
  model_refusal_no_fallback: modelRefusal,
  notification: notification,
  permission_denied: permissionDenied,
  plugin_install: pluginInstall,
  post_turn_summary: postTurnSummary,
  session_state_changed: sessionStateChanged,
  session_title_changed: sessionTitleChanged,
  session_writes_lost: sessionWritesLost,
  status: status,
  task_list_statuses: taskListStatuses,
  task_notification: taskNotification,
  task_progress: taskProgress,
  task_started: taskStarted,
  task_updated: taskUpdated,
  thinking_tokens: thinkingTokens,
  turn_preempted: turnPreempted,
  ui_invalidate: uiInvalidate,
  vcs_state_changed: vcsStateChanged,
  worker_shutting_down: workerShuttingDown,
  active_goal: activeGoal,
  autocompact_state: autocompactState,
  auth_status: authStatus,
  command_lifecycle: commandLifecycle,
  request_cancelled: requestCancelled,
  conversation_reset: conversationReset,
  prompt_suggestion: promptSuggestion,
  tool_progress: toolProgress,
  tool_use_summary: toolUseSummary,
  transcript_mirror: transcriptMirror,
};

const BY_WIRE_NAME: ReadonlyMap<
  string | undefined,
  MessageKind<EventBase<string>>
> = new Map<string | undefined, MessageKind<EventBase<string>>>([
  ...Object.values<MessageKind<EventBase<string>>>(KINDS).map((kind) =>
    [wireName(kind.wireType, kind.wireSubtype), kind] as const
  ),
  // Names of older CLIs for the same message; in another shape it is unknown all the same.
  ["rate_limit", KINDS.rate_limit],
  ["system/rate_limit", KINDS.rate_limit],
]);

// Only `system` is told apart by its subtype; that of a result is a field like others.
function wireName(type: unknown, subtype: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  if (type !== "system") return type;
  return typeof subtype === "string" ? `system/${subtype}` : undefined;
}

/** What a line of JSON was: a message, or something unknown that came instead. */
export type MessageOrUnknown = Message | UnknownEvent;

/** What a session acts upon: there a wrong shape is not left to chance. */
const ALWAYS_CHECKED: ReadonlySet<string> = new Set<Message["type"]>([
  "system_init",
  "result",
  "status",
  "background_tasks_changed",
  "commands_changed",
  "command_lifecycle",
  "request_cancelled",
  "rate_limit",
]);

/** Reads a wire object. Never throws. */
export function readMessage(
  raw: WireObject,
  validation: Validation = "lenient",
): MessageOrUnknown {
  const kind = BY_WIRE_NAME.get(wireName(raw.type, raw.subtype));
  if (kind === undefined) {
    return unknownEvent(raw, raw.type === "system" ? "subtype" : "type");
  }
  const reading: Reading<EventBase<string>> = kind.read(
    raw,
    validation === "off" && ALWAYS_CHECKED.has(kind.type)
      ? "lenient"
      : validation,
  );
  return reading.issues === undefined
    ? reading.event as Message
    : unknownEvent(raw, "invalid", { issues: reading.issues });
}

/** A line of JSON as an object, or the event that says why it is none. */
export type ParsedLine =
  | { readonly raw: WireObject; readonly unknown?: undefined }
  | { readonly raw?: undefined; readonly unknown: UnknownEvent };

/** Marks that the stage for whole lines puts before what is not a whole line. No JSON begins with NUL. */
export const OVERSIZED_MARK = "\0oversized ";
/** As {@linkcode OVERSIZED_MARK}, for a last line without its end. */
export const TAIL_MARK = "\0tail ";

/** Parses a line. Never throws. */
export function parseLine(line: string): ParsedLine {
  let text = line;
  let cut = false;
  if (line.charCodeAt(0) === 0) {
    if (line.startsWith(OVERSIZED_MARK)) {
      const [bytes = "", ...head] = line.slice(OVERSIZED_MARK.length)
        .split(" ");
      return {
        unknown: unknownEvent(head.join(" "), "oversized", {
          lineBytes: Number(bytes),
        }),
      };
    }
    if (line.startsWith(TAIL_MARK)) {
      text = line.slice(TAIL_MARK.length);
      cut = true;
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is no JSON is an event like any other; its text is all there is to say.
    return { unknown: unknownEvent(text, cut ? "truncated" : "not_json") };
  }
  return isWireObject(value)
    ? { raw: value }
    : { unknown: unknownEvent(value, "not_object") };
}
