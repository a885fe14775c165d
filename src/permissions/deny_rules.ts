/**
 * Deny rules from `disallowedTools`: what the CLI enforces of each, and which calls they deny. If a
 * pattern can be interpreted in two ways, both are denied. Pure except for the function that
 * follows links.
 *
 * The CLI (2.1.332) matches paths only with rules for `Edit` and `Read`, and commands only with
 * rules for `Bash`; it accepts `Write(a.txt)` and `Monitor(rm *)` but denies nothing. It checks the
 * rules before it asks, and does not check the input in the answer.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import {
  BUILTIN_TOOLS,
  currentToolName,
  literalName,
} from "../messages/builtin_tools.ts";
import { CONTENT, contentsOf } from "./content.ts";
import { deny, type DenyDecision } from "./decision.ts";
import {
  commandsIn,
  isDeniedCommand,
  pathPatterns,
  pathsIn,
  pathsLedTo,
} from "./denied_calls.ts";
import type { Machine } from "./protected_paths.ts";
import { parseName, type RulePlace } from "./rules.ts";
import { wildcard } from "./wildcard.ts";

/** For each tool whose own patterns the CLI ignores: the tool whose rules it applies instead. */
export const ENFORCED_BY: ReadonlyMap<string, string> = new Map([
  ["Write", "Edit"],
  ["MultiEdit", "Edit"],
  ["NotebookEdit", "Edit"],
  ["NotebookRead", "Read"],
  ["Glob", "Read"],
  ["Grep", "Read"],
  ["LS", "Read"],
  ["LSP", "Read"],
  ["Monitor", "Bash"],
]);

/** A rule, split into name and pattern. */
interface Parts {
  readonly name: string;
  readonly content?: string;
}

function partsOf(rule: string): Parts {
  const literal = literalName(String(rule).trim());
  const [, name = literal, content] = /^([^(]+)\((.*)\)$/s.exec(literal) ?? [];
  return content === undefined || content === "*"
    ? { name }
    : { name, content };
}

/** Returns the tool whose rules the CLI applies to calls of this one. */
function enforcedName(name: string): string {
  const current = currentToolName(name);
  return ENFORCED_BY.get(current) ?? current;
}

/** Returns why the CLI never matches a rule with a pattern; `undefined` if it may. */
function whyNever({ name, content }: Parts): string | undefined {
  if (content === undefined) return undefined;
  if (name.startsWith("mcp__") || name.includes("*")) {
    return `the CLI holds no pattern against calls of "${name}", use "${name}"`;
  }
  const current = currentToolName(name);
  const known = CONTENT.get(current);
  if (known?.[0] === "url" && !content.startsWith("domain:")) {
    return `expected a host, such as "${name}(domain:example.com)"`;
  }
  if (known === undefined && BUILTIN_TOOLS.has(name)) {
    return `calls of "${name}" have nothing to hold a pattern against, use "${name}"`;
  }
  return undefined;
}

/**
 * Checks that a rule of the CLI can cover any call at all.
 *
 * @param behavior What the rule does: a deny rule is translated, see {@linkcode enforcedRule};
 * a translated allow rule would allow more than was said.
 * @throws {ConfigError} If it cannot.
 */
export function checkCliRule(
  rule: string,
  option: string,
  behavior: "allow" | "deny" | "written",
): void {
  const parts = partsOf(rule);
  const name = enforcedName(parts.name);
  const why = whyNever(parts) ??
    (behavior === "deny" || parts.content === undefined ||
        name === currentToolName(parts.name)
      ? undefined
      : `the CLI ignores patterns of "${parts.name}". "${name}(${parts.content})" is about all tools of its kind`);
  if (why === undefined) return;
  throw new ConfigError(
    option,
    `Cannot use the rule "${rule}": it would never cover a call: ${why}`,
  );
}

/**
 * Returns a deny rule in the form that the CLI enforces: `Edit(a.txt)` for `Write(a.txt)`, which
 * denies more.
 */
export function enforcedRule(rule: string): string {
  const { name, content } = partsOf(rule);
  const enforced = enforcedName(name);
  if (enforced === currentToolName(name)) return literalName(rule);
  return content === undefined ? name : `${enforced}(${content})`;
}

/** Returns the rule that denies a call, as it was written; `undefined` if none does. */
export type DenyRules = (
  request: Pick<ToolRequest, "toolName" | "input">,
  place: RulePlace,
) => string | undefined;

type Matches = (
  request: Pick<ToolRequest, "toolName" | "input">,
  place: RulePlace,
) => boolean;

/** Returns a test of calls against deny rules. */
export function denyRules(
  rules: readonly string[] = [],
  machine?: Machine,
): DenyRules {
  const parsed = rules.map((text) => ({
    text,
    matches: ruleOf(text, machine),
  }));
  return (request, place) =>
    parsed.find(({ matches }) => matches(request, place))?.text;
}

function ruleOf(text: string, machine: Machine | undefined): Matches {
  const { name, content } = partsOf(text);
  if (content === undefined) {
    const matches = parseName(`=${name}`);
    return ({ toolName }) => matches(toolName);
  }
  const ruled = enforcedName(name);
  return (request, place) => {
    const tool = enforcedName(request.toolName);
    const { input } = request;
    const isDeniedPath = (path: string) => {
      const patterns = pathPatterns(content, place);
      return pathsLedTo(path, place, machine)
        .some((path) => patterns.some((matches) => matches(path)));
    };
    if (tool === "Bash" && (ruled === "Edit" || ruled === "Read")) {
      const { command } = input;
      return typeof command === "string" &&
        pathsIn(command, ruled === "Edit" ? "write" : "read")
          .some(isDeniedPath);
    }
    if (tool !== ruled) return false;
    return contentsOf(currentToolName(request.toolName), input)
      .some(({ kind, text }) => {
        switch (kind) {
          case "command":
            return [text, ...commandsIn(text)]
              .some((command) => isDeniedCommand(content, command));
          case "path":
            return isDeniedPath(text);
          case "url":
            return isDeniedHost(content, text);
          case "word":
            return wildcard(content.replace(/:\*$/, "*"))(text);
        }
      });
  };
}

function isDeniedHost(content: string, address: string): boolean {
  if (!content.startsWith("domain:") || !URL.canParse(address)) return false;
  const host = new URL(address).hostname.replace(/\.$/, "");
  return wildcard(content.slice("domain:".length).toLowerCase())(host);
}

/** Returns the denial for a call that a rule covers. */
export function ruleDenial(toolName: string, rule: string): DenyDecision {
  return deny(
    `"${toolName}" with this input is denied by the rule "${rule}"`,
  ) as DenyDecision;
}
