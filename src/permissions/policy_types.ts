/**
 * The shapes of policies. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import type { PolicyDecision } from "./decision.ts";

/** What a policy knows besides the call itself. */
export interface PolicyContext {
  /** Aborts when the answer is no longer needed: the turn ended, or another answer came first. */
  readonly signal: AbortSignal;
  /** Working directory of the session, absolute. A `cd` in a command does not change it. */
  readonly cwd?: string;
  /**
   * Current directory of the CLI at this call, absolute; a `cd` in a command changes it. Relative
   * paths of the call are resolved against it. Default `cwd`.
   */
  readonly callCwd?: string;
}

/** A decision, or `undefined` to leave the call undecided. */
export type PolicyAnswer = PolicyDecision | undefined;

/**
 * Decides on tool calls: on **every** call, including those that the CLI would not ask about and
 * those of subagents, in every permission mode.
 *
 * `undefined` leaves a call undecided. The CLI's own rules and settings then apply, as without a
 * policy; a call that they would ask about becomes a `PermissionRequest` event, or is denied if the
 * program does not read events.
 *
 * A policy that throws, or returns something other than a decision, denies.
 */
export interface Policy {
  /** Its name in messages, such as `allowList`. */
  readonly name: string;
  /** Decides on one call. */
  decide(
    request: ToolRequest,
    context: PolicyContext,
  ): PolicyAnswer | Promise<PolicyAnswer>;
  /**
   * Explains who decides on a call, and why, for `session.explainPermission()`. Without it `decide`
   * is called instead.
   */
  explain?(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation | Promise<PermissionExplanation>;
  /** Whether the CLI is started with `--dangerously-skip-permissions`: see {@linkcode allowAll}. */
  readonly bypass?: boolean;
  /**
   * Names of the tools in its rules, or patterns for names, as written. A session compares them
   * with the tools of the CLI.
   */
  readonly toolNames?: readonly string[];
  /**
   * Ids of the deferred calls that it decides on: see {@linkcode decided}. The session fails if the
   * CLI does not continue with one of them.
   */
  readonly decides?: readonly string[];
}

/** A {@linkcode Policy} that decides synchronously, as a blocking session requires. */
export interface SyncPolicy extends Policy {
  /** Decides on one call. */
  decide(request: ToolRequest, context: PolicyContext): PolicyAnswer;
  /** Explains who decides on a call, and why. */
  explain?(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation;
}

/** Who decides on a call, and why: the result of `session.explainPermission()`. */
export interface PermissionExplanation {
  /** Decision on the call. `undefined`: the CLI's own rules decide. */
  readonly decision: PolicyDecision | undefined;
  /** Names of the policies, from the outermost to the one that decided. */
  readonly by: readonly string[];
  /** The rule or entry that decided, as written. */
  readonly rule?: string;
  /** Reason, as a sentence. */
  readonly reason: string;
}
