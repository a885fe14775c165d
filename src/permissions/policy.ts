/**
 * Policies: who may call which tool. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permission_request.ts";
import type { WireObject } from "../messages/_define.ts";
import { BUILTIN_TOOLS } from "./builtin_tools.ts";
import { allow, type Decision, deny } from "./decision.ts";
import { parseRule, ruleMatches } from "./rules.ts";

/** What a policy may know besides the call itself. */
export interface PolicyContext {
  /** Aborts when the answer is not wanted any more: the turn ended, or another answer came first. */
  readonly signal: AbortSignal;
  /** Working directory of the session, absolute. */
  readonly cwd?: string;
}

/** A decision, or `undefined` to leave it to somebody else. */
export type PolicyAnswer = Decision | undefined;

/**
 * Decides on tool calls: on **every** one, also those that the CLI would not ask
 * about, those of subagents, and in every permission mode.
 *
 * `undefined` leaves a call undecided. The CLI's own rules and settings then hold, as
 * without a policy; what they would ask about becomes a `PermissionRequest` event, or
 * is denied where nobody reads events.
 *
 * A policy that throws, or gives something that is no decision, denies.
 */
export interface Policy {
  /** Its name in messages, such as `allowList`. */
  readonly name: string;
  /** Decides on one call. */
  decide(
    request: ToolRequest,
    context: PolicyContext,
  ): PolicyAnswer | Promise<PolicyAnswer>;
}

/** A {@linkcode Policy} that decides at once, as a blocking session needs it. */
export interface SyncPolicy extends Policy {
  /** Decides on one call. */
  decide(request: ToolRequest, context: PolicyContext): PolicyAnswer;
}

// A question to a person is no permission: a plain yes would answer it with nothing.
function isQuestion(request: ToolRequest): boolean {
  return request.toolName === "AskUserQuestion";
}

/**
 * Allows every call that the CLI asks about. Deny rules of the CLI's own settings
 * stay in force. Questions to a person (`AskUserQuestion`) are left undecided.
 */
export function allowAll(): SyncPolicy {
  return {
    name: "allowAll",
    decide: (request) => isQuestion(request) ? undefined : allow(),
  };
}

/** Denies every call that the CLI asks about. */
export function denyAll(message?: string): SyncPolicy {
  return {
    name: "denyAll",
    decide: () => deny(message ?? "No tool may be used in this session"),
  };
}

/**
 * Allows the CLI's built-in tools and leaves those of MCP servers undecided.
 *
 * @param options `except`: built-in tools to leave undecided as well.
 */
export function allowBuiltins(
  options: { readonly except?: readonly string[] } = {},
): SyncPolicy {
  const except = new Set(options.except ?? []);
  for (const name of except) {
    if (!BUILTIN_TOOLS.has(name)) {
      throw new ConfigError(
        "policy",
        `Cannot except "${name}" from the built-in tools: it is not one of them`,
      );
    }
  }
  return {
    name: "allowBuiltins",
    decide: (request) =>
      BUILTIN_TOOLS.has(request.toolName) && !except.has(request.toolName) &&
        !isQuestion(request)
        ? allow()
        : undefined,
  };
}

/**
 * Allows what one of the rules covers, and denies everything else.
 *
 * @param rules A tool's name (`Read`), a name with a pattern for what it is called
 * with (`Bash(git *)`, `Read(src/**)`), or a pattern for names (`mcp__db__*`). A
 * rule for `Bash` covers single commands only: nothing with `;`, `&&`, `|`, `>`,
 * `$(…)` and the like.
 * @throws {ConfigError} When a rule cannot be read.
 *
 * @example
 * ```ts
 * import { allowList } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = allowList(["Read", "Bash(git *)"]);
 * const decide = (command: string) =>
 *   policy.decide(
 *     { toolName: "Bash", toolUseId: "1", input: { command } },
 *     { signal: new AbortController().signal },
 *   )?.behavior;
 * assertEquals(decide("git status"), "allow");
 * assertEquals(decide("git status; rm -rf /"), "deny");
 * ```
 */
export function allowList(rules: readonly string[]): SyncPolicy {
  const parsed = rules.map(parseRule);
  const list = rules.join(", ");
  return {
    name: "allowList",
    decide: (request, { cwd }) =>
      parsed.some((rule) => ruleMatches(rule, request, cwd))
        ? isQuestion(request) ? undefined : allow()
        : deny(
          `"${request.toolName}" with this input is not on the list of what may be used: ${list}`,
        ),
  };
}

/**
 * Asks a function. It gives `allow()`, `deny()`, or `undefined` to leave the call
 * undecided, at once or as a promise. A throw or anything else denies.
 *
 * @example
 * ```ts
 * import { allow, callback, deny } from "@claudestream/core";
 *
 * const policy = callback((name) => name !== "Bash" ? allow() : deny("no shell"));
 * ```
 */
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: ToolRequest & PolicyContext,
  ) => PolicyAnswer,
): SyncPolicy;
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: ToolRequest & PolicyContext,
  ) => PolicyAnswer | Promise<PolicyAnswer>,
): Policy;
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: ToolRequest & PolicyContext,
  ) => PolicyAnswer | Promise<PolicyAnswer>,
): Policy {
  return {
    name: "callback",
    decide: (request, context) =>
      decide(request.toolName, request.input, { ...request, ...context }),
  };
}
