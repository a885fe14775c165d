/**
 * `--allow` to a policy. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permission_request.ts";
import {
  allowAll,
  allowBuiltins,
  allowList,
  denyAll,
  isQuestion,
  type SyncPolicy,
} from "../permissions/policy.ts";
import { isSimpleCommand } from "../permissions/rules.ts";
import { UsageError } from "./usage_error.ts";

/**
 * What `--allow` allows; the rest is left to Claude Code's own rules, and to whoever is
 * asked then.
 *
 * @throws {UsageError} When a rule cannot be read.
 */
export function policyOf(allow: readonly string[] | undefined): SyncPolicy {
  const rules = (allow ?? []).flatMap(splitRules);
  if (allow !== undefined && rules.length === 0) {
    throw new UsageError(
      `Cannot use --allow ${
        JSON.stringify(allow.join(" "))
      }: there is no rule in it`,
      "Write rules such as Read or 'Bash(git *)', or none, which allows nothing",
    );
  }
  if (rules.includes("none")) {
    if (rules.length === 1) {
      return denyAll("No tool may be used: the user runs with --allow none");
    }
    throw new UsageError(
      'Cannot use --allow none with other rules: "none" is all',
    );
  }
  const policies = grants(rules);
  return {
    name: "--allow",
    decide(request, context) {
      for (const policy of policies) {
        const answer = policy.decide(request, context);
        if (answer?.behavior === "allow") return answer;
      }
      // No denial here: it would hold for reading a file in the working directory, too,
      // which Claude Code asks nobody about.
      return undefined;
    },
  };
}

function grants(rules: readonly string[]): readonly SyncPolicy[] {
  const policies: SyncPolicy[] = [];
  if (rules.includes("all")) policies.push(allowAll());
  if (rules.includes("builtins")) policies.push(allowBuiltins());
  const list = rules.filter((rule) => rule !== "all" && rule !== "builtins");
  if (list.length === 0) return policies;
  try {
    policies.push(allowList(list));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(
      error.message.replace("the rule", "the --allow rule"),
      "Rules: all, builtins, none, Read, 'Bash(git *)', 'mcp__server__*'; more with: claudestream help permissions",
    );
  }
  return policies;
}

/** What the model sees where nobody can be asked. */
export function unattendedMessage(request: ToolRequest): string {
  if (isQuestion(request)) return "Nobody is there to answer: go on without it";
  return `"${request.toolName}" with this input is not allowed here, and nobody is there to ask. The user can run again with ${
    allowFlag(request)
  }`;
}

/** The flag that would allow a call, ready for a shell. */
export function allowFlag(request: ToolRequest): string {
  const rule = suggestedRule(request);
  return `--allow ${/^[\w-]+$/.test(rule) ? rule : quoted(rule)}`;
}

/** A rule that covers a call and those like it. */
export function suggestedRule({ toolName, input }: ToolRequest): string {
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

/** One line that says what was denied and how to allow it. */
export function denialNote(requests: readonly ToolRequest[]): string {
  const flags = new Set(
    requests.filter((request) => !isQuestion(request)).map(allowFlag),
  );
  const names = [...new Set(requests.map(({ toolName }) => toolName))];
  const what = requests.length === 1
    ? `A call of ${names[0]} was denied`
    : `${requests.length} calls of ${names.join(", ")} were denied`;
  return flags.size === 0
    ? `${what}: it needs somebody at a terminal`
    : `${what}: nobody could be asked; to allow it run again with ${
      [...flags].join(" ")
    }`;
}

/** Takes `Read,Bash(git *),Edit` apart; a comma in parentheses belongs to the rule. */
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
