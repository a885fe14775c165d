/**
 * Asks a policy, and turns every invalid or failed answer into a denial. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import {
  type Decision,
  deny,
  plainAnswer,
  type PolicyDecision,
  policyDecisionIssue,
} from "./decision.ts";
import { soon } from "../util/maybe_promise.ts";
import { thrownText } from "../util/faults.ts";
import type { Policy, PolicyContext } from "./policy_types.ts";
import { protectedNamesOf, ruleNaming } from "./protected_paths.ts";

/** The error behind each decision that is only the denial of a failed policy. */
const FAILURES = new WeakMap<PolicyDecision, unknown>();

/**
 * Returns the error behind the denial of a failed policy; `undefined` if the policy itself decided.
 */
export function failureOf(
  decision: PolicyDecision | undefined,
): { readonly error: unknown } | undefined {
  return decision !== undefined && FAILURES.has(decision)
    ? { error: FAILURES.get(decision) }
    : undefined;
}

function marked<D extends PolicyDecision>(decision: D, error: unknown): D {
  FAILURES.set(decision, error);
  return decision;
}

/** Checks the answer of a policy. Anything but a decision or `undefined` becomes a denial. */
export function checked(
  policy: Policy,
  answer: unknown,
): PolicyDecision | undefined {
  if (answer === undefined) return undefined;
  const decision = plainAnswer(answer);
  const issue = policyDecisionIssue(decision);
  if (issue === undefined) {
    // A combinator passes on the answer of one of its policies.
    const failure = failureOf(answer as PolicyDecision);
    return failure === undefined
      ? decision as PolicyDecision
      : marked(decision as PolicyDecision, failure.error);
  }
  const message = `The policy "${policy.name}" gave no decision: ${issue}`;
  return marked(deny(message), new TypeError(message));
}

/** Returns the denial for a policy that threw. */
export function failed(policy: Policy, error: unknown): Decision {
  return marked(
    deny(`The policy "${policy.name}" failed: ${thrownText(error)}`),
    error,
  );
}

/** Asks a policy. Returns a promise only if the policy does. Never throws or rejects. */
export function decide(
  policy: Policy,
  request: ToolRequest,
  context: PolicyContext,
): PolicyDecision | undefined | Promise<PolicyDecision | undefined> {
  try {
    const answer: unknown = soon<unknown>(policy.decide(request, context));
    if (!(answer instanceof Promise)) return checked(policy, answer);
    // The check may throw as well: the answer may not be plain data.
    return answer.then((value) => checked(policy, value)).catch((error) =>
      failed(policy, error)
    );
  } catch (error) {
    return failed(policy, error);
  }
}

/** Returns the denial for an answer that took too long. */
export function lateDenial(timeoutMs: number): Decision {
  return deny(`Nobody allowed this tool call within ${timeoutMs} ms`);
}

/** Returns the denial for a call about which no person can be asked. */
export function unattendedDenial(
  request: ToolRequest,
  policy: Policy | undefined,
): Decision {
  const who = policy === undefined
    ? "There is no policy"
    : `The policy "${policy.name}" does not decide`;
  const names = request.protectedNames ?? protectedNamesOf(request, {});
  const rule = names.length === 0
    ? request.toolName
    : ruleNaming(request, names);
  return deny(
    `${who} on "${request.toolName}" and nobody is there to ask. The host can allow it with ${
      rule === undefined
        ? "allow({ protected: true }) in a callback"
        : `a policy such as allowList(["${rule}"])`
    }`,
  );
}
