/**
 * Holds a policy over every tool call. Pure.
 *
 * A policy is asked in a `PreToolUse` hook, which the CLI runs before each call: also
 * before those that it would not ask about, those of subagents, and in every
 * permission mode. On what it leaves undecided the hook has no opinion: the CLI's own
 * rules go on, and where they ask, the policy is not asked a second time.
 *
 * Seen with CLI 2.1.330: a hook's denial holds in mode `bypassPermissions`, against
 * `--allowedTools` and with `disableAllHooks`; its "ask" leads to `can_use_tool` in modes
 * `bypassPermissions` and `dontAsk` too; its "allow" skips `can_use_tool` but yields to
 * the deny rules of the settings, and does not answer `AskUserQuestion`. Only `--bare`
 * and `CLAUDE_CODE_SIMPLE` turn it off: see {@linkcode PolicyGate.wasPassedBy}.
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import type { ToolRequest } from "../events/permission_request.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { toolKind } from "../tools/builtin_tools.ts";
import type { Decision } from "./decision.ts";
import { decide } from "./decide.ts";
import { byExplaining, type PermissionExplanation, then } from "./explain.ts";
import { type Policy, type PolicyContext, policyRequest } from "./policy.ts";

/** The tool by which a model gives an answer of a schema. */
const ANSWER_TOOL = "StructuredOutput";

/** What a policy said; a promise only where it takes time. */
export type Verdict = Decision | undefined | Promise<Decision | undefined>;

/** Asks a policy once for each call, in the hook or, without one, at the question. */
export class PolicyGate {
  readonly #policy: Policy;
  readonly #asksForOutput: boolean;
  /** What the hook heard, for the question that may follow, by the call's id. */
  readonly #heard = new Map<
    string,
    { readonly decision: Decision | undefined; readonly input: string }
  >();
  /** Where the session began: a `cd` in a command must not move what a policy opens. */
  #cwd: string | undefined;
  #hookWorks = false;

  /** @param asksForOutput Whether the CLI was given a schema for answers. */
  constructor(policy: Policy, asksForOutput: boolean) {
    this.#policy = policy;
    this.#asksForOutput = asksForOutput;
  }

  /**
   * Whether a call is no call but an answer of the schema that this session asked for.
   * It does nothing, so no policy decides on it.
   */
  isAnswer(input: WireObject): boolean {
    this.#hookWorks = true;
    return this.#asksForOutput && input.tool_name === ANSWER_TOOL;
  }

  /** What the policy says of a call that is about to run, by the input of its hook. */
  beforeCall(input: WireObject, context: PolicyContext): Verdict {
    this.#hookWorks = true;
    const request = requestOf(input);
    const callCwd = typeof input.cwd === "string" ? input.cwd : undefined;
    const verdict = decide(
      this.#policy,
      policyRequest(request),
      this.#placed(context, callCwd),
    );
    return then(verdict, (decision) => {
      // Without an id nobody could tell whose decision it was.
      if (request.toolUseId !== "") {
        const { toolUseId } = request;
        this.#heard.set(toolUseId, { decision, input: keyOf(request) });
      }
      return decision;
    });
  }

  #placed(context: PolicyContext, callCwd: string | undefined): PolicyContext {
    this.#cwd ??= context.cwd ?? callCwd;
    return {
      ...context,
      ...this.#cwd === undefined ? {} : { cwd: this.#cwd },
      ...callCwd === undefined ? {} : { callCwd },
    };
  }

  /** What the policy says of a call that the CLI asks about. */
  atQuestion(request: ToolRequest, context: PolicyContext): Verdict {
    const heard = this.#heard.get(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    // Another hook may have changed the input since: that is another call.
    if (heard !== undefined && heard.input === keyOf(request)) {
      return heard.decision;
    }
    return decide(
      this.#policy,
      policyRequest(request),
      this.#placed(context, undefined),
    );
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(
    request: ToolRequest,
    context: PolicyContext,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    const cwd = this.#cwd ?? context.cwd;
    return byExplaining(
      this.#policy,
      policyRequest(request),
      cwd === undefined ? context : { ...context, cwd },
    );
  }

  /**
   * Whether a tool ran and the hook was never called: the CLI runs without hooks, so
   * the policy holds nothing. An error may be the tool's own refusal of its input,
   * which comes before the hook. What the API runs itself, such as its web search, never
   * comes to a hook.
   */
  wasPassedBy(events: readonly ClaudeEvent[]): boolean {
    return !this.#hookWorks &&
      events.some((event) =>
        event.type === "tool_result" && !event.isError && !event.server &&
        event.toolName !== undefined
      );
  }

  /** Forgets what was heard: no question about it can follow any more. */
  forget(): void {
    this.#heard.clear();
  }
}

function keyOf({ toolName, input }: ToolRequest): string {
  return JSON.stringify([toolName, input]);
}

/** The call that a `PreToolUse` hook is about. */
export function requestOf(input: WireObject): ToolRequest {
  const agentId = input.agent_id;
  const toolName = textOf(input.tool_name);
  return {
    toolName,
    kind: toolKind(toolName),
    input: isWireObject(input.tool_input) ? input.tool_input : {},
    toolUseId: textOf(input.tool_use_id),
    ...typeof agentId === "string" ? { agentId } : {},
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Why a session with a policy cannot go on: see {@linkcode PolicyGate.wasPassedBy}. */
export function hooksAreOff(): StartupError {
  return new StartupError(
    "hooks_off",
    "Cannot hold the policy: the CLI ran a tool without calling the policy's hook",
    {
      hint:
        'Look for "CLAUDE_CODE_SIMPLE" in the settings files of the CLI: it turns all hooks off',
    },
  );
}

/**
 * The answer of the hook: yes, no, "ask", which brings the question, or no opinion.
 *
 * @param canAsk Whether the CLI asks at all: where it does not, it denies what it would
 * ask about, and there is no question whose answer could have it remember.
 */
export function hookReply(
  decision: Decision | undefined,
  canAsk = true,
): WireObject {
  const said = decision === undefined
    ? undefined
    : hookDecision(decision, canAsk);
  return said === undefined
    ? {}
    : { hookSpecificOutput: { hookEventName: "PreToolUse", ...said } };
}

function hookDecision(
  decision: Decision,
  canAsk: boolean,
): WireObject | undefined {
  if (decision.behavior === "deny") {
    // Only the answer to a question can end the turn as well.
    return decision.interrupt === true ? { permissionDecision: "ask" } : {
      permissionDecision: "deny",
      permissionDecisionReason: decision.message,
    };
  }
  if (decision.remember !== undefined && canAsk) {
    // Only the answer to a question can change the rules, and only a question that the
    // CLI comes to by itself brings rules to take over. With another input it must not
    // come to run the call by itself.
    return decision.input === undefined
      ? undefined
      : { permissionDecision: "ask" };
  }
  return {
    permissionDecision: "allow",
    ...decision.input === undefined ? {} : { updatedInput: decision.input },
  };
}
