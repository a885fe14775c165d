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

export {
  type Answer,
  type AskOptions,
  AsyncSession,
  type ContentBlock,
  type PromptContent,
  type SendOptions,
  type SessionState,
} from "./src/session.ts";
export { type InterruptReceipt, Turn } from "./src/turn.ts";
export type { PushedMessage } from "./src/pushed.ts";
export type { PushOptions } from "./src/protocol/output.ts";
export type { MessageState } from "./src/protocol/turns.ts";
export { printPrompt } from "./src/one_shot.ts";
export type { SessionEventMap } from "./src/broadcast.ts";
export type { SessionUsage } from "./src/protocol/facts.ts";
export type {
  Effort,
  Limits,
  PermissionMode,
  SessionOptions,
} from "./src/options.ts";

export {
  allow,
  type AllowDecision,
  type Decision,
  deny,
  type DenyDecision,
} from "./src/permissions/decision.ts";
export {
  allowAll,
  allowBuiltins,
  allowList,
  callback,
  denyAll,
  type Policy,
  type PolicyAnswer,
  type PolicyContext,
  type SyncPolicy,
} from "./src/permissions/policy.ts";

export {
  ClaudeNotFoundError,
  ClaudeStreamError,
  ConfigError,
  ControlError,
  DeadlineError,
  type ErrorCode,
  type ErrorDetails,
  ProcessExitError,
  ProtocolError,
  StartupError,
  type StartupReason,
  StateError,
  TurnError,
} from "./src/errors.ts";

export type {
  AccountInfo,
  AgentInfo,
  CommandInfo,
  InitializeInfo,
  ModelInfo,
} from "./src/control/initialize.ts";

export * from "./events.ts";
