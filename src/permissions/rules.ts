/**
 * Rules such as `Read`, `Bash(git *)` and `mcp__db__*`. Pure.
 *
 * What no rule can know: what a program makes of its arguments (`git -c alias.x='!rm'`,
 * `git -C /elsewhere`, `find -exec`, `awk`, `npm run`, `--output=file`), what a name
 * stands for in the shell (aliases, functions, `PATH`), and what a variable holds.
 * `Bash(git *)` trusts `git` with everything that it can be told.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import {
  BUILTIN_TOOLS,
  currentToolName,
  isSameTool,
  literalName,
  toolNames,
} from "../messages/builtin_tools.ts";
import { checkToolName } from "../tools/tool_name_check.ts";
import { CONTENT, contentsOf } from "./content.ts";
import { commandPattern, isSimplePowerShell } from "./command.ts";
import { namesWrittenOut } from "./protected_paths.ts";
import { pathWildcard, wildcard } from "./wildcard.ts";

export { isSimpleCommand } from "./command.ts";

/** Where relative paths of a rule and of a call begin. */
export interface RulePlace {
  /** Working directory of the session, absolute. */
  readonly cwd?: string;
  /** Where the CLI is at this call, absolute. Default `cwd`. */
  readonly callCwd?: string;
}

/** A rule, taken apart. */
export interface Rule {
  /** As it was written. */
  readonly text: string;
  /** The tool that it is about, or a pattern for names, as it was written. */
  readonly toolName: string;
  /** Whether the rule is about a tool of this name. */
  readonly matchesName: (toolName: string) => boolean;
  /** Whether the rule covers this call; absent where it covers all of them. */
  readonly matchesInput?: (
    request: Pick<ToolRequest, "toolName" | "input">,
    place: RulePlace,
  ) => boolean;
  /** Names of files and folders that its pattern writes out. */
  readonly names: ReadonlySet<string>;
}

/** An "=" in front: the name is taken as it is. */
const SHAPE = /^(=?[A-Za-z_][\w*-]*)(?:\((.*)\))?$/s;

/**
 * Takes a rule apart.
 *
 * @throws {ConfigError} When it is none, or could never cover anything.
 */
export function parseRule(text: string): Rule {
  const [, name, content] = SHAPE.exec(String(text).trim()) ?? [];
  if (name === undefined || content === "") {
    throw new ConfigError(
      "policy",
      `Cannot read the rule "${text}": expected a tool's name such as "Read", "Bash(git *)" or "mcp__server__*"`,
    );
  }
  const matchesName = parseName(name);
  const toolName = literalName(name);
  if (content === undefined || content === "*") {
    return { text, toolName, matchesName, names: new Set() };
  }
  checkContent(text, toolName, content);
  return {
    text,
    toolName,
    matchesName,
    matchesInput: inputPattern(content),
    names: namesWrittenOut(content),
  };
}

/**
 * A tool's name, or a pattern for names, as a test of names: one that holds for every
 * name of the tool. `mcp__db` stands for all tools of that server, as in the CLI's own
 * rules.
 *
 * @throws {ConfigError} When it is none, or nearly the name of a built-in tool.
 */
export function parseName(name: string): (toolName: string) => boolean {
  if (!SHAPE.test(name) || name.includes("(")) {
    throw new ConfigError(
      "policy",
      `Cannot read the tool's name "${name}": expected one such as "Read" or "mcp__server__*"`,
    );
  }
  checkToolName(name, "policy");
  const literal = literalName(name);
  if (!isPattern(literal)) return (toolName) => isSameTool(toolName, literal);
  const matches = wildcard(
    literal.includes("*") ? literal : `${literal}__*`,
  );
  return (toolName) => toolNames(toolName).some(matches);
}

/** Whether a name stands for more than one tool: it has a `*`, or is that of a server. */
export function isPattern(name: string): boolean {
  return name.includes("*") || /^mcp__(?:(?!__).)+$/.test(literalName(name));
}

/**
 * Whether a name and a pattern for names may be about another server than it seems: of
 * `mcp__db__admin__drop` nothing tells whether it is the tool `admin__drop` of the server
 * `db` or the tool `drop` of the server `db__admin`. A pattern that names a server
 * covers none of whose name that may be a part.
 */
export function isAmbiguous(pattern: string, toolName: string): boolean {
  const server = /^mcp__[^*]*__(?=[^*]*\*)|^mcp__(?:(?!__)[^*])+$/
    .exec(literalName(pattern))?.[0];
  if (server === undefined) return false;
  const rest = toolName.slice(server.replace(/__$/, "").length + 2);
  return rest.startsWith("_") || rest.includes("__");
}

function checkContent(text: string, name: string, content: string): void {
  const current = currentToolName(name);
  if (CONTENT.get(current)?.[0] === "url" && !content.startsWith("domain:")) {
    throw new ConfigError(
      "policy",
      `Cannot read the rule "${text}": expected a host, such as "${name}(domain:example.com)"`,
    );
  }
  if (BUILTIN_TOOLS.has(name) && !CONTENT.has(current)) {
    throw new ConfigError(
      "policy",
      `Cannot use the rule "${text}": calls of "${name}" have nothing to hold a pattern against, use "${name}"`,
    );
  }
}

function inputPattern(content: string): NonNullable<Rule["matchesInput"]> {
  const matchesCommand = commandPattern(content);
  const matchesPowerShell = commandPattern(content, isSimplePowerShell);
  const matchesPath = pathPattern(content);
  const matchesUrl = domainPattern(content);
  const matchesWord = wildcard(content);
  return ({ toolName, input }, place) => {
    const contents = contentsOf(currentToolName(toolName), input);
    return contents.length > 0 && contents.every(({ kind, text }) => {
      switch (kind) {
        case "command":
          // Who asks to leave the sandbox wants more than to run this command.
          if (input.dangerouslyDisableSandbox === true) return false;
          return toolName === "PowerShell"
            ? matchesPowerShell(text)
            : matchesCommand(text);
        case "path":
          return matchesPath(text, place) &&
            (toolName !== "Glob" || staysBelow(input.pattern));
        case "url":
          return matchesUrl(text);
        case "word":
          return matchesWord(text);
      }
    });
  };
}

/** Whether a pattern of `Glob` finds nothing outside of the folder it starts from. */
function staysBelow(pattern: unknown): boolean {
  return typeof pattern === "string" && !/^[\s/\\~]|^[A-Za-z]:/.test(pattern) &&
    !pattern.includes("..");
}

/** Hosts of addresses: `domain:example.com` is that host only, `domain:*.example.com` those below it. */
function domainPattern(content: string): (address: string) => boolean {
  if (!content.startsWith("domain:")) return () => false;
  const matches = wildcard(content.slice("domain:".length).toLowerCase());
  return (address) => {
    if (!URL.canParse(address)) return false;
    const { protocol, hostname } = new URL(address);
    return /^https?:$/.test(protocol) && matches(hostname);
  };
}

const WINDOWS_PATH = /^[A-Za-z]:[\\/]|^\\\\/;

/**
 * Paths: `*` stays within a part, `**` does not; one that begins without `/` is
 * below the working directory of the session. A path with `..` in it matches
 * nothing. Symbolic links are not followed here: `writePaths` does that.
 */
function pathPattern(
  pattern: string,
): (path: string, place: RulePlace) => boolean {
  // The CLI's own rules write absolute paths with two.
  const matches = pathWildcard(pattern.replace(/^\/\//, "/"));
  const isAbsolutePattern = /^[/~]|^[A-Za-z]:/.test(pattern);
  return (path, { cwd, callCwd = cwd }) => {
    const isWindows = WINDOWS_PATH.test(cwd ?? path);
    const slashes = (text: string) =>
      isWindows ? text.replaceAll("\\", "/") : text;
    // The CLI trims and normalizes before it opens a file; what it opens must be
    // what was checked.
    if (path !== path.trim().normalize("NFC") || path.includes("\0")) {
      return false;
    }
    if (path.split(/[/\\]/).includes("..")) return false;
    if (path.startsWith("~")) {
      return pattern.startsWith("~") && matches(path);
    }
    const isAbsolute = path.startsWith("/") || WINDOWS_PATH.test(path);
    const whole = plain(
      slashes(
        isAbsolute || callCwd === undefined ? path : `${callCwd}/${path}`,
      ),
    );
    if (isAbsolutePattern) return matches(whole);
    if (cwd === undefined) return !isAbsolute && matches(whole);
    const base = plain(slashes(cwd));
    return whole.startsWith(`${base}/`) &&
      matches(whole.slice(base.length + 1));
  };
}

/** Without `.` and without empty parts. */
function plain(path: string): string {
  return path.split("/").filter((part, index) =>
    index === 0 || part !== "" && part !== "."
  ).filter((part, index) => index > 0 || part !== ".").join("/");
}

/** Whether a rule covers a call. */
export function ruleMatches(
  rule: Rule,
  request: Pick<ToolRequest, "toolName" | "input">,
  place: RulePlace = {},
): boolean {
  return rule.matchesName(request.toolName) &&
    !isAmbiguous(rule.toolName, request.toolName) &&
    (rule.matchesInput === undefined || rule.matchesInput(request, place));
}

/** Whether a rule names each of these names of a path: only then it covers them. */
export function namesProtected(rule: Rule, names: readonly string[]): boolean {
  return names.every((name) => rule.names.has(name));
}
