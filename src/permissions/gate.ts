/**
 * Holds a policy over every tool call. Pure.
 *
 * A policy is asked in a `PreToolUse` hook, which the CLI runs before each call: also
 * before those that it would not ask about, those of subagents, and in every
 * permission mode. On what it leaves undecided the hook has no opinion: the CLI's own
 * rules go on, and where they ask, the policy is not asked a second time.
 *
 * Seen with CLI 2.1.330: a hook's denial holds in mode `bypassPermissions` and against
 * `--allowedTools`; its "ask" leads to `can_use_tool` in modes `bypassPermissions` and
 * `dontAsk` too; its "allow" skips `can_use_tool` but yields to the deny rules of the
 * settings, and does not answer `AskUserQuestion`.
 *
 * @module
 */

import type { ToolRequest } from "../events/permission_request.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { Decision } from "./decision.ts";
import { decide } from "./decide.ts";
import type { Policy, PolicyContext } from "./policy.ts";

/** What a policy said; a promise only where it takes time. */
export type Verdict = Decision | undefined | Promise<Decision | undefined>;

/** Asks a policy once for each call, in the hook or, without one, at the question. */
export class PolicyGate {
  readonly #policy: Policy;
  /** What the hook heard, for the question that may follow, by the call's id. */
  readonly #heard = new Map<string, Decision | undefined>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** What the policy says of a call that is about to run, by the input of its hook. */
  beforeCall(input: WireObject, context: PolicyContext): Verdict {
    const request = requestOf(input);
    const verdict = decide(this.#policy, request, context);
    if (!(verdict instanceof Promise)) return this.#hear(request, verdict);
    return verdict.then((decision) => this.#hear(request, decision));
  }

  #hear(
    request: ToolRequest,
    decision: Decision | undefined,
  ): Decision | undefined {
    this.#heard.set(request.toolUseId, decision);
    return decision;
  }

  /** What the policy says of a call that the CLI asks about. */
  atQuestion(request: ToolRequest, context: PolicyContext): Verdict {
    if (!this.#heard.has(request.toolUseId)) {
      return decide(this.#policy, request, context);
    }
    const decision = this.#heard.get(request.toolUseId);
    this.#heard.delete(request.toolUseId);
    return decision;
  }

  /** Forgets what was heard: no question about it can follow any more. */
  forget(): void {
    this.#heard.clear();
  }
}

function requestOf(input: WireObject): ToolRequest {
  const agentId = input.agent_id;
  return {
    toolName: `${input.tool_name}`,
    input: isWireObject(input.tool_input) ? input.tool_input : {},
    toolUseId: `${input.tool_use_id}`,
    ...typeof agentId === "string" ? { agentId } : {},
  };
}

/** The answer of the hook: yes, no, "ask", which brings the question, or no opinion. */
export function hookReply(decision: Decision | undefined): WireObject {
  return decision === undefined ? {} : {
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      ...hookDecision(decision),
    },
  };
}

function hookDecision(decision: Decision): WireObject {
  if (decision.behavior === "deny") {
    // Only the answer to a question can end the turn as well.
    return decision.interrupt === true ? { permissionDecision: "ask" } : {
      permissionDecision: "deny",
      permissionDecisionReason: decision.message,
    };
  }
  // Only the answer to a question can change the rules.
  if (decision.remember !== undefined) return { permissionDecision: "ask" };
  return {
    permissionDecision: "allow",
    ...decision.input === undefined ? {} : { updatedInput: decision.input },
  };
}
