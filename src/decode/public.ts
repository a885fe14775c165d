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
} from "../events/mod.ts";
export type {
  AssistantText,
  BlockBase,
  Thinking,
  ToolResult,
  ToolUse,
  UserReplay,
  UserText,
} from "../events/blocks.ts";
export type {
  Elicitation,
  ElicitationRequest,
} from "../events/elicitation_request.ts";
export type { BudgetThreshold } from "../events/budget_threshold.ts";
export type { BudgetMetric } from "../errors.ts";
export type { EventsDropped } from "../events/events_dropped.ts";
export type { SessionRestarted } from "../events/session_restarted.ts";
export type { RateLimitWait } from "../events/rate_limit_wait.ts";
export type { ConfigurationMismatch } from "../events/configuration_mismatch.ts";
export type { Stalled } from "../events/stalled.ts";
export type { Warning } from "../events/warning.ts";
export type { FileChange } from "../events/file_change.ts";
export type { ToolCall } from "../events/tool_call.ts";
export type { ToolInputDelta } from "../events/tool_input_delta.ts";
export type {
  UserDialog,
  UserDialogRequest,
} from "../events/user_dialog_request.ts";
export type {
  DecidedBy,
  PermissionDecision,
} from "../events/permission_decision.ts";
export type {
  AllowOptions,
  DenyOptions,
  MatchedAskRule,
  PermissionMcpServer,
  PermissionRequest,
  PermissionUpdate,
  SkillShell,
  ToolRequest,
} from "../events/permission_request.ts";
export type {
  ContentBase,
  EventBase,
  FieldIssue,
  WireObject,
} from "../messages/_define.ts";
export type { ModelUsage, Usage } from "../messages/_usage.ts";
export type { AssistantMessage } from "../messages/assistant.ts";
export type { Message } from "../messages/mod.ts";
export type {
  RateLimit,
  RateLimitWindow,
} from "../messages/rate_limit_event.ts";
export type {
  DeferredToolUse,
  InvalidConfigFile,
  PermissionDenial,
  Result,
  ResultSubtype,
} from "../messages/result.ts";
export type { StreamDelta } from "../messages/stream_event.ts";
export type { ApiRetry, NoResponse } from "../messages/system/api_retry.ts";
export type {
  McpServerInfo,
  PluginError,
  PluginInfo,
  PluginLock,
  SystemInit,
} from "../messages/system/init.ts";
export type { ActiveGoal, Goal } from "../messages/active_goal.ts";
export type {
  Autocompact,
  AutocompactState,
} from "../messages/autocompact_state.ts";
export type { AuthStatus } from "../messages/auth_status.ts";
export type { CommandLifecycle } from "../messages/command_lifecycle.ts";
export type { RequestCancelled } from "../messages/control_cancel_request.ts";
export type { ConversationReset } from "../messages/conversation_reset.ts";
export type { PromptSuggestion } from "../messages/prompt_suggestion.ts";
export type {
  BackgroundTask,
  BackgroundTasksChanged,
} from "../messages/system/background_tasks_changed.ts";
export type { CodeChangePublished } from "../messages/system/code_change_published.ts";
export type {
  CommandsChanged,
  SlashCommand,
} from "../messages/system/commands_changed.ts";
export type {
  CompactBoundary,
  PreservedMessages,
} from "../messages/system/compact_boundary.ts";
export type { ControlRequestProgress } from "../messages/system/control_request_progress.ts";
export type { ElicitationComplete } from "../messages/system/elicitation_complete.ts";
export type {
  FailedFile,
  FilesPersisted,
  PersistedFile,
} from "../messages/system/files_persisted.ts";
export type { HookProgress } from "../messages/system/hook_progress.ts";
export type { HookResponse } from "../messages/system/hook_response.ts";
export type { HookStarted } from "../messages/system/hook_started.ts";
export type {
  Informational,
  PromptSubmitOutcome,
} from "../messages/system/informational.ts";
export type { LocalCommandOutput } from "../messages/system/local_command_output.ts";
export type {
  MemoryRecall,
  RecalledMemory,
} from "../messages/system/memory_recall.ts";
export type {
  MirrorError,
  MirrorKey,
} from "../messages/system/mirror_error.ts";
export type { ModelFallback } from "../messages/system/model_fallback.ts";
export type { ModelRefusalFallback } from "../messages/system/model_refusal_fallback.ts";
export type { ModelRefusal } from "../messages/system/model_refusal_no_fallback.ts";
export type { CliNotification } from "../messages/system/notification.ts";
export type { PermissionDenied } from "../messages/system/permission_denied.ts";
export type { PluginInstall } from "../messages/system/plugin_install.ts";
export type { PostTurnSummary } from "../messages/system/post_turn_summary.ts";
export type { SessionStateChanged } from "../messages/system/session_state_changed.ts";
export type { SessionTitleChanged } from "../messages/system/session_title_changed.ts";
export type { SessionWritesLost } from "../messages/system/session_writes_lost.ts";
export type { Status } from "../messages/system/status.ts";
export type {
  TaskListStatus,
  TaskListStatuses,
} from "../messages/system/task_list_statuses.ts";
export type { TaskNotification } from "../messages/system/task_notification.ts";
export type { TaskProgress } from "../messages/system/task_progress.ts";
export type { TaskStarted } from "../messages/system/task_started.ts";
export type {
  TaskPatch,
  TaskUpdated,
} from "../messages/system/task_updated.ts";
export type { ThinkingTokens } from "../messages/system/thinking_tokens.ts";
export type { TurnPreempted } from "../messages/system/turn_preempted.ts";
export type { UiInvalidate } from "../messages/system/ui_invalidate.ts";
export type { VcsStateChanged } from "../messages/system/vcs_state_changed.ts";
export type { WorkerShuttingDown } from "../messages/system/worker_shutting_down.ts";
export type { SubagentRetry, ToolProgress } from "../messages/tool_progress.ts";
export type { ToolUseSummary } from "../messages/tool_use_summary.ts";
export type { TranscriptMirror } from "../messages/transcript_mirror.ts";
export type { TaskUsage } from "../messages/_task_usage.ts";
export type { MessageOrigin } from "../messages/_origin.ts";
export type { UnknownEvent, UnknownReason } from "../messages/unknown.ts";
export type { UserMessage } from "../messages/user.ts";

export {
  type BuiltinToolUse,
  type EventOf,
  isEvent,
  isToolUse,
} from "../events/guards.ts";
export type {
  AgentInput,
  AllowedPrompt,
  AnswerAnnotation,
  AskedQuestion,
  AskUserQuestionInput,
  BashInput,
  BuiltinToolInputs,
  EditInput,
  ExitPlanModeInput,
  GlobInput,
  GrepInput,
  NotebookEditInput,
  QuestionOption,
  ReadInput,
  SkillInput,
  TaskCreateInput,
  TaskStopInput,
  TaskUpdateInput,
  Todo,
  TodoWriteInput,
  WebFetchInput,
  WebSearchInput,
  WriteInput,
} from "../messages/builtin_inputs.ts";

export {
  decodeEvents,
  decodeLines,
  type DecodeOptions,
  LineEventStream,
} from "./decode_events.ts";
export { WholeLinesStream } from "./lines.ts";
