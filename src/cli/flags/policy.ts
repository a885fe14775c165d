/**
 * Turns `--allow` into a policy and `--deny` into rules of the CLI. Pure.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import type { ToolRequest } from "../../events/permissions.ts";
import { BUILTIN_TOOLS, meantTool } from "../../messages/builtin_tools.ts";
import {
  allowAll,
  allowBuiltins,
  allowList,
  denyAll,
  isQuestion,
} from "../../permissions/policy.ts";
import type { SyncPolicy } from "../../permissions/policy_types.ts";
import { reasoned } from "../../permissions/explain.ts";
import {
  protectedNamesOf,
  ruleNaming,
} from "../../permissions/protected_paths.ts";
import { readOnly } from "../../permissions/read_only.ts";
import { isSimpleCommand, parseRule } from "../../permissions/rules.ts";
import { wildcard } from "../../permissions/wildcard.ts";
import { UsageError } from "../failure/usage_error.ts";

/** Words that `--allow` accepts besides rules. */
const KEYWORDS: readonly string[] = ["all", "builtins", "readonly", "none"];

/**
 * Returns the policy for `--allow`. It leaves all other calls to Claude Code's own rules, which may
 * ask a person.
 *
 * @throws {UsageError} When a rule cannot be read, or names an unknown tool.
 */
export function policyOf(allow: readonly string[] | undefined): SyncPolicy {
  const rules = rulesOf("--allow", allow);
  if (rules.includes("none")) {
    if (rules.length === 1) {
      return denyAll("No tool may be used: the user runs with --allow none");
    }
    throw new UsageError(
      'Cannot use --allow none with other rules: "none" is all',
    );
  }
  const policies = grants(rules);
  return reasoned("--allow", (request, context) => {
    for (const policy of policies) {
      const decision = policy.decide(request, context);
      if (decision?.behavior !== "allow") continue;
      return { decision, reason: `"${policy.name}" allows it` };
    }
    // Do not deny here: that would also deny reading files in the working directory, which Claude
    // Code allows without asking.
    return {
      decision: undefined,
      reason: rules.length === 0
        ? "not given"
        : `does not cover this call (${rules.join(", ")})`,
    };
  });
}

/**
 * Returns the rules of `--deny`; the CLI itself enforces them.
 *
 * @throws {UsageError} When a rule cannot be read, or names an unknown tool.
 */
export function deniedRules(
  deny: readonly string[] | undefined,
): readonly string[] {
  const rules = rulesOf("--deny", deny);
  const keyword = rules.find((rule) => KEYWORDS.includes(rule));
  if (keyword !== undefined) {
    throw new UsageError(
      `Cannot use --deny ${keyword}: expected a tool`,
      "To deny every tool: --allow none",
    );
  }
  return listed("--deny", rules, (list) => {
    for (const rule of list) parseRule(rule);
    return list;
  });
}

function rulesOf(flag: RuleFlag, given: readonly string[] | undefined) {
  const rules = (given ?? []).flatMap(splitRules);
  if (given !== undefined && rules.length === 0) {
    throw new UsageError(
      `Cannot use ${flag} ${
        JSON.stringify(given.join(" "))
      }: there is no rule in it`,
      flag === "--allow"
        ? "Write rules such as Read or 'Bash(git *)', or none, which allows nothing"
        : "Write rules such as WebFetch or 'Bash(rm *)'",
    );
  }
  return rules.map((rule) => knownRule(flag, rule));
}

type RuleFlag = "--allow" | "--deny";

/** Returns the rule if its tool is known; accepts `=Name` unchecked. */
function knownRule(flag: RuleFlag, rule: string): string {
  if (rule.startsWith("=")) return rule;
  const name = rule.replace(/\(.*$/s, "").trim();
  if (KEYWORDS.includes(rule) || name.startsWith("mcp__")) return rule;
  // If this is not a name at all, the parser of the rule reports it.
  if (!/^[A-Za-z_][\w*-]*$/.test(name)) return rule;
  const matches = wildcard(name);
  if ([...BUILTIN_TOOLS].some((tool) => matches(tool))) return rule;
  const words = flag === "--allow" ? KEYWORDS : [];
  const near = meantTool(name) ?? closest(name, [...BUILTIN_TOOLS, ...words]);
  throw new UsageError(
    `Unknown tool ${JSON.stringify(name)} in ${flag}${
      near === undefined ? "" : `, did you mean "${near}"?`
    }`,
    `A tool that is newer than claudestream: ${flag} '=${rule}'; one of an MCP server: mcp__SERVER__TOOL`,
  );
}

function grants(rules: readonly string[]): readonly SyncPolicy[] {
  const policies: SyncPolicy[] = [];
  if (rules.includes("all")) policies.push(allowAll());
  if (rules.includes("builtins")) policies.push(allowBuiltins());
  if (rules.includes("readonly")) policies.push(readOnly());
  const list = rules.filter((rule) => !KEYWORDS.includes(rule));
  if (list.length === 0) return policies;
  policies.push(listed("--allow", list, allowList));
  return policies;
}

/** Builds a list from rules; an error in a rule names the flag. */
function listed<T>(
  flag: RuleFlag,
  rules: readonly string[],
  make: (rules: readonly string[]) => T,
): T {
  try {
    return make(rules);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(
      error.message.replace("the rule", `the ${flag} rule`),
      `Rules: ${
        flag === "--allow" ? `${KEYWORDS.join(", ")}, ` : ""
      }Read, 'Bash(git *)', 'mcp__server__*'; more with: claudestream help permissions`,
    );
  }
}

/** Returns the message to the model when no person can be asked. */
export function unattendedMessage(request: ToolRequest): string {
  if (isQuestion(request)) return "Nobody is there to answer: go on without it";
  return `"${request.toolName}" with this input is not allowed here, and nobody is there to ask. The user can run again with ${
    allowFlag(request)
  }`;
}

/** Returns the flag that would allow a call, quoted for a shell. */
export function allowFlag(request: ToolRequest): string {
  const rule = suggestedRule(request);
  return `--allow ${/^[\w-]+$/.test(rule) ? rule : quoted(rule)}`;
}

/** Returns a rule that covers a call and similar ones. */
export function suggestedRule(request: ToolRequest): string {
  const { toolName, input } = request;
  const names = request.protectedNames ?? protectedNamesOf(request, {});
  // Without the path the rule would not cover files that Claude Code protects.
  if (names.length > 0) return ruleNaming(request, names) ?? toolName;
  const { command } = input;
  if (toolName !== "Bash" || typeof command !== "string") return toolName;
  // A rule with a pattern never covers more than a single plain command.
  const [, program] = /^\s*([\w./-]+)(\s|$)/.exec(command) ?? [];
  return program !== undefined && isSimpleCommand(command.trim())
    ? `Bash(${program} *)`
    : "Bash";
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The usual reason why no person was asked. */
export const NO_TERMINAL = "there is no terminal";

/**
 * Returns a line that says what was denied and how to allow it.
 *
 * @param whyNobody The reason why no person was asked, with advice.
 */
export function denialNote(
  requests: readonly ToolRequest[],
  whyNobody: string,
): string {
  const flags = new Set(
    requests.filter((request) => !isQuestion(request)).map(allowFlag),
  );
  const names = [...new Set(requests.map(({ toolName }) => toolName))];
  const what = requests.length === 1
    ? `A call of ${names[0]} was denied`
    : `${requests.length} calls of ${names.join(", ")} were denied`;
  return flags.size === 0
    ? `${what}: it needs somebody at a terminal (${whyNobody})`
    : `${what}: nobody could be asked (${whyNobody}); to allow it run again with ${
      [...flags].join(" ")
    }`;
}

/** Splits `Read,Bash(git *),Edit`; a comma in parentheses belongs to the rule. */
export function splitRules(text: string): string[] {
  const rules: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === undefined || char === "," && depth <= 0) {
      rules.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return rules.filter((rule) => rule !== "");
}
