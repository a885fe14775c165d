/**
 * Explains which policy decides on a call, and why. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import type { PolicyDecision } from "./decision.ts";
import { soon, whenKnown } from "../util/maybe_promise.ts";
import { decide, failed } from "./decide.ts";
import type {
  PermissionExplanation,
  Policy,
  PolicyContext,
  SyncPolicy,
} from "./policy_types.ts";

/** How a combinator asks its policies: for a decision or for an explanation. */
export type Asks = (
  policy: Policy,
  request: ToolRequest,
  context: PolicyContext,
) => PermissionExplanation | Promise<PermissionExplanation>;

/** Asks only for the decision. Never throws or rejects. */
export const byDeciding: Asks = (policy, request, context) =>
  whenKnown(decide(policy, request, context), (decision) => ({
    decision,
    by: [policy.name],
    reason: reasonOf(policy.name, decision),
  }));

/** Also asks for the reason. Never throws or rejects. */
export const byExplaining: Asks = (policy, request, context) => {
  if (policy.explain === undefined) {
    return byDeciding(policy, request, context);
  }
  const failure = (error: unknown): PermissionExplanation => {
    const decision = failed(policy, error);
    return {
      decision,
      by: [policy.name],
      reason: reasonOf(policy.name, decision),
    };
  };
  try {
    const explanation = soon(policy.explain(request, context));
    return explanation instanceof Promise
      ? explanation.catch(failure)
      : explanation;
  } catch (error) {
    return failure(error);
  }
};

/** Returns a reason derived from a decision. */
export function reasonOf(
  name: string,
  decision: PolicyDecision | undefined,
): string {
  if (decision === undefined) return `"${name}" does not decide`;
  if (decision.behavior === "defer") {
    return `"${name}" leaves it to a later process`;
  }
  return decision.behavior === "allow"
    ? `"${name}" allows it`
    : decision.message;
}

/** Returns a policy whose decisions come from its explanations. */
export function reasoned(
  about: string | Pick<Policy, "name" | "toolNames" | "decides">,
  explain: (
    request: ToolRequest,
    context: PolicyContext,
  ) => Omit<PermissionExplanation, "by">,
): SyncPolicy {
  const facts = typeof about === "string" ? { name: about } : about;
  return {
    ...facts,
    decide: (request, context) => explain(request, context).decision,
    explain: (request, context) => ({
      ...explain(request, context),
      by: [facts.name],
    }),
  };
}

/** Returns a policy that combines others in the same way for decisions and explanations. */
export function combined(
  about: Pick<Policy, "name" | "toolNames" | "decides">,
  ask: (
    request: ToolRequest,
    context: PolicyContext,
    asks: Asks,
  ) => PermissionExplanation | Promise<PermissionExplanation>,
): Policy {
  return {
    ...about,
    decide: (request, context) =>
      whenKnown(ask(request, context, byDeciding), ({ decision }) => decision),
    explain: (request, context) =>
      whenKnown(
        ask(request, context, byExplaining),
        (told) => ({ ...told, by: [about.name, ...told.by] }),
      ),
  };
}
