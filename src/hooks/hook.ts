import type { WireObject } from "../messages/_define.ts";
import type {
  HookAllow,
  HookAsk,
  HookAsync,
  HookBlock,
  HookContext,
  HookDeny,
  HookStop,
} from "./answers.ts";

/** Makes the answers of hooks. */
export interface HookAnswers {
  /**
   * Yes, for `PreToolUse`, `PreSkillShellCommand`, `PermissionRequest` and
   * `PreModelSwitch`. After `PreToolUse` nobody is asked any more; deny rules of the
   * settings, another hook's no and the session's policy still hold. The policy decides
   * on what `input` makes of the call.
   */
  allow(options?: {
    readonly input?: WireObject;
    readonly reason?: string;
    readonly context?: string;
  }): HookAllow;
  /** No, at the same events. The model reads why. */
  deny(reason: string): HookDeny;
  /** Have a person asked, for `PreToolUse` and `PreModelSwitch`, also where nobody would be. */
  ask(reason?: string): HookAsk;
  /**
   * An objection. What it does differs:
   *
   * - `PreToolUse`, `PreSkillShellCommand`: the tool is not called, the command does not
   *   run, as with `deny`.
   * - `UserPromptSubmit`, `UserPromptExpansion`: the prompt is not sent; the turn
   *   ends at once, and not as an error.
   * - `Stop`, `SubagentStop`: the agent does not stop but goes on, with the reason to
   *   read. `stopHookActive` is set the next time: without looking at it the agent
   *   goes on for ever.
   * - `PostToolUse`, `PostToolUseFailure`: it has happened; the model reads the reason.
   * - `PostToolBatch`: the turn ends, with `terminalReason: "hook_stopped"`.
   * - `PreCompact`, `ConfigChange`: does not happen.
   */
  block(reason: string): HookBlock;
  /** Something for the model to read, at the events of `ContextEvent`. After `Stop` it goes on because of it. */
  context(text: string): HookContext;
  /**
   * Ends the turn after what the event is about. It stops nothing else: after a
   * `PreToolUse` hook **the tool still runs**. Against that use `deny`, or both in the
   * CLI's own words: `{ continue: false, hookSpecificOutput: { permissionDecision:
   * "deny" } }`.
   */
  stop(reason?: string): HookStop;
  /**
   * No opinion: the CLI goes on at once, and so may the hook. What it does later is
   * not heard.
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
  block: (reason) => ({ kind: "block", reason }),
  context: (text) => ({ kind: "context", text }),
  stop: (reason) => ({
    kind: "stop",
    ...reason === undefined ? {} : { reason },
  }),
  async: (options = {}) => ({ kind: "async", ...options }),
};
