/**
 * Wraps a policy for use in a session. Pure except for the function that follows links.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";
import { decide } from "./decide.ts";
import type { Decision, PolicyDecision } from "./decision.ts";
import { type DenyRules, ruleDenial } from "./deny_rules.ts";
import { byExplaining, reasonOf } from "./explain.ts";
import type { PermissionExplanation } from "./policy_types.ts";
import { policyRequest } from "./policy.ts";
import type { Policy, PolicyContext } from "./policy_types.ts";
import {
  type Machine,
  protectedDenial,
  protectedNamesOf,
} from "./protected_paths.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/**
 * Asks a policy about each call with the tool's current name, its kind, and the protected names in
 * its path, and does not accept a general yes for a protected path. A call that a deny rule covers
 * is denied, whatever the policy decides.
 *
 * @param machine Follows links that may lead to files that the CLI protects.
 * @param denies The rules of `disallowedTools`. The CLI checks them against the input from the
 *   model, but not against the input in an answer.
 */
export function guarded(
  policy: Policy,
  machine: Machine | undefined,
  denies: DenyRules = () => undefined,
): Policy {
  const seenOf = (
    request: ToolRequest,
    context: PolicyContext,
  ): ToolRequest => {
    const { protectedNames: _before, ...call } = policyRequest(request);
    const protectedNames = protectedNamesOf(call, context, machine);
    return protectedNames.length === 0 ? call : { ...call, protectedNames };
  };
  /** Returns a denial if a yes does not cover the written path; otherwise `undefined`. */
  const denialOf = (
    decision: PolicyDecision | undefined,
    seen: ToolRequest,
    context: PolicyContext,
  ): Decision | undefined => {
    if (decision?.behavior !== "allow") return undefined;
    const rule = decision.input === undefined
      ? undefined
      : denies({ ...seen, input: decision.input }, context);
    if (rule !== undefined) return ruleDenial(seen.toolName, rule);
    if (decision.protected === true) return undefined;
    const { protectedNames = [] } = decision.input === undefined
      ? seen
      : seenOf({ ...seen, input: decision.input }, context);
    return protectedNames.length === 0
      ? undefined
      : protectedDenial(seen, protectedNames);
  };
  return {
    name: policy.name,
    decide(request, context) {
      const seen = seenOf(request, context);
      const rule = denies(seen, context);
      if (rule !== undefined) return ruleDenial(seen.toolName, rule);
      return whenKnown(
        decide(policy, seen, context),
        (decision) => denialOf(decision, seen, context) ?? decision,
      );
    },
    explain(request, context) {
      const seen = seenOf(request, context);
      const rule = denies(seen, context);
      if (rule !== undefined) return explainedRule(seen, rule);
      return whenKnown(byExplaining(policy, seen, context), (told) => {
        const decision = denialOf(told.decision, seen, context);
        return decision === undefined ? told : {
          decision,
          by: told.by,
          reason: reasonOf(policy.name, decision),
        };
      });
    },
  };
}

/** Explains the denial of a call that a rule of `disallowedTools` covers. */
export function explainedRule(
  { toolName }: ToolRequest,
  rule: string,
): PermissionExplanation {
  const decision = ruleDenial(toolName, rule);
  return {
    decision,
    by: ["disallowedTools"],
    rule,
    reason: decision.message,
  };
}
