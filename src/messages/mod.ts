/**
 * The messages of the wire: all that there are, and how a line becomes one.
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
import {
  type ActiveGoal,
  activeGoal,
  type AutocompactState,
  autocompactState,
  type CommandLifecycle,
  commandLifecycle,
  type ConversationReset,
  conversationReset,
  type PromptSuggestion,
  promptSuggestion,
  type RequestCancelled,
  requestCancelled,
  type TranscriptMirror,
  transcriptMirror,
} from "./conversation.ts";
import { OVERSIZED_MARK, TAIL_MARK } from "./line_marks.ts";
import { assistant, type AssistantMessage } from "./assistant.ts";
import {
  type AuthStatus,
  authStatus,
  type RateLimit,
  rateLimit,
} from "./account.ts";
import { type Result, result } from "./result.ts";
import { type StreamDelta, streamEvent } from "./stream_event.ts";
import {
  type ApiRetry,
  apiRetry,
  type ModelFallback,
  modelFallback,
  type ModelRefusal,
  modelRefusal,
  type ModelRefusalFallback,
  modelRefusalFallback,
  type ThinkingTokens,
  thinkingTokens,
} from "./system/models.ts";
import {
  type BackgroundTasksChanged,
  backgroundTasksChanged,
  type TaskListStatuses,
  taskListStatuses,
  type TaskNotification,
  taskNotification,
  type TaskProgress,
  taskProgress,
  type TaskStarted,
  taskStarted,
  type TaskUpdated,
  taskUpdated,
} from "./system/tasks.ts";
import {
  type CodeChangePublished,
  codeChangePublished,
  type FilesPersisted,
  filesPersisted,
  type MemoryRecall,
  memoryRecall,
  type MirrorError,
  mirrorError,
  type VcsStateChanged,
  vcsStateChanged,
} from "./system/files.ts";
import {
  type CommandsChanged,
  commandsChanged,
  type CompactBoundary,
  compactBoundary,
  type SessionStateChanged,
  sessionStateChanged,
  type SessionTitleChanged,
  sessionTitleChanged,
  type SessionWritesLost,
  sessionWritesLost,
  type Status,
  status,
  type TurnPreempted,
  turnPreempted,
  type WorkerShuttingDown,
  workerShuttingDown,
} from "./system/session.ts";
import {
  type ControlRequestProgress,
  controlRequestProgress,
  type ElicitationComplete,
  elicitationComplete,
  type PermissionDenied,
  permissionDenied,
} from "./system/permissions.ts";
import {
  type HookProgress,
  hookProgress,
  type HookResponse,
  hookResponse,
  type HookStarted,
  hookStarted,
} from "./system/hooks.ts";
import {
  type CliNotification,
  type Informational,
  informational,
  type LocalCommandOutput,
  localCommandOutput,
  notification,
  type PluginInstall,
  pluginInstall,
  type PostTurnSummary,
  postTurnSummary,
  type UiInvalidate,
  uiInvalidate,
} from "./system/notices.ts";
import { type SystemInit, systemInit } from "./system/init.ts";
import {
  type ToolProgress,
  toolProgress,
  type ToolUseSummary,
  toolUseSummary,
} from "./tools.ts";
import { user, type UserMessage } from "./user.ts";
import { type UnknownEvent, unknownEvent } from "./unknown.ts";

/**
 * A message that is the same event in both views: it is about something other than
 * the reply, such as a retry, a task or a change of state. Written by hand, because
 * `deno doc --lint` refuses a derived union; {@linkcode KINDS} is typed by it, so that
 * the compiler names what is missing there.
 */
export type Notice =
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

/** Every message of the wire with a known type. */
export type Message =
  | SystemInit
  | AssistantMessage
  | UserMessage
  | StreamDelta
  | Result
  | Notice;

type Kinds = {
  readonly [T in Message["type"]]: MessageKind<Extract<Message, { type: T }>>;
};

/** How each message is recognized and read, by our `type`. */
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
  // Older CLIs' names for the same message. In another shape it is still unknown.
  ["rate_limit", KINDS.rate_limit],
  ["system/rate_limit", KINDS.rate_limit],
]);

// Only the subtype of `system` names a message; that of a result is a field like others.
function wireName(type: unknown, subtype: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  if (type !== "system") return type;
  return typeof subtype === "string" ? `system/${subtype}` : undefined;
}

/** A message, or the unknown event that a line of JSON became instead. */
export type MessageOrUnknown = Message | UnknownEvent;

/** The messages that a session acts upon. They are checked even if `validation` is `"off"`. */
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

/** A line of JSON as an object, or the event that says why it is not one. */
export type ParsedLine =
  | { readonly raw: WireObject; readonly unknown?: undefined }
  | { readonly raw?: undefined; readonly unknown: UnknownEvent };

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
    // A line that is not JSON becomes an event too, with its text.
    return { unknown: unknownEvent(text, cut ? "truncated" : "not_json") };
  }
  return isWireObject(value)
    ? { raw: value }
    : { unknown: unknownEvent(value, "not_object") };
}
