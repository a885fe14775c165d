/**
 * Compares what the options ask for with what the CLI reports. Pure.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import { BUILTIN_TOOLS, isSameTool } from "../messages/builtin_tools.ts";
import { serverPrefix } from "../tools/names.ts";

/** A name in an option. */
export interface ExpectedName {
  /** The option. */
  readonly option: string;
  /** The name, or for rules a pattern for names. */
  readonly name: string;
}

/** What the options say should be there. */
export interface Expectations {
  /** Built-in tools that should be on offer. */
  readonly tools?: readonly ExpectedName[];
  /** Tools that rules are about. */
  readonly rules?: readonly ExpectedName[];
  /** MCP servers that should be connected. */
  readonly servers?: readonly ExpectedName[];
  /** Kinds of subagents. */
  readonly agents?: readonly ExpectedName[];
  /** Skills. */
  readonly skills?: readonly ExpectedName[];
  /** The permission mode. */
  readonly permissionMode?: string;
}

/** What differs. */
export interface Difference {
  /** The option. */
  readonly option: string;
  /** What should be there. */
  readonly expected: string;
  /** What the CLI says instead. */
  readonly found?: string;
  /** As a sentence. */
  readonly message: string;
}

/** Compares with the answer to the handshake. */
export function atHandshake(
  { agents = [], permissionMode }: Expectations,
  response: WireObject,
): readonly Difference[] {
  const differences: Difference[] = [];
  if (Array.isArray(response.agents)) {
    const there = new Set(
      response.agents.map((agent: unknown) =>
        isWireObject(agent) ? agent.name : undefined
      ),
    );
    for (const { option, name } of agents) {
      if (there.has(name)) continue;
      differences.push({
        option,
        expected: name,
        message: `The CLI has no agent "${name}" (option ${option})`,
      });
    }
  }
  const { current_permission_mode: mode } = response;
  if (typeof mode === "string") {
    differences.push(...modeDifference(permissionMode, mode));
  }
  return differences;
}

/**
 * Compares with the first `system/init`.
 *
 * @param known `isModeKnown`: the permission mode was compared before, or changed.
 */
export function atInit(
  { tools = [], rules = [], servers = [], skills = [], permissionMode }:
    Expectations,
  init: SystemInit,
  known: { readonly isModeKnown: boolean },
): readonly Difference[] {
  const there = new Set(init.tools);
  return [
    ...tools.filter(({ name }) => !hasTool(there, name))
      .map(({ option, name }) => ({
        option,
        expected: name,
        message: `The CLI does not offer the tool "${name}" (option ${option})`,
      })),
    ...rules.flatMap((rule) => ruleDifference(rule, there, init)),
    ...servers.flatMap((server) => serverDifference(server, init)),
    ...init.skills === undefined ? [] : skills
      .filter(({ name }) => init.skills?.includes(name) === false)
      .map(({ option, name }) => ({
        option,
        expected: name,
        message: `The CLI has no skill "${name}" (option ${option})`,
      })),
    ...known.isModeKnown
      ? []
      : modeDifference(permissionMode, init.permissionMode),
  ];
}

/** What the CLI calls a mode that it knows by two names. */
function plainMode(mode: string): string {
  return mode === "manual" ? "default" : mode;
}

function modeDifference(
  expected: string | undefined,
  found: string,
): readonly Difference[] {
  if (expected === undefined || plainMode(expected) === plainMode(found)) {
    return [];
  }
  return [{
    option: "permissionMode",
    expected,
    found,
    message:
      `The permission mode is "${found}" and not "${expected}" (option permissionMode)`,
  }];
}

/** In `system/init` a tool may have another of its names: `Task` for `Agent`. */
function hasTool(there: ReadonlySet<string>, name: string): boolean {
  return there.has(name) || [...there].some((tool) => isSameTool(tool, name));
}

function ruleDifference(
  { option, name }: ExpectedName,
  there: ReadonlySet<string>,
  init: SystemInit,
): readonly Difference[] {
  if (name.startsWith("mcp__")) {
    return mcpRuleDifference({ option, name }, there, init);
  }
  if (
    name.includes("*") || BUILTIN_TOOLS.has(name) || hasTool(there, name)
  ) return [];
  // A denied tool is not listed, so nothing is known about it.
  if (option.endsWith("disallowedTools")) return [];
  const near = closest(name, there);
  return [{
    option,
    expected: name,
    ...near === undefined ? {} : { found: near },
    message:
      `The CLI has no tool "${name}", which a rule is about (option ${option})${
        near === undefined ? "" : `: is it "${near}"?`
      }`,
  }];
}

function mcpRuleDifference(
  { option, name }: ExpectedName,
  there: ReadonlySet<string>,
  { mcpServers }: SystemInit,
): readonly Difference[] {
  const servers = mcpServers.filter((server) => {
    const prefix = serverPrefix(server.name);
    return `${name}__`.startsWith(prefix);
  });
  const [, server = "", tool] = /^mcp__(.*?)(?:__(.*))?$/s.exec(name) ?? [];
  if (servers.length === 0) {
    // A pattern for servers covers those that exist, even if there are none.
    if (server.includes("*") || server === "") return [];
    return [{
      option,
      expected: name,
      message:
        `There is no MCP server for "${name}", which a rule is about (option ${option})`,
    }];
  }
  const isConnected = servers.every(({ status }) => status === "connected");
  if (
    tool === undefined || tool === "" || name.includes("*") ||
    there.has(name) ||
    !isConnected || option.endsWith("disallowedTools") ||
    servers.some((one) => serverPrefix(one.name) === `${name}__`)
  ) return [];
  return [{
    option,
    expected: name,
    message: `The MCP server "${
      servers[0]?.name
    }" has no tool "${name}", which a rule is about (option ${option})`,
  }];
}

/** A server that is still being connected may be there in time. */
const GOOD: ReadonlySet<string> = new Set(["connected", "pending"]);

function serverDifference(
  { option, name }: ExpectedName,
  { mcpServers }: SystemInit,
): readonly Difference[] {
  const found = mcpServers.find((server) => server.name === name);
  if (found !== undefined && GOOD.has(found.status)) return [];
  return [{
    option,
    expected: name,
    ...found === undefined ? {} : { found: found.status },
    message: found === undefined
      ? `The CLI has no MCP server "${name}" (option ${option})`
      : `The MCP server "${name}" is not connected: ${found.status} (option ${option})`,
  }];
}
