/**
 * A policy that reports its decisions to a function. Pure except for that function.
 *
 * @module
 */

import { callAside } from "../util/faults.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { checkPolicies } from "./combine.ts";
import { decide } from "./decide.ts";
import type { PolicyDecision } from "./decision.ts";
import { byExplaining } from "./explain.ts";
import type { Policy, SyncPolicy } from "./policy_types.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/** What {@linkcode logged} reports about a call. */
export interface PolicyRecord {
  /** Name of the policy. */
  readonly policy: string;
  /** The call. */
  readonly request: ToolRequest;
  /** Decision of the policy; `undefined` if it left the call undecided. */
  readonly decision: PolicyDecision | undefined;
}

/**
 * Reports each decision of a policy to a function. Errors and rejections of the function do not
 * change the decision; they go to `reportError`.
 *
 * Events of type `permission_decision` cover the decisions of a whole session; this covers those of
 * one policy, wherever it is used.
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
/** The same for a policy that may return promises. */
export function logged(
  policy: Policy,
  log: (record: PolicyRecord) => unknown,
): Policy;
export function logged(
  policy: Policy,
  log: (record: PolicyRecord) => unknown,
): Policy {
  checkPolicies("logged", [policy]);
  const { name, bypass, toolNames, decides } = policy;
  return {
    name,
    decide: (request, context) =>
      whenKnown(decide(policy, request, context), (decision) => {
        // Pass a copy, so that changes to the record cannot affect the decision.
        tell(log, {
          policy: name,
          request,
          decision: decision === undefined ? undefined : { ...decision },
        });
        return decision;
      }),
    // An explanation is not a decision, so it is not reported.
    explain: (request, context) => byExplaining(policy, request, context),
    ...bypass === undefined ? {} : { bypass },
    ...toolNames === undefined ? {} : { toolNames },
    ...decides === undefined ? {} : { decides },
  };
}

function tell(
  log: (record: PolicyRecord) => unknown,
  record: PolicyRecord,
): void {
  callAside(() => log(record));
}
