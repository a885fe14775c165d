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
  Elicitation,
  ElicitationRequest,
} from "./src/events/elicitation_request.ts";
export type {
  BudgetMetric,
  BudgetThreshold,
} from "./src/events/budget_threshold.ts";
export type { EventsDropped } from "./src/events/events_dropped.ts";
export type { SessionRestarted } from "./src/events/session_restarted.ts";
export type { RateLimitWait } from "./src/events/rate_limit_wait.ts";
export type { ConfigurationMismatch } from "./src/events/configuration_mismatch.ts";
export type { Stalled } from "./src/events/stalled.ts";
export type { Warning } from "./src/events/warning.ts";
export type { FileChange } from "./src/events/file_change.ts";
export type { ToolCall } from "./src/events/tool_call.ts";
export type { ToolInputDelta } from "./src/events/tool_input_delta.ts";
export type {
  UserDialog,
  UserDialogRequest,
} from "./src/events/user_dialog_request.ts";
export type {
  DecidedBy,
  PermissionDecision,
} from "./src/events/permission_decision.ts";
export type {
  AllowOptions,
  DenyOptions,
  MatchedAskRule,
  PermissionMcpServer,
  PermissionRequest,
  PermissionUpdate,
  SkillShell,
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
export type {
  RateLimit,
  RateLimitWindow,
} from "./src/messages/rate_limit_event.ts";
export type {
  DeferredToolUse,
  InvalidConfigFile,
  PermissionDenial,
  Result,
  ResultSubtype,
} from "./src/messages/result.ts";
export type { StreamDelta } from "./src/messages/stream_event.ts";
export type { ApiRetry, NoResponse } from "./src/messages/system/api_retry.ts";
export type {
  McpServerInfo,
  PluginError,
  PluginInfo,
  PluginLock,
  SystemInit,
} from "./src/messages/system/init.ts";
export type { ActiveGoal, Goal } from "./src/messages/active_goal.ts";
export type {
  Autocompact,
  AutocompactState,
} from "./src/messages/autocompact_state.ts";
export type { AuthStatus } from "./src/messages/auth_status.ts";
export type { CommandLifecycle } from "./src/messages/command_lifecycle.ts";
export type { RequestCancelled } from "./src/messages/control_cancel_request.ts";
export type { ConversationReset } from "./src/messages/conversation_reset.ts";
export type { PromptSuggestion } from "./src/messages/prompt_suggestion.ts";
export type {
  BackgroundTask,
  BackgroundTasksChanged,
} from "./src/messages/system/background_tasks_changed.ts";
export type { CodeChangePublished } from "./src/messages/system/code_change_published.ts";
export type {
  CommandsChanged,
  SlashCommand,
} from "./src/messages/system/commands_changed.ts";
export type {
  CompactBoundary,
  PreservedMessages,
} from "./src/messages/system/compact_boundary.ts";
export type { ControlRequestProgress } from "./src/messages/system/control_request_progress.ts";
export type { ElicitationComplete } from "./src/messages/system/elicitation_complete.ts";
export type {
  FailedFile,
  FilesPersisted,
  PersistedFile,
} from "./src/messages/system/files_persisted.ts";
export type { HookProgress } from "./src/messages/system/hook_progress.ts";
export type { HookResponse } from "./src/messages/system/hook_response.ts";
export type { HookStarted } from "./src/messages/system/hook_started.ts";
export type {
  Informational,
  PromptSubmitOutcome,
} from "./src/messages/system/informational.ts";
export type { LocalCommandOutput } from "./src/messages/system/local_command_output.ts";
export type {
  MemoryRecall,
  RecalledMemory,
} from "./src/messages/system/memory_recall.ts";
export type {
  MirrorError,
  MirrorKey,
} from "./src/messages/system/mirror_error.ts";
export type { ModelFallback } from "./src/messages/system/model_fallback.ts";
export type { ModelRefusalFallback } from "./src/messages/system/model_refusal_fallback.ts";
export type { ModelRefusal } from "./src/messages/system/model_refusal_no_fallback.ts";
export type { CliNotification } from "./src/messages/system/notification.ts";
export type { PermissionDenied } from "./src/messages/system/permission_denied.ts";
export type { PluginInstall } from "./src/messages/system/plugin_install.ts";
export type { PostTurnSummary } from "./src/messages/system/post_turn_summary.ts";
export type { SessionStateChanged } from "./src/messages/system/session_state_changed.ts";
export type { SessionTitleChanged } from "./src/messages/system/session_title_changed.ts";
export type { SessionWritesLost } from "./src/messages/system/session_writes_lost.ts";
export type { Status } from "./src/messages/system/status.ts";
export type {
  TaskListStatus,
  TaskListStatuses,
} from "./src/messages/system/task_list_statuses.ts";
export type { TaskNotification } from "./src/messages/system/task_notification.ts";
export type { TaskProgress } from "./src/messages/system/task_progress.ts";
export type { TaskStarted } from "./src/messages/system/task_started.ts";
export type {
  TaskPatch,
  TaskUpdated,
} from "./src/messages/system/task_updated.ts";
export type { ThinkingTokens } from "./src/messages/system/thinking_tokens.ts";
export type { TurnPreempted } from "./src/messages/system/turn_preempted.ts";
export type { UiInvalidate } from "./src/messages/system/ui_invalidate.ts";
export type { VcsStateChanged } from "./src/messages/system/vcs_state_changed.ts";
export type { WorkerShuttingDown } from "./src/messages/system/worker_shutting_down.ts";
export type {
  SubagentRetry,
  ToolProgress,
} from "./src/messages/tool_progress.ts";
export type { ToolUseSummary } from "./src/messages/tool_use_summary.ts";
export type { TranscriptMirror } from "./src/messages/transcript_mirror.ts";
export type { TaskUsage } from "./src/messages/_task_usage.ts";
export type { MessageOrigin } from "./src/messages/_origin.ts";
export type { UnknownEvent, UnknownReason } from "./src/messages/unknown.ts";
export type { UserMessage } from "./src/messages/user.ts";

export {
  type BuiltinToolUse,
  type EventOf,
  isEvent,
  isToolUse,
} from "./src/events/guards.ts";
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
} from "./src/tools/builtin_inputs.ts";

export {
  decodeEvents,
  decodeLines,
  type DecodeOptions,
  LineEventStream,
} from "./src/decode.ts";
export { WholeLinesStream } from "./src/process/lines.ts";
