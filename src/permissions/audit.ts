/**
 * Builds the event for each decision sent to the CLI from the answer itself, so that the event
 * cannot differ from the answer. Pure.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import {
  type AllowOptions,
  type DecidedBy,
  type PermissionDecision,
  permissionDecision,
  type ToolRequest,
} from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { requestOf } from "./hook_request.ts";

/** Data of the event that is not in the answer. */
export interface AuditContext {
  /** Which party decided. */
  readonly by: DecidedBy;
  /** Name of the session's policy. */
  readonly policy: string | undefined;
  /** Id of the session. */
  readonly sessionId: string | undefined;
  /** How long the answer should be remembered. */
  readonly remember: AllowOptions["remember"];
}

/** The content of an answer. */
type Said = Pick<
  PermissionDecision,
  "behavior" | "reason" | "remember" | "inputChanged"
>;

/**
 * Returns the event for an answer to `can_use_tool` or to the policy's hook. `undefined` if nothing
 * was decided: the hook's "ask" only makes the CLI ask.
 */
export function auditEvent(
  question: Question,
  response: WireObject,
  { by, policy, sessionId, remember }: AuditContext,
): PermissionDecision | undefined {
  if (question.kind !== "permission" && question.kind !== "hook") {
    return undefined;
  }
  const request = question.kind === "hook"
    ? requestOf(question.input)
    : question.request;
  const said = question.kind === "hook" || question.inHook === true
    ? saidInHook(response, request)
    : saidAtQuestion(response, request);
  if (said === undefined) return undefined;
  const { toolName, toolUseId, agentId } = request;
  return permissionDecision(question.raw, sessionId, {
    toolName,
    toolUseId,
    ...agentId === undefined ? {} : { agentId },
    by,
    ...by === "policy" && policy !== undefined ? { policy } : {},
    ...said,
    ...said.behavior === "allow" && remember !== undefined &&
        said.remember === undefined
      ? { notRemembered: remember }
      : {},
  });
}

function saidInHook(
  { hookSpecificOutput }: WireObject,
  request: ToolRequest,
): Said | undefined {
  if (!isWireObject(hookSpecificOutput)) return { behavior: "undecided" };
  const { permissionDecision, permissionDecisionReason, updatedInput } =
    hookSpecificOutput;
  switch (permissionDecision) {
    case "allow":
      return { behavior: "allow", ...changed(updatedInput, request) };
    case "deny":
      return { behavior: "deny", reason: `${permissionDecisionReason}` };
    case "defer":
      return { behavior: "defer" };
    default:
      return undefined;
  }
}

const REMEMBERED: Readonly<
  Record<string, NonNullable<AllowOptions["remember"]>>
> = {
  session: "session",
  localSettings: "local",
  projectSettings: "project",
  userSettings: "user",
};

function saidAtQuestion(response: WireObject, request: ToolRequest): Said {
  if (response.behavior !== "allow") {
    return { behavior: "deny", reason: `${response.message}` };
  }
  const { updatedInput, updatedPermissions } = response;
  const update: unknown = Array.isArray(updatedPermissions)
    ? updatedPermissions[0]
    : undefined;
  const remember = isWireObject(update)
    ? REMEMBERED[`${update.destination}`]
    : undefined;
  return {
    behavior: "allow",
    ...remember === undefined ? {} : { remember },
    ...changed(updatedInput, request),
  };
}

function changed(
  input: unknown,
  request: ToolRequest,
): { readonly inputChanged?: true } {
  return input === undefined ||
      JSON.stringify(input) === JSON.stringify(request.input)
    ? {}
    : { inputChanged: true };
}
