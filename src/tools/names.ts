/**
 * Names of MCP servers and tools, as the CLI makes them for the model, and names of tools in
 * options and policies. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { meantTool } from "../messages/builtin_tools.ts";

/** The longest name of a tool, as the model sees it: CLI 2.1.330 leaves out longer ones. */
export const MAX_NAME_LENGTH = 128;

/**
 * The name under which the model, policies and events know a tool of an MCP server.
 * Anything but a letter, a digit, `_` or `-` becomes `_`.
 *
 * @example
 * ```ts
 * import { mcpToolName } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mcpToolName("my calc.1", "add"), "mcp__my_calc_1__add");
 * ```
 */
export function mcpToolName(server: string, tool: string): string {
  return `${serverPrefix(server)}${plain(tool)}`;
}

/** Returns the common prefix of the names of a server's tools. */
export function serverPrefix(server: string): string {
  return `mcp__${plain(server)}__`;
}

function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}

/** Why this cannot be the name of a server or a tool; `undefined` if it can. */
export function nameIssue(name: unknown): string | undefined {
  if (typeof name !== "string") return `expected a text, got ${typeof name}`;
  if (name.trim() === "") return "expected a text that is not empty";
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name)) return "it has control characters";
  return name.length > MAX_NAME_LENGTH
    ? `it has more than ${MAX_NAME_LENGTH} characters`
    : undefined;
}

/**
 * Checks a tool's name in an option or a policy. What is near to no known tool passes:
 * it may be of a newer CLI.
 *
 * @param hint How to name such a tool in a rule.
 * @throws {ConfigError} When it is nearly, but not quite, the name of a tool: a rule with
 * it would never hold.
 */
export function checkToolName(
  name: string,
  option: string,
  hint =
    `Write "=${name}" if there is such a tool: a name with "=" is taken as it is`,
): void {
  // Names that begin with "=" are never treated as misspelled.
  const meant = name.startsWith("=") ? undefined : meantTool(name);
  if (meant === undefined) return;
  throw new ConfigError(
    option,
    `Unknown tool "${name}": did you mean "${meant}"?`,
    { hint },
  );
}
