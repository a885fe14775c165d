/**
 * Parses and matches rules such as `Read`, `Bash(git *)` and `mcp__db__*`. Pure.
 *
 * What no rule can know: how a program interprets its arguments (`git -c alias.x='!rm'`, `git -C
 * /elsewhere`, `find -exec`, `awk`, `npm run`, `--output=file`), what a name means in the shell
 * (aliases, functions, `PATH`), and what a variable contains. `Bash(git *)` trusts `git` with
 * everything that it can do.
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
import { checkToolName } from "../tools/names.ts";
import { CONTENT, contentsOf } from "./content.ts";
import { commandPattern, isSimplePowerShell } from "./command.ts";
import { namesWrittenOut } from "./protected_paths.ts";
import { pathWildcard, wildcard } from "./wildcard.ts";

export { isSimpleCommand } from "./command.ts";

/** Directories against which relative paths of a rule and of a call are resolved. */
export interface RulePlace {
  /** Working directory of the session, absolute. */
  readonly cwd?: string;
  /** Current directory of the CLI at this call, absolute. Default `cwd`. */
  readonly callCwd?: string;
}

/** A parsed rule. */
export interface Rule {
  /** The rule as written. */
  readonly text: string;
  /** Name of its tool, or a pattern for names, as written. */
  readonly toolName: string;
  /** Whether the rule applies to a tool of this name. */
  readonly matchesName: (toolName: string) => boolean;
  /** Whether the rule covers this call; absent if it covers all calls. */
  readonly matchesInput?: (
    request: Pick<ToolRequest, "toolName" | "input">,
    place: RulePlace,
  ) => boolean;
  /** Names of files and folders that its pattern spells out. */
  readonly names: ReadonlySet<string>;
}

/** With a leading "=" the name is not checked against known tools. */
const SHAPE = /^(=?[A-Za-z_][\w*-]*)(?:\((.*)\))?$/s;

/**
 * Parses a rule.
 *
 * @throws {ConfigError} If the text is not a rule, or could never cover any call.
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
 * Returns a test for a tool's name or a pattern for names; it accepts every name of the tool.
 * `mcp__db` stands for all tools of that server, as in the CLI's own rules.
 *
 * @throws {ConfigError} If it is not a name, or is a near miss of a built-in tool's name.
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

/** Whether a name stands for several tools: it contains a `*`, or is the name of a server. */
export function isPattern(name: string): boolean {
  return name.includes("*") || /^mcp__(?:(?!__).)+$/.test(literalName(name));
}

/**
 * Whether a tool's name may belong to another server than the pattern suggests:
 * `mcp__db__admin__drop` may be the tool `admin__drop` of the server `db` or the tool `drop` of the
 * server `db__admin`. A pattern for a server does not cover tools whose server may have a longer
 * name.
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
          // A call that asks to leave the sandbox wants more than to run this command.
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

/** Whether a pattern of `Glob` matches only files below its starting folder. */
function staysBelow(pattern: unknown): boolean {
  return typeof pattern === "string" && !/^[\s/\\~]|^[A-Za-z]:/.test(pattern) &&
    !pattern.includes("..");
}

/**
 * Returns a test for the host of a URL: `domain:example.com` is only that host,
 * `domain:*.example.com` the hosts below it.
 */
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
 * Returns a test for paths: `*` stays within a part, `**` does not; a pattern that does not begin
 * with `/` is relative to the working directory of the session. A path with `..` in it never
 * matches. Symbolic links are not followed here; `writePaths` does that.
 */
function pathPattern(
  pattern: string,
): (path: string, place: RulePlace) => boolean {
  // The CLI's own rules begin absolute paths with two slashes.
  const matches = pathWildcard(pattern.replace(/^\/\//, "/"));
  const isAbsolutePattern = /^[/~]|^[A-Za-z]:/.test(pattern);
  return (path, { cwd, callCwd = cwd }) => {
    const isWindows = WINDOWS_PATH.test(cwd ?? path);
    const slashes = (text: string) =>
      isWindows ? text.replaceAll("\\", "/") : text;
    // The CLI trims and normalizes a path before it opens the file; it must open the path that was
    // checked.
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

/** Removes `.` and empty parts. */
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

/** Whether a rule spells out each of these protected names; only then does it cover them. */
export function namesProtected(rule: Rule, names: readonly string[]): boolean {
  return names.every((name) => rule.names.has(name));
}
