/**
 * Asks a policy, and makes of everything but an explicit yes a no. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permission_request.ts";
import { type Decision, decisionIssue, deny } from "./decision.ts";
import type { Policy, PolicyContext } from "./policy.ts";

/** Checks what a policy gave. Something else than a decision is a denial. */
export function checked(policy: Policy, answer: unknown): Decision | undefined {
  if (answer === undefined) return undefined;
  const issue = decisionIssue(answer);
  return issue === undefined
    ? answer as Decision
    : deny(`The policy "${policy.name}" gave no decision: ${issue}`);
}

/** The denial of a policy that threw. */
export function failed(policy: Policy, error: unknown): Decision {
  const reason = error instanceof Error ? error.message : String(error);
  return deny(`The policy "${policy.name}" failed: ${reason}`);
}

/** Asks a policy. Gives a promise only where the policy does. Never throws or rejects. */
export function decide(
  policy: Policy,
  request: ToolRequest,
  context: PolicyContext,
): Decision | undefined | Promise<Decision | undefined> {
  try {
    const answer = policy.decide(request, context);
    if (!(answer instanceof Promise)) return checked(policy, answer);
    return answer.then(
      (value) => checked(policy, value),
      (error) => failed(policy, error),
    );
  } catch (error) {
    return failed(policy, error);
  }
}

/** What the model sees where nobody can be asked. */
export function unattendedDenial(
  request: ToolRequest,
  policy: Policy | undefined,
): Decision {
  const who = policy === undefined
    ? "There is no policy"
    : `The policy "${policy.name}" does not decide`;
  return deny(
    `${who} on "${request.toolName}" and nobody is there to ask. The host can allow it with a policy such as allowList(["${request.toolName}"])`,
  );
}
