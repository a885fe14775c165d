/**
 * What a hook can answer, how `hook` makes it, and how it is written for each event. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { finiteMs, isTimeLimit, TIME_EXPECTED } from "../util/limits.ts";
import type { HookEvent } from "./inputs.ts";
import { type CheckedOutput, checkOutput, type HookOutput } from "./outputs.ts";

/** Events that a hook decides on with yes and no. */
export type DecidingEvent =
  | "PreToolUse"
  | "PreSkillShellCommand"
  | "PermissionRequest"
  | "PreModelSwitch";

/** Events of which a hook can have a person asked. */
export type AskingEvent = "PreToolUse" | "PreModelSwitch";

/** Events that a hook can stop, or object to. */
export type BlockingEvent =
  | "PreToolUse"
  | "PreSkillShellCommand"
  | "PostToolUse"
  | "PostToolUseFailure"
  | "PostToolBatch"
  | "UserPromptSubmit"
  | "UserPromptExpansion"
  | "Stop"
  | "SubagentStop"
  | "PreCompact"
  | "ConfigChange";

/** Events whose hooks can add something for the model to read. */
export type ContextEvent =
  | "PreToolUse"
  | "PostToolUse"
  | "PostToolUseFailure"
  | "PostToolBatch"
  | "Notification"
  | "UserPromptSubmit"
  | "UserPromptExpansion"
  | "SessionStart"
  | "Setup"
  | "Stop"
  | "SubagentStart"
  | "SubagentStop"
  | "PostModelSwitch";

/** Yes. Made by `hook.allow()`, for {@linkcode DecidingEvent}. */
export interface HookAllow {
  /** `"allow"` */
  readonly kind: "allow";
  /** Calls the tool with this instead. Only for `PreToolUse` and `PermissionRequest`. */
  readonly input?: WireObject;
  /** Why. Not for `PermissionRequest`. */
  readonly reason?: string;
  /** For the model to read. Only for `PreToolUse`. */
  readonly context?: string;
}

/** No. Made by `hook.deny()`, for {@linkcode DecidingEvent}. */
export interface HookDeny {
  /** `"deny"` */
  readonly kind: "deny";
  /** Why; the model reads it. */
  readonly reason: string;
}

/** Ask a person. Made by `hook.ask()`, for {@linkcode AskingEvent}. */
export interface HookAsk {
  /** `"ask"` */
  readonly kind: "ask";
  /** Why; the person who is asked reads it. */
  readonly reason?: string;
}

/** Leave the call to a later process. Made by `hook.defer()`, for `PreToolUse`. */
export interface HookDefer {
  /** `"defer"` */
  readonly kind: "defer";
}

/** An objection. Made by `hook.block()`, for {@linkcode BlockingEvent}. */
export interface HookBlock {
  /** `"block"` */
  readonly kind: "block";
  /** Why. */
  readonly reason: string;
}

/** Something for the model to read. Made by `hook.context()`, for {@linkcode ContextEvent}. */
export interface HookContext {
  /** `"context"` */
  readonly kind: "context";
  /** The text. */
  readonly text: string;
}

/** The end of the turn. Made by `hook.stop()`, for every event. */
export interface HookStop {
  /** `"stop"` */
  readonly kind: "stop";
  /** Why; people read it. */
  readonly reason?: string;
}

/** No opinion; the CLI does not wait. Made by `hook.async()`, for every event. */
export interface HookAsync {
  /** `"async"` */
  readonly kind: "async";
  /** Time limit, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A value of one of the functions of `hook`. */
export type HookHelper =
  | HookAllow
  | HookDeny
  | HookAsk
  | HookDefer
  | HookBlock
  | HookContext
  | HookStop
  | HookAsync;

/**
 * What a hook of an event can answer: a value of `hook` that applies to the event,
 * an object in the CLI's format, or nothing, which leaves the decision open.
 */
export type HookAnswer<E extends HookEvent = HookEvent> =
  | void
  | undefined
  | HookStop
  | HookAsync
  | (E extends DecidingEvent ? HookAllow | HookDeny : never)
  | (E extends AskingEvent ? HookAsk : never)
  | (E extends "PreToolUse" ? HookDefer : never)
  | (E extends BlockingEvent ? HookBlock : never)
  | (E extends ContextEvent ? HookContext : never)
  | HookOutput<E>;

const ASKING: Readonly<Record<AskingEvent, true>> = {
  PreToolUse: true,
  PreModelSwitch: true,
};

const BLOCKING: Readonly<Record<BlockingEvent, true>> = {
  PreToolUse: true,
  PreSkillShellCommand: true,
  PostToolUse: true,
  PostToolUseFailure: true,
  PostToolBatch: true,
  UserPromptSubmit: true,
  UserPromptExpansion: true,
  Stop: true,
  SubagentStop: true,
  PreCompact: true,
  ConfigChange: true,
};

const CONTEXT: Readonly<Record<ContextEvent, true>> = {
  PreToolUse: true,
  PostToolUse: true,
  PostToolUseFailure: true,
  PostToolBatch: true,
  Notification: true,
  UserPromptSubmit: true,
  UserPromptExpansion: true,
  SessionStart: true,
  Setup: true,
  Stop: true,
  SubagentStart: true,
  SubagentStop: true,
  PostModelSwitch: true,
};

function specific(fields: WireObject): WireObject {
  return { hookSpecificOutput: fields };
}

/** Returns the fields that are not `undefined`. */
function defined(fields: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
}

function decision(
  event: string,
  permissionDecision: string,
  permissionDecisionReason: string | undefined,
  rest: WireObject = {},
): WireObject | undefined {
  return event === "PreToolUse" || event === "PreSkillShellCommand" ||
      event === "PreModelSwitch"
    ? specific(
      defined({ permissionDecision, permissionDecisionReason, ...rest }),
    )
    : undefined;
}

/** The value of a helper in the words of the CLI; `undefined` if the event takes no such answer. */
function written(event: string, answer: HookHelper): WireObject | undefined {
  switch (answer.kind) {
    case "allow": {
      const { input: updatedInput, reason, context } = answer;
      if (event !== "PermissionRequest") {
        return decision(event, "allow", reason, {
          updatedInput,
          additionalContext: context,
        });
      }
      return specific({
        decision: defined({ behavior: "allow", updatedInput }),
      });
    }
    case "deny":
      return event === "PermissionRequest"
        ? specific({ decision: { behavior: "deny", message: answer.reason } })
        : decision(event, "deny", answer.reason);
    case "ask":
      return Object.hasOwn(ASKING, event)
        ? decision(event, "ask", answer.reason)
        : undefined;
    case "defer":
      return event === "PreToolUse"
        ? decision(event, "defer", undefined)
        : undefined;
    case "block":
      return Object.hasOwn(BLOCKING, event)
        ? { decision: "block", reason: answer.reason }
        : undefined;
    case "context":
      return Object.hasOwn(CONTEXT, event)
        ? specific({ additionalContext: answer.text })
        : undefined;
    case "stop":
      return defined({ continue: false, stopReason: answer.reason });
    default:
      return undefined;
  }
}

const KINDS: ReadonlySet<unknown> = new Set<HookHelper["kind"]>([
  "allow",
  "deny",
  "ask",
  "defer",
  "block",
  "context",
  "stop",
  "async",
]);

function isHelper(answer: unknown): answer is HookHelper {
  return typeof answer === "object" && answer !== null && "kind" in answer &&
    KINDS.has(answer.kind);
}

/** What an answer is not without. */
const TEXTS: Readonly<Partial<Record<HookHelper["kind"], string>>> = {
  deny: "reason",
  block: "reason",
  context: "text",
};

/** What goes to the CLI for the answer of a hook, or why nothing can. */
export function readAnswer(event: string, answer: unknown): CheckedOutput {
  if (answer === undefined) return { output: {} };
  if (!isHelper(answer)) return checkOutput(event, answer);
  if (answer.kind === "async") {
    const { timeoutMs } = answer;
    // Infinity is null in JSON.
    if (timeoutMs === undefined) return { output: { async: true } };
    return isTimeLimit(timeoutMs)
      ? { output: { async: true, asyncTimeout: finiteMs(timeoutMs) } }
      : { issue: `expected timeoutMs to be ${TIME_EXPECTED}` };
  }
  const text = TEXTS[answer.kind];
  if (text !== undefined && typeof Reflect.get(answer, text) !== "string") {
    return {
      issue: `expected "${text}" of hook.${answer.kind}() to be a text`,
    };
  }
  const output = written(event, answer);
  return output === undefined
    ? { issue: `hook.${answer.kind}() does not apply to "${event}"` }
    : checkOutput(event, output);
}

/** Makes the answers of hooks. */
export interface HookAnswers {
  /**
   * Yes, for `PreToolUse`, `PreSkillShellCommand`, `PermissionRequest` and
   * `PreModelSwitch`. After `PreToolUse` no one else is asked; deny rules of the
   * settings, another hook's no and the session's policy still apply. The policy decides
   * on the call with `input`.
   */
  allow(options?: {
    readonly input?: WireObject;
    readonly reason?: string;
    readonly context?: string;
  }): HookAllow;
  /** No, at the same events. The model reads why. */
  deny(reason: string): HookDeny;
  /** Have a person asked, for `PreToolUse` and `PreModelSwitch`, even if no one would be asked otherwise. */
  ask(reason?: string): HookAsk;
  /** Leave the call to a later process, for `PreToolUse`: see the function `defer`, for policies. */
  defer(): HookDefer;
  /**
   * An objection. Its effect depends on the event:
   *
   * - `PreToolUse`, `PreSkillShellCommand`: the tool is not called, the command does not
   *   run, as with `deny`.
   * - `UserPromptSubmit`, `UserPromptExpansion`: the prompt is not sent; the turn
   *   ends at once, and not as an error.
   * - `Stop`, `SubagentStop`: the agent does not stop but continues, with the reason to
   *   read. `stopHookActive` is set the next time: a hook that ignores it makes the agent
   *   continue without end.
   * - `PostToolUse`, `PostToolUseFailure`: the call has happened; the model reads the
   *   reason.
   * - `PostToolBatch`: the turn ends, with `terminalReason: "hook_stopped"`.
   * - `PreCompact`, `ConfigChange`: it does not happen.
   */
  block(reason: string): HookBlock;
  /** Something for the model to read, at the events of `ContextEvent`. After `Stop` it makes the agent continue. */
  context(text: string): HookContext;
  /**
   * Ends the turn after what the event is about. It stops nothing else: after a
   * `PreToolUse` hook **the tool still runs**. Against that use `deny`, or both in the
   * CLI's own words: `{ continue: false, hookSpecificOutput: { permissionDecision:
   * "deny" } }`.
   */
  stop(reason?: string): HookStop;
  /**
   * No opinion: the CLI continues at once, and the hook may continue too. What it does
   * later has no effect.
   */
  async(options?: { readonly timeoutMs?: number }): HookAsync;
}

/**
 * Makes the answers of hooks. Which apply to an event the types say; one that does
 * not is an error before anything is written.
 *
 * @example
 * ```ts
 * import { AsyncSession, hook } from "@claudestream/core";
 *
 * async function careful(): Promise<void> {
 *   await using session = new AsyncSession({
 *     hooks: {
 *       PreToolUse: [{
 *         matcher: "Bash",
 *         run: ({ toolInput }) =>
 *           `${toolInput.command}`.includes("rm ")
 *             ? hook.deny("Nothing is to be removed")
 *             : undefined,
 *       }],
 *       UserPromptSubmit: [{ run: () => hook.context("It is Monday") }],
 *     },
 *   });
 *   await session.ask("tidy up");
 * }
 * ```
 */
export const hook: HookAnswers = {
  allow: (options = {}) => ({ kind: "allow", ...options }),
  deny: (reason) => ({ kind: "deny", reason }),
  ask: (reason) => ({
    kind: "ask",
    ...reason === undefined ? {} : { reason },
  }),
  defer: () => ({ kind: "defer" }),
  block: (reason) => ({ kind: "block", reason }),
  context: (text) => ({ kind: "context", text }),
  stop: (reason) => ({
    kind: "stop",
    ...reason === undefined ? {} : { reason },
  }),
  async: (options = {}) => ({ kind: "async", ...options }),
};
