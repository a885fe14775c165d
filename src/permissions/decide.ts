/**
 * Asks a policy, and makes of everything but an explicit yes a no. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { type Decision, decisionIssue, deny, plainAnswer } from "./decision.ts";
import { soon } from "../util/maybe_promise.ts";
import { thrownText } from "../util/error_text.ts";
import type { Policy, PolicyContext } from "./policy_types.ts";
import { protectedNamesOf, ruleNaming } from "./protected_paths.ts";

/** What went wrong where a decision is the denial of a policy that failed. */
const FAILURES = new WeakMap<Decision, unknown>();

/** Why a decision is only the denial of a policy that failed; `undefined` if it is its own. */
export function failureOf(
  decision: Decision | undefined,
): { readonly error: unknown } | undefined {
  return decision !== undefined && FAILURES.has(decision)
    ? { error: FAILURES.get(decision) }
    : undefined;
}

function marked(decision: Decision, error: unknown): Decision {
  FAILURES.set(decision, error);
  return decision;
}

/** Checks what a policy gave. Something else than a decision is a denial. */
export function checked(policy: Policy, answer: unknown): Decision | undefined {
  if (answer === undefined) return undefined;
  const decision = plainAnswer(answer);
  const issue = decisionIssue(decision);
  if (issue === undefined) {
    // A combinator hands on what a policy in it answered.
    const failure = failureOf(answer as Decision);
    return failure === undefined
      ? decision as Decision
      : marked(decision as Decision, failure.error);
  }
  const message = `The policy "${policy.name}" gave no decision: ${issue}`;
  return marked(deny(message), new TypeError(message));
}

/** The denial of a policy that threw. */
export function failed(policy: Policy, error: unknown): Decision {
  return marked(
    deny(`The policy "${policy.name}" failed: ${thrownText(error)}`),
    error,
  );
}

/** Asks a policy. Gives a promise only where the policy does. Never throws or rejects. */
export function decide(
  policy: Policy,
  request: ToolRequest,
  context: PolicyContext,
): Decision | undefined | Promise<Decision | undefined> {
  try {
    const answer: unknown = soon<unknown>(policy.decide(request, context));
    if (!(answer instanceof Promise)) return checked(policy, answer);
    // Checking may throw as well: what was given may be no plain data.
    return answer.then((value) => checked(policy, value)).catch((error) =>
      failed(policy, error)
    );
  } catch (error) {
    return failed(policy, error);
  }
}

/** What the model sees where the answer took too long. */
export function lateDenial(timeoutMs: number): Decision {
  return deny(`Nobody allowed this tool call within ${timeoutMs} ms`);
}

/** What the model sees where nobody can be asked. */
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
