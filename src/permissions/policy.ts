/**
 * Policies, which decide which tool calls may run. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import type { WireObject } from "../messages/_define.ts";
import {
  BUILTIN_TOOLS,
  currentToolName,
  isSameTool,
  meantTool,
  type ToolKind,
  toolKind,
} from "../messages/builtin_tools.ts";
import { allow, deny } from "./decision.ts";
import { reasoned, reasonOf } from "./explain.ts";
import type {
  Policy,
  PolicyAnswer,
  PolicyContext,
  SyncPolicy,
} from "./policy_types.ts";
import { protectedDenial, protectedNamesOf } from "./protected_paths.ts";
import { namesProtected, parseRule, ruleMatches } from "./rules.ts";

/** A call as a policy sees it. */
export type PolicyRequest = ToolRequest & { readonly kind: ToolKind };

/** Returns a call with the current name of its tool, whatever the CLI calls it, and its kind. */
export function policyRequest(request: ToolRequest): PolicyRequest {
  const toolName = currentToolName(request.toolName);
  return { ...request, toolName, kind: toolKind(toolName) };
}

/** Returns the protected names of a call, even if no session determined them. */
function namesOf(
  request: ToolRequest,
  context: PolicyContext,
): readonly string[] {
  return request.protectedNames ?? protectedNamesOf(request, context);
}

/** Whether the call is a question to a person: allowing it would answer it with nothing. */
export function isQuestion(request: ToolRequest): boolean {
  return request.toolName === "AskUserQuestion";
}

/**
 * Allows every call. Deny rules of the CLI's own settings stay in force. Questions to
 * a person (`AskUserQuestion`) are left undecided, and so is writing what the CLI
 * executes or trusts (`.claude/`, `.git/`, `.mcp.json`, `.bashrc`, …), unless `bypass` is
 * set.
 *
 * @param options `bypass: true` also starts the CLI with `--dangerously-skip-permissions`, so that
 *   its own rules ask about nothing. The CLI refuses that flag to root unless the variable
 *   `IS_SANDBOX` is `1`. It takes effect only if it is the session's policy itself, not part of
 *   another policy.
 *
 * @example
 * ```ts
 * import { allowAll, AsyncSession } from "@claudestream/core";
 *
 * const session = new AsyncSession({ policy: allowAll() });
 * ```
 */
export function allowAll(
  options: { readonly bypass?: boolean } = {},
): SyncPolicy {
  return {
    name: "allowAll",
    decide: (request, context) => {
      if (isQuestion(request)) return undefined;
      if (options.bypass === true) return allow({ protected: true });
      return namesOf(request, context).length > 0 ? undefined : allow();
    },
    ...options.bypass === true ? { bypass: true } : {},
  };
}

/** Denies every call, including those that the CLI would not ask about. */
export function denyAll(message?: string): SyncPolicy {
  return {
    name: "denyAll",
    decide: () => deny(message ?? "No tool may be used in this session"),
  };
}

/**
 * Leaves every call undecided, so that the program asks its user: a call that the CLI's own rules
 * and settings would ask about becomes a `PermissionRequest` event, which `allow()` or `deny()`
 * answers. Without any policy the CLI denies such a call itself, without an event. Calls that its
 * rules allow, such as reading a file in the working directory, run without a question. If no
 * program reads the event (`ask()`, `printPrompt()`), the call is denied.
 *
 * After other policies, as in `firstOf(byTool({ Bash: denyAll() }), askUser())`, it makes explicit
 * what happens to the remaining calls.
 *
 * @example
 * ```ts
 * import { askUser, AsyncSession } from "@claudestream/core";
 *
 * async function chat(prompt: string): Promise<void> {
 *   await using session = new AsyncSession({ policy: askUser() });
 *   for await (const event of session.send(prompt)) {
 *     if (event.type !== "permission_request") continue;
 *     if (confirm(`Allow ${event.toolName} ${JSON.stringify(event.input)}?`)) {
 *       event.allow();
 *     } else event.deny("The user said no");
 *   }
 * }
 * ```
 */
export function askUser(): SyncPolicy {
  return reasoned("askUser", () => ({
    decision: undefined,
    reason: "It leaves each call to the CLI's own rules, and then to the user",
  }));
}

/**
 * Allows the CLI's built-in tools and leaves those of MCP servers undecided. Writing files that the
 * CLI executes or trusts (`.claude/`, `.git/`, `.mcp.json`, `.bashrc`, …) is left undecided, too.
 *
 * @param options `except`: built-in tools to leave undecided as well. The CLI's own rules
 * decide on those, and they let some run without a question, such as `Read` and `Agent`;
 * to deny one, put `firstOf(byTool({ Agent: denyAll() }), allowBuiltins())`.
 */
export function allowBuiltins(
  options: { readonly except?: readonly string[] } = {},
): SyncPolicy {
  const { except = [] } = options;
  for (const name of except) {
    if (BUILTIN_TOOLS.has(name)) continue;
    const meant = meantTool(name);
    throw new ConfigError(
      "policy",
      `Cannot except "${name}" from the built-in tools: it is not one of them${
        meant === undefined ? "" : `, did you mean "${meant}"?`
      }`,
    );
  }
  const isExcepted = (toolName: string) =>
    except.some((name) => isSameTool(name, toolName));
  return {
    name: "allowBuiltins",
    toolNames: except,
    decide: (request, context) =>
      BUILTIN_TOOLS.has(request.toolName) && !isExcepted(request.toolName) &&
        !isQuestion(request) && namesOf(request, context).length === 0
        ? allow()
        : undefined,
  };
}

/**
 * Allows calls that one of the rules covers, and denies all others.
 *
 * @param rules A tool's name (`Read`), a name with a pattern for its input (`Bash(git *)`,
 *   `Read(src/**)`), or a pattern for names (`mcp__db__*`). A rule for `Bash` covers single
 *   commands only: nothing with `;`, `&&`, `|`, `>`, `$(…)` and the like. It cannot know how the
 *   program interprets its arguments: `Bash(git *)` covers `git -C /elsewhere push` and `git -c
 *   alias.x='!…' x` too. For a tool of an MCP server, all texts that look like commands, paths or
 *   URLs must match the pattern. `mcp__db` and `mcp__db__*` do not cover a tool that may belong to
 *   a server `db__admin`, such as the ambiguous `mcp__db__admin__drop`. Symbolic links are not
 *   followed: use {@linkcode writePaths} for that. A rule for `Write`, `Edit` or `NotebookEdit`
 *   covers files that the CLI executes or trusts (`.claude/`, `.git/`, `.mcp.json`, `.bashrc`, …)
 *   only if it names it: `Write(.claude/skills/**)`.
 * @throws {ConfigError} If a rule cannot be parsed, or there is none.
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
  if (!Array.isArray(rules)) {
    throw new ConfigError(
      "policy",
      `Cannot make a list of what is allowed: expected a list of rules such as ["Read"], got ${typeof rules}`,
    );
  }
  if (rules.length === 0) {
    throw new ConfigError(
      "policy",
      "Cannot make a list of what is allowed: it is empty",
      { hint: "Use denyAll() to allow nothing" },
    );
  }
  const parsed = rules.map(parseRule);
  const list = rules.join(", ");
  const toolNames = parsed.map(({ toolName }) => toolName);
  return reasoned({ name: "allowList", toolNames }, (request, context) => {
    const names = namesOf(request, context);
    const rules = parsed.filter((rule) => ruleMatches(rule, request, context));
    const rule = rules.find((rule) => namesProtected(rule, names));
    if (rule === undefined && rules.length > 0) {
      const decision = protectedDenial(request, names);
      return { decision, reason: reasonOf("allowList", decision) };
    }
    if (rule === undefined) {
      const message =
        `"${request.toolName}" with this input is not on the list of what may be used: ${list}`;
      return { decision: deny(message), reason: message };
    }
    return {
      decision: isQuestion(request)
        ? undefined
        : allow(names.length > 0 ? { protected: true } : {}),
      rule: rule.text,
      reason: `The rule "${rule.text}" covers it`,
    };
  });
}

/**
 * Asks a function. It returns `allow()`, `deny()`, or `undefined` to leave the call undecided,
 * directly or as a promise. An error or any other value denies.
 *
 * The tool's name is its current one: `Agent`, never `Task`. Allow only kinds or names that you
 * list: other tools than `Bash` run commands too, and newer CLIs have more. `allow()` does not
 * cover files that the CLI executes or trusts (`request.protectedNames`); `allow({ protected: true
 * })` does.
 *
 * @example
 * ```ts
 * import { allow, callback, deny } from "@claudestream/core";
 *
 * const policy = callback((_name, _input, { kind }) =>
 *   kind === "read" || kind === "edit" ? allow() : deny("no shell")
 * );
 * ```
 */
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: PolicyRequest & PolicyContext,
  ) => PolicyAnswer,
): SyncPolicy;
/** The same for a function that may return a promise. */
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: PolicyRequest & PolicyContext,
  ) => PolicyAnswer | Promise<PolicyAnswer>,
): Policy;
export function callback(
  decide: (
    name: string,
    input: WireObject,
    request: PolicyRequest & PolicyContext,
  ) => PolicyAnswer | Promise<PolicyAnswer>,
): Policy {
  if (typeof decide !== "function") {
    throw new ConfigError(
      "policy",
      `Cannot ask a callback: expected a function, got ${typeof decide}`,
    );
  }
  return {
    name: "callback",
    decide: (request, context) => {
      const call = policyRequest(request);
      return decide(call.toolName, call.input, { ...call, ...context });
    },
  };
}
