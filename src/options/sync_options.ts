/**
 * Options of a blocking session.
 *
 * @module
 */

import type { Elicitation, UserDialog } from "../events/dialogs.ts";
import type { HookAnswer } from "../hooks/answers.ts";
import type { HookEvent, HookInputs } from "../hooks/inputs.ts";
import type {
  Hook,
  HookCall,
  UnknownHook,
  UnknownHookAnswer,
} from "../hooks/options.ts";
import type { HookInputBase } from "../hooks/input.ts";
import type { SessionOptions } from "./session_options.ts";
import type { SpawnSpec } from "./transport.ts";
import type { Decision } from "../permissions/decision.ts";
import type { SyncPolicy } from "../permissions/policy_types.ts";
import type { DialogAnswer, ElicitationAnswer } from "../questions/answers.ts";
import type {
  PlanRequest,
  UserAnswers,
  UserQuestions,
} from "../questions/asking_tools.ts";
import type { QuestionContext } from "../questions/options.ts";
import type { SyncMcpServer } from "../tools/mcp_servers.ts";
import type { SyncTool } from "../tools/tool.ts";

/** Returns an answer at once, or `undefined` to leave the question open. */
export type SyncAnswers<Q, A> = (
  question: Q,
  context: QuestionContext,
) => A | undefined;

/** One hook that answers at once. */
export interface SyncHook<E extends HookEvent> extends Omit<Hook<E>, "run"> {
  /** Returns the answer. `undefined` leaves the decision open. */
  run(input: HookInputs[E], call: HookCall): HookAnswer<E>;
}

/** One hook of an event that this version does not know, which answers at once. */
export interface UnknownSyncHook extends Omit<UnknownHook, "run"> {
  /** As in {@linkcode UnknownHook}. */
  run(input: HookInputBase<string>, call: HookCall): UnknownHookAnswer;
}

/** Hooks of the events that this version knows. */
export type KnownSyncHooks = {
  readonly [E in HookEvent]?: readonly SyncHook<E>[];
};

/** Hooks by the event that calls them, as in {@linkcode HookOptions}. */
export interface SyncHookOptions extends KnownSyncHooks {
  /** An event of a newer CLI. */
  readonly [event: string]: readonly UnknownSyncHook[] | undefined;
}

/**
 * Options of a blocking session: those of an async one, with functions that answer at
 * once. They run on the caller's thread, while it waits. `Context` is the type of
 * `toolContext`, if tools want one.
 */
export interface SyncSessionOptions<Context = unknown> extends
  Omit<
    SessionOptions<Context>,
    | "policy"
    | "hooks"
    | "onQuestion"
    | "onPlan"
    | "onElicitation"
    | "onDialog"
    | "tools"
    | "mcpServers"
    | "spawn"
    | "transport"
    | "sessionStore"
  > {
  /**
   * Answers the CLI's questions whether a tool may run. Without one the CLI's own
   * rules and settings decide, and what they would ask about the CLI denies.
   */
  readonly policy?: SyncPolicy;
  /** Functions that the CLI calls when something happens, by the event. */
  readonly hooks?: SyncHookOptions;
  /** Answers what the model asks a person with the tool `AskUserQuestion`. */
  readonly onQuestion?: SyncAnswers<UserQuestions, UserAnswers>;
  /** Approves or denies a plan (the tool `ExitPlanMode`). */
  readonly onPlan?: SyncAnswers<PlanRequest, Decision>;
  /** Answers what an MCP server asks a person. */
  readonly onElicitation?: SyncAnswers<Elicitation, ElicitationAnswer>;
  /** Shows the CLI's own dialogs, of the kinds in `dialogKinds`. */
  readonly onDialog?: SyncAnswers<UserDialog, DialogAnswer>;
  /**
   * Changes what is started: to run it in a container, on another machine, as another
   * user. Called on this thread, while it waits for the start.
   */
  readonly spawn?: (spec: SpawnSpec) => SpawnSpec;
  /**
   * Functions of this process that the model can call, as `mcp__tools__<name>`. Calls run
   * one after the other.
   */
  readonly tools?: readonly SyncTool<never, Context>[];
  /**
   * MCP servers by name: of other processes, on the network, or in this process
   * (`createMcpServer`).
   */
  readonly mcpServers?: Readonly<Record<string, SyncMcpServer<Context>>>;
}
