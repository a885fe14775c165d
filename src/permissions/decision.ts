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
} from "../events/permissions.ts";

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
 * allow({ remember: "session" }); // and the CLI does not ask again
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

const ALLOW_KEYS: ReadonlySet<string> = new Set([
  "behavior",
  "input",
  "remember",
  "protected",
]);
const DENY_KEYS: ReadonlySet<string> = new Set([
  "behavior",
  "message",
  "interrupt",
]);

/**
 * An answer as it is now, with its input as JSON holds it: neither a getter, a `toJSON` nor
 * a later change of the caller's object makes something else of what was checked. An
 * input that JSON cannot hold becomes `null`, which is no decision.
 */
export function plainAnswer(answer: unknown): unknown {
  if (!isWireObject(answer)) return answer;
  const copy = { ...answer };
  return copy.input === undefined
    ? copy
    : { ...copy, input: jsonObject(copy.input) };
}

/** What an object is on the wire; `null` if it is no object there: `toJSON` can make anything of it. */
function jsonObject(value: unknown): WireObject | null {
  try {
    const made: unknown = JSON.parse(JSON.stringify(value));
    return isWireObject(value) && isWireObject(made) ? made : null;
  } catch {
    // A cycle, a bigint, or nothing at all.
    return null;
  }
}

/**
 * Why a value is no {@linkcode Decision}; `undefined` if it is one.
 *
 * @param value What {@linkcode plainAnswer} returned.
 */
export function decisionIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) return "expected allow(…), deny(…) or undefined";
  if (value.behavior === "allow") {
    if (value.input !== undefined && !isWireObject(value.input)) {
      return `expected "input" to be an object that JSON can hold`;
    }
    if (value.remember !== undefined && !REMEMBER.has(value.remember)) {
      return `expected "remember" to be one of session, local, project, user`;
    }
    if (value.protected !== undefined && typeof value.protected !== "boolean") {
      return `expected "protected" to be true or false`;
    }
    return unknownKey(value, ALLOW_KEYS);
  }
  if (value.behavior === "deny") {
    if (typeof value.message !== "string" || value.message === "") {
      return `expected "message" to be a text that is not empty`;
    }
    if (value.interrupt !== undefined && typeof value.interrupt !== "boolean") {
      return `expected "interrupt" to be true or false`;
    }
    return unknownKey(value, DENY_KEYS);
  }
  return `expected "behavior" to be "allow" or "deny"`;
}

/** An allow with `updatedInput`, as the wire has it, would run with the input it was to change. */
function unknownKey(
  value: WireObject,
  known: ReadonlySet<string>,
): string | undefined {
  const key = Object.keys(value).find((key) => !known.has(key));
  return key === undefined
    ? undefined
    : `unknown key "${key}", expected ${[...known].join(", ")}`;
}

const DESTINATION: Readonly<
  Record<NonNullable<AllowOptions["remember"]>, string>
> = {
  session: "session",
  local: "localSettings",
  project: "projectSettings",
  user: "userSettings",
};

/** Whether two inputs are the same on the wire. */
export function isSameInput(one: WireObject, other: WireObject): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * The changes of the rules that remember a call: the CLI's own suggestions, but only
 * the rules among them. Its other ones, such as a change of the mode, allow far more
 * than this call. Without any, a tool of an MCP server is remembered by its name, as the
 * CLI does it; of another tool nothing is, as its name alone would allow every call.
 *
 * @param input What the call runs with: the suggestions are about the one that was asked for.
 */
export function remembered(
  request: ToolRequest,
  remember: NonNullable<AllowOptions["remember"]>,
  input = request.input,
): readonly PermissionUpdate[] {
  const destination = DESTINATION[remember];
  const suggestions = isSameInput(input, request.input)
    ? request.suggestions ?? []
    : [];
  const rules = suggestions
    .filter(({ type, behavior }) => type === "addRules" && behavior === "allow")
    .map((update) => ({ ...update, destination }));
  if (rules.length > 0) return rules;
  if (!request.toolName.startsWith("mcp__")) return [];
  return [{
    type: "addRules",
    rules: [{ toolName: request.toolName }],
    behavior: "allow",
    destination,
  }];
}

/**
 * The rules that `allow({ remember })` would add for a call, as settings write them:
 * `Bash(git status *)`. Empty if nothing would be remembered: do not offer an "always" then.
 *
 * @param request A `PermissionRequest` event, or what a policy is asked about.
 *
 * @example
 * ```ts
 * import { type PermissionRequest, rememberedRules } from "@claudestream/core";
 *
 * function answer(request: PermissionRequest, always: boolean): void {
 *   const canRemember = rememberedRules(request).length > 0;
 *   request.allow(always && canRemember ? { remember: "session" } : {});
 * }
 * ```
 */
export function rememberedRules(request: ToolRequest): readonly string[] {
  return remembered(request, "session")
    .flatMap(({ rules }) => Array.isArray(rules) ? rules : [])
    .filter(isWireObject)
    .map(({ toolName, ruleContent }) =>
      ruleContent === undefined ? `${toolName}` : `${toolName}(${ruleContent})`
    );
}

function isEmpty(input: WireObject): boolean {
  return Object.keys(input).length === 0;
}

/** The `response` of a `can_use_tool` request, as the CLI takes it. */
export function permissionReply(
  decision: Decision,
  request: ToolRequest,
): WireObject {
  if (decision.behavior === "allow") {
    const { input = request.input, remember } = decision;
    if (isEmpty(input) && !isEmpty(request.input)) {
      // CLI 2.1.330 takes an empty input for none, and runs the tool with the old one.
      return {
        behavior: "deny",
        message: `"${request.toolName}" cannot run with an empty input`,
      };
    }
    const updates = remember === undefined
      ? []
      : remembered(request, remember, input);
    return {
      behavior: "allow",
      // CLIs before 2.1.330 refuse an answer without the input.
      updatedInput: input,
      ...(updates.length === 0 ? {} : { updatedPermissions: updates }),
    };
  }
  return {
    behavior: "deny",
    message: decision.message,
    ...(decision.interrupt === true ? { interrupt: true } : {}),
  };
}
