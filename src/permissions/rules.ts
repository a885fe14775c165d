/**
 * Rules such as `Read`, `Bash(git *)` and `mcp__db__*`. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permission_request.ts";

/** A rule, taken apart. */
export interface Rule {
  /** As it was written. */
  readonly text: string;
  /** Whether the rule is about a tool of this name. */
  readonly matchesName: (toolName: string) => boolean;
  /** Whether the rule covers this content; absent where it covers all of them. */
  readonly matchesContent?: (
    content: string,
    cwd: string | undefined,
  ) => boolean;
}

const SHAPE = /^([A-Za-z_][\w*-]*)(?:\((.*)\))?$/s;

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** A pattern in which `*` stands for any characters, as a test of whole texts. */
function wildcard(pattern: string): (text: string) => boolean {
  const source = pattern.split("*").map(escapeExpression).join(".*");
  const expression = new RegExp(`^${source}$`, "s");
  return (text) => expression.test(text);
}

/** Commands: `git *` covers `git` too, and `npm run:*` is the CLI's older way to write `npm run *`. */
function commandPattern(pattern: string): (command: string) => boolean {
  const normal = pattern.endsWith(":*") ? `${pattern.slice(0, -2)} *` : pattern;
  const matches = wildcard(normal);
  const bare = normal.endsWith(" *") ? normal.slice(0, -2) : undefined;
  return (command) => {
    const text = command.trim();
    // A rule for one command must not let a second one through behind it.
    if (!isSimpleCommand(text)) return false;
    return matches(text) || (bare !== undefined && text === bare);
  };
}

/**
 * Whether a shell would run no more than one command with no redirection: no
 * unquoted `;`, `&`, `|`, `<`, `>`, parenthesis or line break, and no substitution.
 * It errs on the side of no.
 */
export function isSimpleCommand(command: string): boolean {
  let quote: "'" | '"' | undefined;
  for (let at = 0; at < command.length; at++) {
    const char = command[at] as string;
    if (quote === "'") {
      if (char === "'") quote = undefined;
      continue;
    }
    if (char === "\\") {
      // An escaped line break joins lines, which no rule should have to think of.
      if (command[at + 1] === "\n") return false;
      at++;
      continue;
    }
    if (char === "`") return false;
    if (char === "$" && /[({'"[]/.test(command[at + 1] ?? "")) return false;
    if (quote === '"') {
      if (char === '"') quote = undefined;
      continue;
    }
    if (char === "'" || char === '"') quote = char;
    else if (";&|<>()\n\r".includes(char)) return false;
  }
  return quote === undefined;
}

/** The part of a tool's input that a rule's content is held against. */
function contentOf(request: Pick<ToolRequest, "input">): string | undefined {
  for (const key of ["command", "file_path", "notebook_path", "path", "url"]) {
    const value = request.input[key];
    if (typeof value === "string") return value;
  }
  return undefined;
}

/**
 * Takes a rule apart.
 *
 * @throws {ConfigError} When it is none.
 */
export function parseRule(text: string): Rule {
  const [, name, content] = SHAPE.exec(text.trim()) ?? [];
  if (name === undefined || content === "") {
    throw new ConfigError(
      "policy",
      `Cannot read the rule "${text}": expected a tool's name such as "Read", "Bash(git *)" or "mcp__server__*"`,
    );
  }
  // `mcp__db` stands for all tools of that server, as in the CLI's own rules.
  const matchesName = /^mcp__(?:(?!__).)+$/.test(name)
    ? wildcard(`${name}__*`)
    : wildcard(name);
  if (content === undefined || content === "*") return { text, matchesName };
  return { text, matchesName, matchesContent: contentPattern(name, content) };
}

function contentPattern(
  name: string,
  content: string,
): (content: string, cwd: string | undefined) => boolean {
  if (name === "Bash" || name === "PowerShell") return commandPattern(content);
  if (content.startsWith("domain:")) {
    return domainPattern(content.slice("domain:".length));
  }
  return pathPattern(content);
}

/** Hosts of addresses: `domain:example.com` is that host only, `domain:*.example.com` those below it. */
function domainPattern(pattern: string): (address: string) => boolean {
  const matches = wildcard(pattern.toLowerCase());
  return (address) =>
    URL.canParse(address) && matches(new URL(address).hostname);
}

/**
 * Paths: `*` stays within a part, `**` does not; one that begins without `/` is
 * below the working directory. A path with `..` in it matches nothing. Symbolic
 * links are not followed here.
 */
function pathPattern(
  pattern: string,
): (path: string, cwd: string | undefined) => boolean {
  const source = pattern.split("**").map((part) =>
    part.split("*").map(escapeExpression).join("[^/]*")
  ).join(".*");
  const expression = new RegExp(`^${source}$`, "s");
  return (path, cwd) => {
    if (path.split("/").includes("..")) return false;
    const below = cwd !== undefined && path.startsWith(`${cwd}/`)
      ? path.slice(cwd.length + 1)
      : undefined;
    return expression.test(path) ||
      below !== undefined && expression.test(below);
  };
}

/** Whether a rule covers a call. */
export function ruleMatches(
  rule: Rule,
  request: Pick<ToolRequest, "toolName" | "input">,
  cwd?: string,
): boolean {
  if (!rule.matchesName(request.toolName)) return false;
  if (rule.matchesContent === undefined) return true;
  const content = contentOf(request);
  return content !== undefined && rule.matchesContent(content, cwd);
}
