/**
 * A policy made of one policy per tool. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { isSameTool, literalName } from "../messages/builtin_tools.ts";
import { isPolicy } from "./combine.ts";
import { combined } from "./explain.ts";
import type { PermissionExplanation } from "./policy_types.ts";
import { callback, type PolicyRequest } from "./policy.ts";
import type {
  Policy,
  PolicyAnswer,
  PolicyContext,
  SyncPolicy,
} from "./policy_types.ts";
import { isAmbiguous, isPattern, parseName } from "./rules.ts";
import { whenKnown } from "../util/maybe_promise.ts";

/** Decides on the calls of one tool, immediately or as a promise. */
export type ToolPolicyFunction = (
  input: WireObject,
  request: PolicyRequest & PolicyContext,
) => PolicyAnswer | Promise<PolicyAnswer>;

/** Decides on the calls of one tool immediately. */

export type SyncToolPolicyFunction = (
  input: WireObject,
  request: PolicyRequest & PolicyContext,
) => PolicyAnswer;

/**
 * Combines policies or functions for individual tools. A call goes to the entry with the tool's
 * name, or with another name of the same tool (`Task` and `Agent`); otherwise to the first entry
 * whose pattern covers it (`mcp__db__*`); otherwise to `"*"`. Only one entry is asked: a call that
 * it leaves undecided stays undecided, and so does a call of a tool without an entry.
 *
 * @throws {ConfigError} If there is no entry, a key is neither a tool's name nor a pattern for
 *   names, two keys mean the same tool, or a value is neither a policy nor a function.
 *
 * @example
 * ```ts
 * import { allow, allowList, byTool, deny, denyAll } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = byTool({
 *   Bash: ({ command }) => command === "ls" ? allow() : deny("only ls"),
 *   "mcp__db__*": allowList(["mcp__db__query"]),
 *   "*": denyAll(),
 * });
 * const decide = (toolName: string, input = {}) =>
 *   policy.decide(
 *     { toolName, input, toolUseId: "1" },
 *     { signal: new AbortController().signal },
 *   )?.behavior;
 * assertEquals(decide("Bash", { command: "ls" }), "allow");
 * assertEquals(decide("mcp__db__drop"), "deny");
 * ```
 */
export function byTool(
  entries: Readonly<Record<string, SyncPolicy | SyncToolPolicyFunction>>,
): SyncPolicy;
/** Combines policies or functions for individual tools, some of which may return promises. */
export function byTool(
  entries: Readonly<Record<string, Policy | ToolPolicyFunction>>,
): Policy;
export function byTool(
  entries: Readonly<Record<string, Policy | ToolPolicyFunction>>,
): Policy {
  const table = Object.entries(entries).map(([key, value]) =>
    entry(key, value)
  );
  if (table.length === 0) {
    throw new ConfigError(
      "policy",
      "Cannot decide by tool: there is no entry",
    );
  }
  checkKeys(table);
  // Names come before patterns, and "*" last, whatever their order in the table.
  const rank = ({ key }: Entry) => key === "*" ? 2 : isPattern(key) ? 1 : 0;
  table.sort((a, b) => rank(a) - rank(b));
  const toolNames = table.map(({ key }) => literalName(key));
  const decides = table.flatMap(({ policy: { decides = [] } }) => decides);
  const about = {
    name: "byTool",
    toolNames,
    ...decides.length === 0 ? {} : { decides },
  };
  return combined(about, (request, context, asks) => {
    const { toolName } = request;
    const found = table.filter(({ matches }) => matches(toolName));
    // If the name may belong to several servers, every one of their entries must allow the call.
    const sure = found.findIndex(({ key }) => !isAmbiguous(key, toolName));
    const chosen = found.slice(0, sure < 0 ? found.length : sure + 1);
    return strictest(
      chosen,
      sure < 0,
      (entry) =>
        whenKnown(
          asks(entry.policy, request, context),
          (told) => ({ rule: entry.key, ...told }),
        ),
      toolName,
    );
  });
}

/**
 * Returns the first denial among the entries. Without a denial, returns the first that defers;
 * without that, `undefined` if an entry does not decide or none certainly applies to the tool;
 * otherwise the last decision.
 */
function strictest(
  entries: readonly Entry[],
  isUnsure: boolean,
  ask: (entry: Entry) => PermissionExplanation | Promise<PermissionExplanation>,
  toolName: string,
): PermissionExplanation | Promise<PermissionExplanation> {
  const [entry, ...rest] = entries;
  if (entry === undefined) {
    return {
      decision: undefined,
      by: [],
      reason: `There is no entry that is only about "${toolName}"`,
    };
  }
  return whenKnown(ask(entry), (told) => {
    const isLast = rest.length === 0 && !isUnsure;
    if (told.decision?.behavior === "deny" || isLast) return told;
    return whenKnown(
      strictest(rest, isUnsure, ask, toolName),
      (last) =>
        told.decision?.behavior === "defer" &&
            last.decision?.behavior !== "deny" ||
          told.decision === undefined && last.decision?.behavior === "allow"
          ? told
          : last,
    );
  });
}

interface Entry {
  readonly key: string;
  readonly matches: (toolName: string) => boolean;
  readonly policy: Policy;
}

/** @throws {ConfigError} If two keys mean the same tool. */
function checkKeys(table: readonly Entry[]): void {
  const names = table.map(({ key }) => literalName(key));
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => isSameTool(name, other));
    if (twin === undefined) continue;
    throw new ConfigError(
      "policy",
      `Cannot decide by tool: "${twin}" and "${name}" are names of the same tool, write one of them`,
    );
  }
}

function entry(key: string, value: Policy | ToolPolicyFunction): Entry {
  if (typeof value !== "function" && !isPolicy(value)) {
    throw new ConfigError(
      "policy",
      `Cannot decide on "${key}": expected a policy or a function, got ${typeof value}`,
    );
  }
  return {
    key,
    matches: key === "*" ? () => true : parseName(key),
    policy: typeof value === "function"
      ? {
        ...callback((_name, input, request) => value(input, request)),
        name: key,
      }
      : value,
  };
}
