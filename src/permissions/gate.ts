/**
 * Applies a policy to every tool call. Pure.
 *
 * A policy is asked in a `PreToolUse` hook, which the CLI runs before each call, including calls
 * that it would not ask about and calls of subagents, and in every permission mode. If the policy
 * leaves a call undecided, the hook answers without a decision: the CLI's own rules apply, and if
 * they ask, the policy is not asked again.
 *
 * Seen with CLI 2.1.330: a hook's denial applies in mode `bypassPermissions`, despite
 * `--allowedTools` and with `disableAllHooks`; its "ask" leads to `can_use_tool` in modes
 * `bypassPermissions` and `dontAsk` too; its "allow" skips `can_use_tool`, but deny rules of the
 * settings override it, and it does not answer `AskUserQuestion`. Only `--bare` and
 * `CLAUDE_CODE_SIMPLE` disable the hook: see {@linkcode PolicyGate.wasPassedBy}.
 *
 * All hooks of a call run at the same time, on the input from the model. If a hook of the settings,
 * a plugin, a skill or an agent changes the input, only `can_use_tool` shows it. So if such hooks
 * may exist, the policy's hook answers "ask", and the policy decides on the input in the question:
 * see {@linkcode PolicyGate.hasForeignHooks}. The input that ran is compared with that again: see
 * {@linkcode PolicyGate.faultOfRun}.
 *
 * @module
 */

import type { ToolResult } from "../events/blocks.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import {
  type Decision,
  deny,
  type DenyDecision,
  type PolicyDecision,
} from "./decision.ts";
import { decide, failureOf } from "./decide.ts";
import type { DenyRules } from "./deny_rules.ts";
import { byExplaining } from "./explain.ts";
import type { PermissionExplanation } from "./policy_types.ts";
import { guarded } from "./guarded.ts";
import { changedInput, isYes } from "./hook_reply.ts";
import { requestOf } from "./hook_request.ts";
import type { Machine } from "./protected_paths.ts";
import type { Policy, PolicyContext } from "./policy_types.ts";
import { isSameCall, type Unheld } from "./unheld.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";

/** The tool that a model calls to give structured output. */
const ANSWER_TOOL = "StructuredOutput";

/** Answer of a policy; a promise only if the policy is asynchronous. */
export type Verdict = Soon<PolicyDecision | undefined>;

/** A policy's answer about a call that can wait no longer. */
type FinalVerdict = Soon<Decision | undefined>;

/** A call that this library did not stop. */
interface Passed {
  /** Whether the call was allowed; otherwise the CLI's own rules decide. */
  readonly isAllowed: boolean;
  /** Input that the call runs with, as far as known. */
  readonly input: WireObject;
  /** Whether it is a call of a subagent, which may outlive the turn. */
  readonly isOfSubagent: boolean;
}

/** Asks a policy once for each call: in the hook or, if no hook ran, at the question. */
export class PolicyGate {
  readonly #policy: Policy;
  readonly #asksForOutput: boolean;
  readonly #failed: (error: unknown) => void;
  /** Decisions made in the hook, kept for the question that may follow, by the call's id. */
  readonly #heard = new Map<
    string,
    {
      readonly decision: PolicyDecision | undefined;
      readonly input: string;
      readonly cwd: unknown;
    }
  >();
  /** Calls that may run now, by their ids. */
  readonly #passed = new Map<string, Passed>();
  /** Calls that were told not to run now, by their ids. */
  readonly #stopped = new Map<string, "denied" | "deferred">();
  /**
   * Initial directory of the session: a `cd` in a command must not change which paths a policy
   * allows.
   */
  #cwd: string | undefined;
  /** Ids of the deferred calls that the policy decides on, and that have not come yet. */
  readonly #awaited: Set<string>;
  #hookWorks = false;
  /** Whether the settings may have hooks; assumed until the CLI has reported the settings. */
  #settingsHaveHooks = true;
  /** Whether a plugin, skill or slash command is in use, whose hooks the CLI does not report. */
  #hasHiddenHooks = false;

  /**
   * @param asksForOutput Whether the CLI was given a schema for answers.
   * @param machine Follows links that may lead to files that the CLI protects.
   * @param denies The rules of `disallowedTools`.
   * @param failed Called with what a policy threw, or what was wrong with its answer.
   */
  constructor(
    policy: Policy,
    asksForOutput: boolean,
    machine?: Machine,
    denies?: DenyRules,
    failed: (error: unknown) => void = () => {},
  ) {
    this.#failed = failed;
    this.#policy = guarded(policy, machine, denies);
    this.#asksForOutput = asksForOutput;
    this.#awaited = new Set(policy.decides);
  }

  /**
   * The deferred calls that the policy decides on, though the CLI did not continue with them. It
   * does so before the first turn; afterwards the answer is empty.
   */
  takeMissing(): readonly string[] {
    const missing = [...this.#awaited];
    this.#awaited.clear();
    return missing;
  }

  /**
   * Whether a call is really the structured output that this session asked for. It has no effect,
   * so no policy decides on it.
   */
  isAnswer(input: WireObject): boolean {
    this.#hookWorks = true;
    return this.#asksForOutput && input.tool_name === ANSWER_TOOL;
  }

  /**
   * Asks the policy about a call that is about to run, from the input of its hook.
   *
   * @param made The call's input as changed by the caller's own hooks.
   */
  beforeCall(
    input: WireObject,
    context: PolicyContext,
    made?: WireObject,
  ): Verdict {
    this.#hookWorks = true;
    const request = {
      ...requestOf(input),
      ...made === undefined ? {} : { input: made },
    };
    this.#awaited.delete(request.toolUseId);
    if (request.toolName === "Skill") this.#hasHiddenHooks = true;
    const verdict = this.#decide(request, context, input.cwd);
    return whenKnown(verdict, (decision) => {
      // Without an id the decision could not be matched to its call.
      if (request.toolUseId !== "") {
        const { toolUseId } = request;
        this.#heard.set(toolUseId, {
          decision,
          input: keyOf(request),
          cwd: input.cwd,
        });
      }
      return decision;
    });
  }

  #decide(
    request: ToolRequest,
    context: PolicyContext,
    cwd: unknown,
  ): Verdict {
    const callCwd = typeof cwd === "string" ? cwd : undefined;
    const verdict = decide(
      this.#policy,
      request,
      this.#placed(context, callCwd),
    );
    return whenKnown(verdict, (decision) => {
      const failure = failureOf(decision);
      if (failure !== undefined) this.#failed(failure.error);
      return decision;
    });
  }

  /** Returns the context with the initial directory of the session. */
  placed(context: PolicyContext): PolicyContext {
    return this.#placed(context, undefined);
  }

  #placed(context: PolicyContext, callCwd: string | undefined): PolicyContext {
    this.#cwd ??= context.cwd ?? callCwd;
    return {
      ...context,
      ...this.#cwd === undefined ? {} : { cwd: this.#cwd },
      ...callCwd === undefined ? {} : { callCwd },
    };
  }

  /** Asks the policy about a call that the CLI asks about. */
  atQuestion(request: ToolRequest, context: PolicyContext): FinalVerdict {
    const heard = this.#heard.get(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    // Another hook may have changed the input in the meantime; that makes it a different call.
    if (heard !== undefined && heard.input === keyOf(request)) {
      return withoutDeferral(heard.decision);
    }
    return this.#final(request, context, heard?.cwd);
  }

  /** Asks the policy about a call that a caller's hook changed. */
  ofChanged(
    input: WireObject,
    changed: WireObject,
    context: PolicyContext,
  ): FinalVerdict {
    return this.#final(
      { ...requestOf(input), input: changed },
      context,
      input.cwd,
    );
  }

  /** Asks the policy about a call whose input was changed in the answer to its question. */
  ofAnswered(
    request: ToolRequest,
    input: WireObject,
    context: PolicyContext,
  ): FinalVerdict {
    return this.#final({ ...request, input }, context, undefined);
  }

  #final(
    request: ToolRequest,
    context: PolicyContext,
    cwd: unknown,
  ): FinalVerdict {
    return whenKnown(this.#decide(request, context, cwd), withoutDeferral);
  }

  /**
   * Returns the policy's denial of a call whose question was not answered; `undefined` if there is
   * none.
   */
  heardDenial(toolUseId: string): DenyDecision | undefined {
    const decision = this.#heard.get(toolUseId)?.decision;
    return decision?.behavior === "deny" ? decision : undefined;
  }

  /** Whether the policy's hook was asked about a call whose end has not been reported yet. */
  hasHeard(toolUseId: string): boolean {
    return this.#heard.has(toolUseId) || this.#passed.has(toolUseId);
  }

  /**
   * Whether hooks outside this program may change the input of a call: hooks of the settings, of a
   * plugin, of a loaded skill or slash command, or of the calling agent, be it a subagent or the
   * agent that the session itself runs as.
   */
  hasForeignHooks({ agent_id, agent_type }: WireObject): boolean {
    return this.#settingsHaveHooks || this.#hasHiddenHooks ||
      agent_id !== undefined || agent_type !== undefined;
  }

  /** Notes that a prompt was a slash command, which may have registered hooks. */
  expandedPrompt(): void {
    this.#hasHiddenHooks = true;
  }

  /**
   * Takes the settings as reported by the CLI; `undefined` if it did not report them or they have
   * changed.
   */
  learnSettings(effective: unknown): void {
    const hooks = isWireObject(effective) ? effective.hooks ?? {} : undefined;
    this.#settingsHaveHooks = !isWireObject(hooks) ||
      CHANGING_EVENTS.some((event) => hooks[event] !== undefined);
  }

  /** Notes that a turn starts. */
  began({ plugins = [] }: SystemInit): void {
    // Plugins that are built into the CLI have no hooks of a user.
    if (plugins.some(({ path }) => path !== "builtin")) {
      this.#hasHiddenHooks = true;
    }
  }

  /**
   * Records what is sent to the CLI about a call: the answer of a hook, or the answer to a
   * question.
   */
  answered(
    { toolUseId, input, agentId }: ToolRequest,
    response: WireObject,
  ): void {
    const isOfSubagent = agentId !== undefined;
    const { behavior, updatedInput, hookSpecificOutput } = response;
    const stop = stopOf(response);
    if (stop !== undefined) {
      this.#passed.delete(toolUseId);
      this.#stopped.set(toolUseId, stop);
    } else if (behavior === "allow") {
      const given = isWireObject(updatedInput) ? updatedInput : input;
      this.#passed.set(toolUseId, {
        isAllowed: true,
        input: given,
        isOfSubagent,
      });
    } else if (hookSpecificOutput === undefined || isYes(response)) {
      this.#passed.set(toolUseId, {
        isAllowed: isYes(response),
        input: changedInput(response) ?? input,
        isOfSubagent,
      });
    }
  }

  /**
   * Returns why a call that has run should not have, judging by the input of the `PostToolUse` hook;
   * `undefined` if it was allowed. The policy is asked again only if the call ran with another
   * input than the one decided on.
   */
  faultOfRun(
    input: WireObject,
    context: PolicyContext,
  ): Soon<Unheld | undefined> {
    const request = requestOf(input);
    const passed = this.#passed.get(request.toolUseId);
    const stopped = this.#stopped.get(request.toolUseId);
    this.#passed.delete(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    if (this.#asksForOutput && request.toolName === ANSWER_TOOL) {
      return undefined;
    }
    if (
      passed !== undefined && isSameCall(passed.input, request, input.cwd)
    ) return undefined;
    const fault = passed !== undefined ? "changed" : stopped ?? "unasked";
    return whenKnown(
      this.#decide(request, context, input.cwd),
      (decision) => {
        const may = decision === undefined
          ? passed?.isAllowed !== true
          : decision.behavior === "allow";
        return may ? undefined : fault;
      },
    );
  }

  /** Explains who decides on a call, and why. Asks only the policy. */
  explain(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    const cwd = this.#cwd ?? context.cwd;
    return byExplaining(
      this.#policy,
      request,
      cwd === undefined ? context : { ...context, cwd },
    );
  }

  /**
   * Whether a tool ran without a call of the hook: then the CLI runs without hooks, and the policy
   * has no effect. Errors do not count, because a tool may reject its input before the hook runs.
   * Tools that the API runs itself, such as its web search, never reach a hook.
   */
  wasPassedBy({ isError, server, toolName }: ToolResult): boolean {
    return !this.#hookWorks && !isError && !server && toolName !== undefined;
  }

  /** Forgets the decisions of the hook, once no question about them can follow. */
  forget(): void {
    this.#heard.clear();
    this.#stopped.clear();
    for (const [id, { isOfSubagent }] of this.#passed) {
      if (!isOfSubagent) this.#passed.delete(id);
    }
  }
}

/** The CLI can leave a call to a later process in the hook only, not at a question. */
function withoutDeferral(
  decision: PolicyDecision | undefined,
): Decision | undefined {
  return decision?.behavior === "defer"
    ? deny(
      "This call needs an approval that takes a while, and the CLI cannot wait for it here: make this call again",
    )
    : decision;
}

/** Whether an answer tells the CLI not to run a call now. */
function stopOf(
  { behavior, hookSpecificOutput }: WireObject,
): "denied" | "deferred" | undefined {
  const said = isWireObject(hookSpecificOutput)
    ? hookSpecificOutput.permissionDecision
    : undefined;
  if (behavior === "deny" || said === "deny") return "denied";
  return said === "defer" ? "deferred" : undefined;
}

/** Events in which a hook can change the input of a tool. */
const CHANGING_EVENTS = ["PreToolUse", "PermissionRequest"] as const;

function keyOf({ toolName, input }: ToolRequest): string {
  return JSON.stringify([toolName, input]);
}
