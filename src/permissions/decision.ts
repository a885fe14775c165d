/**
 * Decisions on tool calls, and their form on the wire. Pure.
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

/** A decision that allows a call. Created by {@linkcode allow}. */
export interface AllowDecision extends AllowOptions {
  /** `"allow"` */
  readonly behavior: "allow";
}

/** A decision that denies a call. Created by {@linkcode deny}. */
export interface DenyDecision extends DenyOptions {
  /** `"deny"` */
  readonly behavior: "deny";
  /** Message to the model. Never empty. */
  readonly message: string;
}

/** A decision that leaves a call to a later process. Created by {@linkcode defer}. */
export interface DeferDecision {
  /** `"defer"` */
  readonly behavior: "defer";
}

/** Decision on a tool call. */
export type Decision = AllowDecision | DenyDecision;

/** Decision of a policy on a tool call. Only a policy can defer: a question waits for its answer. */
export type PolicyDecision = Decision | DeferDecision;

/**
 * Allows the tool to run.
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

/** Default message of a denial. */
export const DEFAULT_DENIAL = "The host denied this tool call";

/**
 * Denies the call.
 *
 * @param message Message that the model sees instead of a result.
 * @param options `interrupt: true` ends the turn as well; the model then does not see the message.
 */
export function deny(
  message?: string,
  options: DenyOptions = {},
): DenyDecision {
  return {
    behavior: "deny",
    // The CLI rejects a denial without a message.
    message: message === undefined || message === "" ? DEFAULT_DENIAL : message,
    ...options,
  };
}

/**
 * Leaves the call to a later process: it does not run, the turn ends, and the process and the
 * program may end, too. `deferred()` of `@claudestream/core/sessions` lists what waits; a session
 * that resumes with {@linkcode decided} continues with exactly that call.
 *
 * One call waits at a time: another one of the same turn is denied, and the model is told to call
 * it again later. A call of a subagent and a shell command of a skill cannot wait and are denied,
 * because the CLI forgets them. The next prompt that is sent before the decision drops the call.
 *
 * @example
 * ```ts
 * import { AsyncSession, byTool, defer, TurnError } from "@claudestream/core";
 *
 * async function ask(prompt: string): Promise<string | undefined> {
 *   await using session = new AsyncSession({
 *     policy: byTool({ Bash: () => defer() }),
 *   });
 *   try {
 *     return (await session.ask(prompt)).text;
 *   } catch (error) {
 *     if (!(error instanceof TurnError) || error.code !== "deferred") throw error;
 *     console.log(session.id, session.deferred); // and decide some day
 *   }
 * }
 * ```
 */
export function defer(): DeferDecision {
  return { behavior: "defer" };
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
const DEFER_KEYS: ReadonlySet<string> = new Set(["behavior"]);

/**
 * Returns a snapshot of an answer, with its input converted through JSON, so that no getter,
 * `toJSON` or later change of the caller's object can alter it after the check. An input that JSON
 * cannot represent becomes `null`, which makes the decision invalid.
 */
export function plainAnswer(answer: unknown): unknown {
  if (!isWireObject(answer)) return answer;
  const copy = { ...answer };
  return copy.input === undefined
    ? copy
    : { ...copy, input: jsonObject(copy.input) };
}

/**
 * Returns an object as it is on the wire; `null` if `toJSON` makes it something other than an
 * object.
 */
function jsonObject(value: unknown): WireObject | null {
  try {
    const made: unknown = JSON.parse(JSON.stringify(value));
    return isWireObject(value) && isWireObject(made) ? made : null;
  } catch {
    // The value has a cycle or a bigint, or has no JSON form.
    return null;
  }
}

/**
 * Returns why a value is not a {@linkcode Decision}; `undefined` if it is one.
 *
 * @param value The result of {@linkcode plainAnswer}.
 * @param other What else would be one, as text for the message.
 * @param otherBehavior Its `behavior`, as text for the message.
 */
export function decisionIssue(
  value: unknown,
  other = "",
  otherBehavior = "",
): string | undefined {
  if (!isWireObject(value)) {
    return `expected allow(…), deny(…)${other} or undefined`;
  }
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
  return otherBehavior === ""
    ? `expected "behavior" to be "allow" or "deny"`
    : `expected "behavior" to be "allow", "deny" or ${otherBehavior}`;
}

/**
 * Returns why a value is not a {@linkcode PolicyDecision}; `undefined` if it is one.
 *
 * @param value The result of {@linkcode plainAnswer}.
 */
export function policyDecisionIssue(value: unknown): string | undefined {
  if (isWireObject(value) && value.behavior === "defer") {
    return unknownKey(value, DEFER_KEYS);
  }
  return decisionIssue(value, ", defer()", `"defer"`);
}

/**
 * Finds an unknown key. An allow with `updatedInput`, the name on the wire, would otherwise run
 * with the original input.
 */
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

/** Whether two inputs are equal on the wire. */
export function isSameInput(one: WireObject, other: WireObject): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Returns the permission updates that remember a call: the CLI's own suggestions, but only the
 * rules among them, because others, such as a change of the mode, allow far more than this call.
 * Without suggested rules, a tool of an MCP server is remembered by its name, as in the CLI;
 * another tool is not remembered, because its name alone would allow every call.
 *
 * @param input The input that the call runs with; the suggestions are about the original input.
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
 * Returns the rules that `allow({ remember })` would add for a call, in the format of settings:
 * `Bash(git status *)`. If it is empty, nothing would be remembered: do not offer an "always" then.
 *
 * @param request A `PermissionRequest` event, or the request passed to a policy.
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

/** Returns the `response` to a `can_use_tool` request, in the format of the CLI. */
export function permissionReply(
  decision: Decision,
  request: ToolRequest,
): WireObject {
  if (decision.behavior === "allow") {
    const { input = request.input, remember } = decision;
    if (isEmpty(input) && !isEmpty(request.input)) {
      // CLI 2.1.330 treats an empty input as absent, and runs the tool with the original one.
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
      // CLIs before 2.1.330 reject an answer without the input.
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
