/**
 * A policy that tells of its decisions. Pure but for the function it tells.
 *
 * @module
 */

import { callAside } from "../util/call_aside.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { checkPolicies } from "./combine.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { byExplaining } from "./explain.ts";
import type { Policy, SyncPolicy } from "./policy_types.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/** What {@linkcode logged} tells of a call. */
export interface PolicyRecord {
  /** Name of the policy. */
  readonly policy: string;
  /** The call. */
  readonly request: ToolRequest;
  /** What the policy said; `undefined` where it does not decide. */
  readonly decision: Decision | undefined;
}

/**
 * Tells a function of each decision of a policy. What the function throws, or
 * rejects with, changes no decision; it goes to `reportError`.
 *
 * The events of type `permission_decision` tell of a whole session's decisions; this
 * tells of one policy's, wherever it is used.
 *
 * @example
 * ```ts
 * import { allowList, logged } from "@claudestream/core";
 *
 * const policy = logged(
 *   allowList(["Read"]),
 *   ({ request, decision }) => console.log(request.toolName, decision?.behavior),
 * );
 * ```
 */
export function logged(
  policy: SyncPolicy,
  log: (record: PolicyRecord) => unknown,
): SyncPolicy;
/** Tells a function of each decision of a policy that may take time. */
export function logged(
  policy: Policy,
  log: (record: PolicyRecord) => unknown,
): Policy;
export function logged(
  policy: Policy,
  log: (record: PolicyRecord) => unknown,
): Policy {
  checkPolicies("logged", [policy]);
  const { name, bypass, toolNames } = policy;
  return {
    name,
    decide: (request, context) =>
      whenKnown(decide(policy, request, context), (decision) => {
        // A copy: to write into the record must not change the decision.
        tell(log, {
          policy: name,
          request,
          decision: decision === undefined ? undefined : { ...decision },
        });
        return decision;
      }),
    // To explain a call is not to decide on it.
    explain: (request, context) => byExplaining(policy, request, context),
    ...bypass === undefined ? {} : { bypass },
    ...toolNames === undefined ? {} : { toolNames },
  };
}

function tell(
  log: (record: PolicyRecord) => unknown,
  record: PolicyRecord,
): void {
  callAside(() => log(record));
}
