/**
 * For tests of programs that use this library: a scripted `claude`, a scripted Messages
 * API, recordings, assertions, builders of events. Nothing here needs an account, a
 * network or the real `claude`. What runs under which test runner is in docs/testing.md.
 *
 * @example A session without a process
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { MemoryClaude, step } from "@claudestream/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const claude = new MemoryClaude(step.conversation([], {
 *   onPrompt: [step.onPrompt(/capital of (\w+)/, [step.text("Paris.")])],
 *   forEveryPrompt: [step.text("I do not know.")],
 * }));
 * await using session = new AsyncSession({ spawn: claude.spawn });
 * assertEquals((await session.ask("the capital of France?")).text, "Paris.");
 * assertEquals((await session.ask("and its mayor?")).text, "I do not know.");
 * ```
 *
 * @module
 */

export * as step from "./steps.ts";
export * as event from "./event_builders.ts";
export type { MessageFields } from "../messages/encode.ts";
export {
  parseScenario,
  readScenario,
  ScenarioError,
  type ScenarioIssue,
  scenarioJsonSchema,
} from "./scenario_file.ts";
export { FakeClock } from "./fake_clock.ts";
export {
  SESSION_STORE_CASES,
  type SessionStoreCase,
  type SessionStoreSuite,
  testSessionStore,
} from "./store_suite.ts";
export type {
  Lease,
  LeaseRequest,
  SessionStore,
  StoredSessionEntry,
  StoredSessionKey,
  TranscriptBatch,
  TranscriptEntry,
  TranscriptKey,
} from "../stores/store.ts";
export { MemoryClaude, type MemoryClaudeOptions } from "./memory_claude.ts";
export {
  ScriptedClaude,
  type ScriptedClaudeOptions,
  type ScriptedStart,
} from "./scripted_claude.ts";
export {
  type ApiEvent,
  type ApiMessage,
  type ApiRequest,
  type ApiToolResult,
  block,
  type EnvironmentOptions,
  fault,
  Gate,
  MessagesApi,
  type MessagesApiOptions,
  reply,
  type ReplyHandler,
  type RequestKind,
  type RequestOutcome,
  type SideCall,
} from "./messages_api.ts";
export {
  type Cassette,
  cassette,
  type CassetteDraft,
  type CassetteMode,
  type CassetteOptions,
} from "./cassette.ts";
export {
  type AsyncEvents,
  collect,
  type CollectedToolCall,
  type CollectedTurn,
  type SyncEvents,
} from "./collect.ts";
export {
  type ExpectedCost,
  type ExpectedToolCall,
  ExpectedTurn,
  expectTurn,
} from "./expect_turn.ts";
export {
  type SnapshotValue,
  turnSnapshot,
  type TurnSnapshotOptions,
} from "./turn_snapshot.ts";
export { recordedScenario } from "./recorded_scenario.ts";
export { type Replay, replay, type ReplayOptions } from "./replay.ts";
export { Scratch } from "./scratch.ts";
export type {
  AnswerFaults,
  ApiErrorStep,
  BackgroundStep,
  BlockStep,
  BrokenStreamStep,
  DeltaOptions,
  During,
  GrandchildStep,
  Heard,
  Ignored,
  Json,
  JsonObject,
  PlainStep,
  ProcessScript,
  PromptScript,
  RedactedThinkingStep,
  RefusalStep,
  RequestStep,
  ResultStep,
  Scenario,
  ScriptedAnswer,
  ScriptedSignal,
  ScriptedToolCall,
  ScriptedUsage,
  SpoilStep,
  Step,
  TextMatch,
  TextStep,
  ThinkingStep,
  ToolCallsStep,
  TurnScript,
  WhenStep,
} from "./scenario.ts";
export type {
  Block,
  FailureReply,
  Fault,
  MessageReply,
  OtherBlock,
  Piece,
  RedactedThinkingBlock,
  Reply,
  ReplyBase,
  ReplyUsage,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from "./script.ts";
