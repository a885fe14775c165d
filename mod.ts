/**
 * The `claude` CLI as a typed stream: sessions, one-shots, policies, events, stages.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 *
 * async function explain(): Promise<void> {
 *   await using session = new AsyncSession({ model: "sonnet" });
 *   for await (const event of session.send("explain this repo")) {
 *     switch (event.type) {
 *       case "assistant_text":
 *         console.log(event.text);
 *         break;
 *       case "result":
 *         console.log(`cost: $${event.totalCostUsd.toFixed(4)}`);
 *     }
 *   }
 * }
 * ```
 *
 * @module
 */

export { AsyncSession } from "./src/session/async_session.ts";
export type {
  Answer,
  AskOptions,
  CompactOptions,
  SendOptions,
} from "./src/session/turn_options.ts";
export {
  type ContentBlock,
  type DocumentOptions,
  type PromptContent,
  text,
} from "./src/prompt/blocks.ts";
export { document, image } from "./src/prompt/files.ts";
export { SessionFacts, type SessionState } from "./src/session/facts_view.ts";
export { Turn } from "./src/session/turn.ts";
export type { TextStreamOptions } from "./src/session/text_stream.ts";
export type { OnRetract } from "./src/decode/text_pieces.ts";
export type { PushedMessage } from "./src/session/pushed.ts";
export type { PushOptions, Until } from "./src/protocol/prompt.ts";
export type { MessageState } from "./src/protocol/message_state.ts";
export {
  type CheckStatus,
  doctor,
  type DoctorCheck,
  type DoctorOptions,
  type DoctorReport,
} from "./src/doctor/mod.ts";
export {
  type PrintOptions,
  printPrompt,
  type PrintPromptOptions,
} from "./src/session/one_shot.ts";
export { SyncSession } from "./src/session/sync_session.ts";
export { SyncTurn } from "./src/session/sync_turn.ts";
export {
  printPromptSync,
  type PrintPromptSyncOptions,
} from "./src/session/one_shot.ts";
export type { SyncPushedMessage } from "./src/session/pushed.ts";
export type {
  KnownSyncHooks,
  SyncAnswers,
  SyncHook,
  SyncHookOptions,
  SyncSessionOptions,
  UnknownSyncHook,
} from "./src/options/sync_options.ts";
export type {
  EventsOptions,
  SessionEventMap,
} from "./src/session/broadcast.ts";
export type { SessionUsage } from "./src/protocol/facts.ts";
export type { CostEntry, Logger } from "./src/observe/log.ts";
export type { Clock } from "./src/options/clock.ts";
export type {
  ExitStatus,
  Spawn,
  SpawnSpec,
  Transport,
  TransportFactory,
  TransportSignal,
  TransportStart,
} from "./src/options/transport.ts";
export type {
  AgentSpec,
  AuthMode,
  BudgetOptions,
  CloseTimeouts,
  Effort,
  ExitSignal,
  FailFast,
  FileSpec,
  IdleLimits,
  Limits,
  NeedsContext,
  PermissionMode,
  PluginSpec,
  RecordOptions,
  SandboxSettings,
  SessionOptions,
  SystemPrompt,
  ThinkingDisplay,
  ThinkingMode,
  Threshold,
  ToolConfig,
  Validation,
  WaitForReset,
} from "./src/options/session_options.ts";

export {
  allow,
  type AllowDecision,
  type Decision,
  defer,
  type DeferDecision,
  deny,
  type DenyDecision,
  type PolicyDecision,
  rememberedRules,
} from "./src/permissions/decision.ts";
export { decided, type DecidedCall } from "./src/permissions/decided.ts";
export type { DeferredCall } from "./src/events/permissions.ts";
export {
  allowAll,
  allowBuiltins,
  allowList,
  askUser,
  callback,
  denyAll,
  type PolicyRequest,
} from "./src/permissions/policy.ts";
export type {
  Policy,
  PolicyAnswer,
  PolicyContext,
  SyncPolicy,
} from "./src/permissions/policy_types.ts";
export {
  byTool,
  type SyncToolPolicyFunction,
  type ToolPolicyFunction,
} from "./src/permissions/by_tool.ts";
export { allOf, firstOf } from "./src/permissions/combine.ts";
export type { PermissionExplanation } from "./src/permissions/policy_types.ts";
export {
  isSameTool,
  type ToolKind,
  toolKind,
} from "./src/messages/builtin_tools.ts";
export { logged, type PolicyRecord } from "./src/permissions/logged.ts";
export { readOnly, type ReadOnlyOptions } from "./src/permissions/read_only.ts";
export type { RealPath } from "./src/util/real_path.ts";
export {
  writePaths,
  type WritePathsOptions,
} from "./src/permissions/write_paths.ts";

export type {
  Lease,
  LeaseRequest,
  SessionStore,
  StoredSessionEntry,
  StoredSessionKey,
  TranscriptBatch,
  TranscriptEntry,
  TranscriptKey,
} from "./src/stores/store.ts";
export type { SessionStoreOptions } from "./src/stores/store_options.ts";

export {
  BudgetExceededError,
  ClaudeNotFoundError,
  ClaudeStreamError,
  ConfigError,
  ControlError,
  DeadlineError,
  type ErrorCode,
  type ErrorDetails,
  ProcessExitError,
  ProtocolError,
  SessionNotFoundError,
  SessionStoreError,
  type SessionStoreReason,
  StartupError,
  type StartupReason,
  StateError,
  StructuredOutputError,
  TurnError,
} from "./src/errors.ts";

export type {
  CallToolResult,
  LateToolOutput,
  ToolContent,
  ToolOutput,
} from "./src/tools/content.ts";
export {
  createMcpServer,
  type ExternalMcpServer,
  type InProcessMcpServer,
  type McpServer,
  type McpServerOptions,
  type ReadyMcpServer,
  type RemoteMcpServer,
  type StdioMcpServer,
  type SyncMcpServer,
} from "./src/tools/mcp_servers.ts";
export { mcpToolName } from "./src/tools/names.ts";
export type { ToolOptions } from "./src/tools/options.ts";
export {
  defineTool,
  type SyncTool,
  type Tool,
  type ToolAnnotations,
  type ToolCallOutcome,
  type ToolCallResult,
  type ToolContext,
  type ToolDefinition,
  type ToolSession,
} from "./src/tools/tool.ts";
export type {
  JsonSchemaConverter,
  SchemaIssue,
  SchemaOutput,
  SchemaResult,
  StandardSchema,
} from "./src/util/standard_schema.ts";

export {
  type AskingEvent,
  type BlockingEvent,
  type ContextEvent,
  type DecidingEvent,
  hook,
  type HookAllow,
  type HookAnswer,
  type HookAnswers,
  type HookAsk,
  type HookAsync,
  type HookBlock,
  type HookContext,
  type HookDefer,
  type HookDeny,
  type HookStop,
} from "./src/hooks/answers.ts";
export type {
  HookBackgroundTask,
  HookCron,
  HookInputBase,
  HookMcpServer,
} from "./src/hooks/input.ts";
export {
  HOOK_EVENTS,
  type HookEvent,
  type HookInput,
  type HookInputs,
} from "./src/hooks/inputs.ts";
export type {
  Hook,
  HookCall,
  HookOptions,
  KnownHooks,
  UnknownHook,
  UnknownHookAnswer,
} from "./src/hooks/options.ts";
export type {
  ConfigChangeInput,
  CwdChangedInput,
  DirectoryAddedInput,
  ElicitationInput,
  ElicitationResultInput,
  FileChangedInput,
  HookTask,
  InstructionsLoadedInput,
  TaskCompletedInput,
  TaskCreatedInput,
  TeammateIdleInput,
  WorktreeCreateInput,
  WorktreeRemoveInput,
} from "./src/hooks/other_inputs.ts";
export type {
  HookContextOutput,
  HookElicitationOutput,
  HookOutput,
  HookSpecificOutputs,
  HookWatchOutput,
  SpecificEvent,
  UnknownHookOutput,
} from "./src/hooks/outputs.ts";
export type {
  HookModelSwitch,
  HookStopFields,
  MessageDisplayInput,
  NotificationInput,
  PostCompactInput,
  PostModelSwitchInput,
  PreCompactInput,
  PreModelSwitchInput,
  SessionEndInput,
  SessionStartInput,
  SetupInput,
  StopFailureInput,
  StopInput,
  SubagentStartInput,
  SubagentStopInput,
  UserPromptExpansionInput,
  UserPromptSubmitInput,
} from "./src/hooks/session_inputs.ts";
export type {
  HookBatchCall,
  HookToolCall,
  PermissionDeniedInput,
  PermissionRequestInput,
  PostToolBatchInput,
  PostToolUseFailureInput,
  PostToolUseInput,
  PreSkillShellCommandInput,
  PreToolUseInput,
} from "./src/hooks/tool_inputs.ts";
export type { HandlerFailure } from "./src/util/faults.ts";
export {
  dialog,
  type DialogAnswer,
  type DialogAnswers,
  elicit,
  type ElicitationAnswer,
  type ElicitationAnswers,
} from "./src/questions/answers.ts";
export {
  answerQuestions,
  type PlanRequest,
  type UserAnswers,
  type UserQuestions,
  userQuestions,
} from "./src/questions/asking_tools.ts";
export type {
  Answers,
  QuestionContext,
  QuestionOptions,
} from "./src/questions/options.ts";

export * from "./src/session/live_control.ts";

export * from "./src/decode/public.ts";
export {
  Agent,
  type AgentEntry,
  AgentFileError,
  type AgentPlaceOptions,
  type AgentValues,
  listAgents,
  loadAgent,
} from "./src/agents/agent.ts";
export type {
  AgentOption,
  AgentOptions,
  AgentPolicy,
  AgentVariable,
} from "./src/agents/agent_file.ts";
export type { TextIssue, TextPlace } from "./src/util/jsonc.ts";
export {
  type ResolvedSettings,
  type ResolvedSource,
  resolveSettings,
  type ResolveSettingsOptions,
  type SettingOrigin,
  type SettingsOrigin,
} from "./src/doctor/resolve_settings.ts";
