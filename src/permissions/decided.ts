/**
 * The policy of a session that resumes with decisions on deferred calls. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { DeferredCall, ToolRequest } from "../events/permissions.ts";
import { isWireObject } from "../messages/_define.ts";
import { thrownText } from "../util/faults.ts";
import { isSameTool } from "../messages/builtin_tools.ts";
import { type Decision, decisionIssue, plainAnswer } from "./decision.ts";
import { reasoned, reasonOf } from "./explain.ts";
import type { SyncPolicy } from "./policy_types.ts";

/** What {@linkcode decided} needs to know about a call: a `DeferredCall`, or a stored copy of these fields. */
export type DecidedCall = Pick<
  DeferredCall,
  "toolUseId" | "toolName" | "input"
>;

/**
 * Decides on one deferred call, and on no other. For a session that resumes the one that deferred
 * it, in any process on any machine that has its transcript: the CLI continues with exactly this
 * call, and then answers the prompt.
 *
 * The decision is about the call as it was shown: if the id, the tool or the input that the CLI
 * comes with is another, the call is denied. A yes covers a protected path. If no such call waits
 * (it was decided before, dropped by a prompt, or belongs to another session), the session fails
 * with a `StartupError` with the reason `deferred_missing` before it asks the model.
 *
 * Put it before the policy for the rest of the session, in `firstOf`.
 *
 * @param call The call, as `deferred()` or `session.deferred` returned it; may be a copy of JSON.
 * @param decision `allow()` or `deny()`.
 * @throws {ConfigError} If it is no call, or no decision.
 *
 * @example
 * ```ts
 * import { allow, AsyncSession, decided, defer, deny, firstOf, byTool } from "@claudestream/core";
 * import { deferred } from "@claudestream/core/sessions";
 *
 * async function decide(id: string, isYes: boolean): Promise<void> {
 *   const [call] = await deferred(id);
 *   if (call === undefined) return;
 *   await using session = new AsyncSession({
 *     resume: id,
 *     policy: firstOf(
 *       decided(call, isYes ? allow() : deny("not approved")),
 *       byTool({ Bash: () => defer() }),
 *     ),
 *   });
 *   console.log((await session.ask("Go on.")).text);
 * }
 * ```
 */
export function decided(call: DecidedCall, decision: Decision): SyncPolicy {
  const issue = callIssue(call);
  if (issue !== undefined) {
    throw new ConfigError("policy", `Cannot decide on a call: ${issue}`);
  }
  const plain = plainAnswer(decision);
  const fault = decisionIssue(plain);
  if (fault !== undefined) {
    throw new ConfigError(
      "policy",
      `Cannot decide on the call "${call.toolUseId}": ${fault}`,
    );
  }
  const { toolUseId, toolName } = call;
  const shown = inputText(call.input);
  const answer = plain as Decision;
  return reasoned(
    { name: "decided", decides: [toolUseId] },
    (request) => {
      if (request.toolUseId !== toolUseId) {
        return {
          decision: undefined,
          reason: `It decides on the call "${toolUseId}" only`,
        };
      }
      const change = changeOf(request, toolName, shown);
      if (change !== undefined) {
        throw new Error(
          `the decision on the call "${toolUseId}" is about another ${change} than the call has now: list what waits again, and decide on that`,
        );
      }
      // The call was shown with its path.
      const covering = answer.behavior === "allow"
        ? { ...answer, protected: true }
        : answer;
      return { decision: covering, reason: reasonOf("decided", covering) };
    },
  );
}

/** Returns which part of a call differs from the call that was decided on. */
function changeOf(
  request: ToolRequest,
  toolName: string,
  shown: string,
): "tool" | "input" | undefined {
  if (!isSameTool(request.toolName, toolName)) return "tool";
  return inputText(request.input) === shown ? undefined : "input";
}

function callIssue(call: unknown): string | undefined {
  if (!isWireObject(call)) {
    return `expected what deferred() returned, got ${
      call === null ? "null" : typeof call
    }`;
  }
  for (const key of ["toolUseId", "toolName"]) {
    if (typeof call[key] !== "string" || call[key] === "") {
      return `expected "${key}" to be a text that is not empty`;
    }
  }
  if (!isWireObject(call.input)) return 'expected "input" to be an object';
  try {
    inputText(call.input);
  } catch (error) {
    return `expected "input" to be JSON: ${thrownText(error)}`;
  }
  return undefined;
}

/** The text of an input that does not depend on the order of keys, which a database may change. */
function inputText(input: unknown): string {
  return JSON.stringify(
    input,
    (_key, value: unknown) =>
      isWireObject(value)
        ? Object.fromEntries(
          Object.entries(value).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
        )
        : value,
  );
}
