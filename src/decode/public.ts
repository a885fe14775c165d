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
  UserDialog,
  UserDialogRequest,
} from "../events/dialogs.ts";
export type {
  BudgetThreshold,
  ConfigurationMismatch,
  EventsDropped,
  RateLimitWait,
  SessionRestarted,
  Stalled,
  Warning,
} from "../events/session.ts";
export type { BudgetMetric } from "../errors.ts";
export type {
  FileChange,
  TodoItem,
  TodosChanged,
  ToolCall,
  ToolInputDelta,
} from "../events/tools.ts";
export type {
  AllowOptions,
  DecidedBy,
  DenyOptions,
  MatchedAskRule,
  PermissionDecision,
  PermissionMcpServer,
  PermissionRequest,
  PermissionUpdate,
  SkillShell,
  ToolRequest,
} from "../events/permissions.ts";
export type {
  ContentBase,
  EventBase,
  FieldIssue,
  WireObject,
} from "../messages/_define.ts";
export type { ModelUsage, Usage } from "../messages/usage.ts";
export type { AssistantMessage } from "../messages/assistant.ts";
export type { Message, Notice } from "../messages/mod.ts";
export type {
  AuthStatus,
  RateLimit,
  RateLimitWindow,
} from "../messages/account.ts";
export type {
  DeferredToolUse,
  InvalidConfigFile,
  PermissionDenial,
  Result,
  ResultSubtype,
} from "../messages/result.ts";
export type { StreamDelta } from "../messages/stream_event.ts";
export type {
  ApiRetry,
  ModelFallback,
  ModelRefusal,
  ModelRefusalFallback,
  NoResponse,
  ThinkingTokens,
} from "../messages/system/models.ts";
export type {
  McpServerInfo,
  PluginError,
  PluginInfo,
  PluginLock,
  SystemInit,
} from "../messages/system/init.ts";
export type {
  ActiveGoal,
  Autocompact,
  AutocompactState,
  CommandLifecycle,
  ConversationReset,
  Goal,
  PromptSuggestion,
  RequestCancelled,
  TranscriptMirror,
} from "../messages/conversation.ts";
export type {
  BackgroundTask,
  BackgroundTasksChanged,
  TaskListStatus,
  TaskListStatuses,
  TaskNotification,
  TaskPatch,
  TaskProgress,
  TaskStarted,
  TaskUpdated,
  TaskUsage,
} from "../messages/system/tasks.ts";
export type {
  CodeChangePublished,
  FailedFile,
  FilesPersisted,
  MemoryRecall,
  MirrorError,
  MirrorKey,
  PersistedFile,
  RecalledMemory,
  VcsStateChanged,
} from "../messages/system/files.ts";
export type {
  CommandsChanged,
  CompactBoundary,
  PreservedMessages,
  SessionStateChanged,
  SessionTitleChanged,
  SessionWritesLost,
  SlashCommand,
  Status,
  TurnPreempted,
  WorkerShuttingDown,
} from "../messages/system/session.ts";
export type {
  ControlRequestProgress,
  ElicitationComplete,
  PermissionDenied,
} from "../messages/system/permissions.ts";
export type {
  HookProgress,
  HookResponse,
  HookStarted,
} from "../messages/system/hooks.ts";
export type {
  CliNotification,
  Informational,
  LocalCommandOutput,
  PluginInstall,
  PostTurnSummary,
  PromptSubmitOutcome,
  UiInvalidate,
} from "../messages/system/notices.ts";
export type {
  SubagentRetry,
  ToolProgress,
  ToolUseSummary,
} from "../messages/tools.ts";
export type { MessageOrigin, UserMessage } from "../messages/user.ts";
export type { UnknownEvent, UnknownReason } from "../messages/unknown.ts";

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
  type DecodeOptions,
  LineEventStream,
} from "./decode_events.ts";
export { decodeLines, WholeLinesStream } from "./lines.ts";
export type { ChangedFile, FileEdit, Hunk } from "./changes.ts";
export type { AgentStats, CountedTotals, Stats, ToolStats } from "./stats.ts";
export type { TokensAndCost } from "./tokens_and_cost.ts";
export { Tally, type TallyOptions } from "./tally.ts";
