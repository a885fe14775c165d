/**
 * Combines policies. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { allow, type AllowDecision, type DeferDecision } from "./decision.ts";
import { type Asks, combined } from "./explain.ts";
import type { PermissionExplanation } from "./policy_types.ts";
import type { Policy, PolicyContext, SyncPolicy } from "./policy_types.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/**
 * Returns a policy that uses the decision of the first policy that decides. A policy that fails
 * denies, which is a decision.
 *
 * @throws {ConfigError} If no policy is given.
 *
 * @example
 * ```ts
 * import { byTool, deny, firstOf, readOnly } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = firstOf(byTool({ Bash: () => deny("no shell") }), readOnly());
 * const decide = (toolName: string) =>
 *   policy.decide(
 *     { toolName, input: { command: "ls" }, toolUseId: "1" },
 *     { signal: new AbortController().signal },
 *   )?.behavior;
 * assertEquals(decide("Bash"), "deny");
 * assertEquals(decide("Read"), "allow");
 * ```
 */
export function firstOf(...policies: readonly SyncPolicy[]): SyncPolicy;
/** The same for policies that may return promises. */
export function firstOf(...policies: readonly Policy[]): Policy;
export function firstOf(...policies: readonly Policy[]): Policy {
  checkPolicies("firstOf", policies);
  return combined(
    overall("firstOf", policies),
    (request, context, asks) => firstFrom(policies, 0, request, context, asks),
  );
}

function firstFrom(
  policies: readonly Policy[],
  index: number,
  request: ToolRequest,
  context: PolicyContext,
  asks: Asks,
): PermissionExplanation | Promise<PermissionExplanation> {
  const policy = policies[index];
  if (policy === undefined) return nobody(policies);
  return whenKnown(
    asks(policy, request, context),
    (told) =>
      told.decision === undefined
        ? firstFrom(policies, index + 1, request, context, asks)
        : told,
  );
}

/**
 * Returns a policy that asks all policies, one after the other, and stops at the first denial. The
 * call is deferred if at least one policy defers it and none denies it, and allowed if at least one
 * allows it and none denies or defers it.
 *
 * A policy sees the input as changed by the policies before it, but these do not see its own
 * changes: put policies that change inputs first, and policies that check them after these. The
 * call is remembered if all policies that allow it ask for that in the same way, and the decision
 * covers a protected path if all of theirs do.
 *
 * @throws {ConfigError} If no policy is given.
 *
 * @example
 * ```ts
 * import { allOf, allowList, callback, deny } from "@claudestream/core";
 *
 * const officeHours = callback(() =>
 *   new Date().getHours() < 9 ? deny("not before nine") : undefined
 * );
 * const policy = allOf(officeHours, allowList(["Read", "Bash(git *)"]));
 * ```
 */
export function allOf(...policies: readonly SyncPolicy[]): SyncPolicy;
/** The same for policies that may return promises. */
export function allOf(...policies: readonly Policy[]): Policy;
export function allOf(...policies: readonly Policy[]): Policy {
  checkPolicies("allOf", policies);
  return combined(
    overall("allOf", policies),
    (request, context, asks) =>
      allFrom(policies, 0, request, context, asks, undefined),
  );
}

function allFrom(
  policies: readonly Policy[],
  index: number,
  request: ToolRequest,
  context: PolicyContext,
  asks: Asks,
  allowed: PermissionExplanation | undefined,
): PermissionExplanation | Promise<PermissionExplanation> {
  const policy = policies[index];
  if (policy === undefined) return allowed ?? nobody(policies);
  return whenKnown(asks(policy, request, context), (told) => {
    const { decision } = told;
    if (decision?.behavior === "deny") return told;
    const changed =
      decision?.behavior !== "allow" || decision.input === undefined
        ? request
        : { ...request, input: decision.input };
    return allFrom(
      policies,
      index + 1,
      changed,
      context,
      asks,
      decision === undefined ? allowed : merged(allowed, told, decision),
    );
  });
}

function merged(
  before: PermissionExplanation | undefined,
  told: PermissionExplanation,
  decision: AllowDecision | DeferDecision,
): PermissionExplanation {
  if (before?.decision?.behavior === "defer") return before;
  if (decision.behavior === "defer") return told;
  if (before?.decision?.behavior !== "allow") return told;
  const input = decision.input ?? before.decision.input;
  const { remember } = decision;
  const isProtected = decision.protected === true &&
    before.decision.protected === true;
  return {
    ...told,
    decision: allow({
      ...input === undefined ? {} : { input },
      ...remember === undefined || remember !== before.decision.remember
        ? {}
        : { remember },
      ...isProtected ? { protected: true } : {},
    }),
    by: [...before.by, ...told.by],
    reason: `${before.reason}; ${told.reason}`,
  };
}

function nobody(policies: readonly Policy[]): PermissionExplanation {
  return {
    decision: undefined,
    by: [],
    reason: `None of ${
      policies.map(({ name }) => name).join(", ")
    } decides: the CLI's own rules decide`,
  };
}

/** @throws {ConfigError} If there is no policy, or an argument is not a policy. */
export function checkPolicies(
  name: string,
  policies: readonly unknown[],
): void {
  if (policies.length === 0) {
    throw new ConfigError(
      "policy",
      `Cannot combine policies with ${name}: there is none`,
    );
  }
  for (const policy of policies) {
    if (isPolicy(policy)) continue;
    throw new ConfigError(
      "policy",
      `Cannot combine policies with ${name}: expected a policy such as allowList([…]), got ${typeof policy}`,
    );
  }
}

/** Whether a value has the shape of a policy. */
export function isPolicy(value: unknown): value is Policy {
  return typeof value === "object" && value !== null && "decide" in value &&
    typeof value.decide === "function";
}

function overall(
  name: string,
  policies: readonly Policy[],
): Pick<Policy, "name" | "toolNames" | "decides"> {
  const decides = policies.flatMap(({ decides = [] }) => decides);
  return {
    ...decides.length === 0 ? {} : { decides },
    name: `${name}(${policies.map(({ name }) => name).join(", ")})`,
    toolNames: policies.flatMap(({ toolNames = [] }) => toolNames),
  };
}
