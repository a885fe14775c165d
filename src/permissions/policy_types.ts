/**
 * The shapes of policies. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import type { Decision } from "./decision.ts";

/** What a policy may know besides the call itself. */
export interface PolicyContext {
  /** Aborts when the answer is not wanted any more: the turn ended, or another answer came first. */
  readonly signal: AbortSignal;
  /** Working directory of the session, absolute. A `cd` in a command does not change it. */
  readonly cwd?: string;
  /**
   * Where the CLI is at this call, absolute: a `cd` in a command moves it. Relative
   * paths of the call begin here. Default `cwd`.
   */
  readonly callCwd?: string;
}

/** A decision, or `undefined` to leave it to somebody else. */
export type PolicyAnswer = Decision | undefined;

/**
 * Decides on tool calls: on **every** one, also those that the CLI would not ask
 * about, those of subagents, and in every permission mode.
 *
 * `undefined` leaves a call undecided. The CLI's own rules and settings then hold, as
 * without a policy; what they would ask about becomes a `PermissionRequest` event, or
 * is denied where nobody reads events.
 *
 * A policy that throws, or gives something that is no decision, denies.
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
   * Says who decides on a call, and why, for `session.explainPermission()`. Without it
   * `decide` is called for that.
   */
  explain?(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation | Promise<PermissionExplanation>;
  /** The CLI is started with `--dangerously-skip-permissions`: see {@linkcode allowAll}. */
  readonly bypass?: boolean;
  /**
   * Names of the tools that its rules are about, or patterns for names, as they were
   * written. A session compares them with the tools that the CLI has.
   */
  readonly toolNames?: readonly string[];
}

/** A {@linkcode Policy} that decides at once, as a blocking session needs it. */
export interface SyncPolicy extends Policy {
  /** Decides on one call. */
  decide(request: ToolRequest, context: PolicyContext): PolicyAnswer;
  /** Says who decides on a call, and why. */
  explain?(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation;
}

/** Who decides on a call, and why: what `session.explainPermission()` gives. */
export interface PermissionExplanation {
  /** What becomes of the call. `undefined`: the CLI's own rules decide. */
  readonly decision: Decision | undefined;
  /** Names of the policies, from the outermost to the one that decided. */
  readonly by: readonly string[];
  /** The rule or the entry that decided, as it was written. */
  readonly rule?: string;
  /** Why, as a sentence. */
  readonly reason: string;
}
