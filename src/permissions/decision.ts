/**
 * Decisions on tool calls, and how each is written. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import type {
  AllowOptions,
  DenyOptions,
  PermissionUpdate,
  ToolRequest,
} from "../events/permission_request.ts";

/** Yes. Made by {@linkcode allow}. */
export interface AllowDecision extends AllowOptions {
  /** `"allow"` */
  readonly behavior: "allow";
}

/** No. Made by {@linkcode deny}. */
export interface DenyDecision extends DenyOptions {
  /** `"deny"` */
  readonly behavior: "deny";
  /** What the model sees. Never empty. */
  readonly message: string;
}

/** What a policy says of a tool call. */
export type Decision = AllowDecision | DenyDecision;

/**
 * Lets the tool run.
 *
 * @example
 * ```ts
 * import { allow } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(allow().behavior, "allow");
 * allow({ input: { command: "ls" } }); // runs this instead
 * allow({ remember: "session" }); // and does not ask again
 * ```
 */
export function allow(options: AllowOptions = {}): AllowDecision {
  return { behavior: "allow", ...options };
}

/** What a denial says where the caller says nothing. */
export const DEFAULT_DENIAL = "The host denied this tool call";

/**
 * Does not let the tool run.
 *
 * @param message What the model sees instead of a result.
 * @param options `interrupt: true` ends the turn as well; the model then does not see the message.
 */
export function deny(
  message?: string,
  options: DenyOptions = {},
): DenyDecision {
  return {
    behavior: "deny",
    // The CLI refuses a denial without a message.
    message: message === undefined || message === "" ? DEFAULT_DENIAL : message,
    ...options,
  };
}

const REMEMBER: ReadonlySet<unknown> = new Set<unknown>([
  "session",
  "local",
  "project",
  "user",
]);

/** Why a value is no {@linkcode Decision}; `undefined` where it is one. */
export function decisionIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) return "expected allow(…), deny(…) or undefined";
  if (value.behavior === "allow") {
    if (value.input !== undefined && !isWireObject(value.input)) {
      return `expected "input" to be an object`;
    }
    if (value.remember !== undefined && !REMEMBER.has(value.remember)) {
      return `expected "remember" to be one of session, local, project, user`;
    }
    return undefined;
  }
  if (value.behavior === "deny") {
    return typeof value.message === "string" && value.message !== ""
      ? undefined
      : `expected "message" to be a text that is not empty`;
  }
  return `expected "behavior" to be "allow" or "deny"`;
}

const DESTINATION: Readonly<
  Record<NonNullable<AllowOptions["remember"]>, string>
> = {
  session: "session",
  local: "localSettings",
  project: "projectSettings",
  user: "userSettings",
};

function remembered(
  request: ToolRequest,
  remember: NonNullable<AllowOptions["remember"]>,
): readonly PermissionUpdate[] {
  const destination = DESTINATION[remember];
  // The CLI's suggestions hold alternatives to rules too, such as a change of the mode,
  // which allow far more than this call: only rules are taken.
  const rules = (request.suggestions ?? [])
    .filter((update) => update.type === "addRules")
    .map((update) => ({ ...update, destination }));
  if (rules.length > 0) return rules;
  return [{
    type: "addRules",
    rules: [{ toolName: request.toolName }],
    behavior: "allow",
    destination,
  }];
}

/** The `response` of a `can_use_tool` request, as the CLI takes it. */
export function permissionReply(
  decision: Decision,
  request: ToolRequest,
): WireObject {
  if (decision.behavior === "allow") {
    const { input = request.input, remember } = decision;
    return {
      behavior: "allow",
      // CLIs before 2.1.330 refuse an answer without the input.
      updatedInput: input,
      ...(remember === undefined
        ? {}
        : { updatedPermissions: remembered(request, remember) }),
    };
  }
  return {
    behavior: "deny",
    message: decision.message,
    ...(decision.interrupt === true ? { interrupt: true } : {}),
  };
}
