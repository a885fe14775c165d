/**
 * Checks the options about tools, and writes external servers as the CLI reads them. Pure.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { ConfigError } from "../errors.ts";
import { type Kind, OBJECT, shown } from "../checks/kinds.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { ToolOptions } from "./options.ts";
import { finiteMs, isTimeLimit, TIME_EXPECTED } from "../util/time_limit.ts";
import {
  checkTools,
  createMcpServer,
  type InProcessMcpServer,
  isInHost,
  type McpServer,
  type RemoteMcpServer,
  type StdioMcpServer,
} from "./mcp_servers.ts";
import {
  MAX_NAME_LENGTH,
  mcpToolName,
  nameIssue,
  serverPrefix,
} from "./names.ts";
import type { Tool } from "./tool.ts";
import type { ReadyMcpServer } from "./mcp_servers.ts";

/** Name of the server that holds the option `tools`. */
export const DEFAULT_SERVER = "tools";

/** The option `tools`. {@linkcode checkToolOptions} looks at each tool. */
export const TOOLS: Kind = {
  expected:
    "a list of what defineTool() returns (the CLI's own tools are chosen with builtinTools)",
  fits: Array.isArray,
};

/** The option `mcpServers`. {@linkcode checkToolOptions} looks at each server. */
export const MCP_SERVERS: Kind = {
  expected: "an object with a server for each name",
  fits: OBJECT.fits,
};

/** A server that lives in this process. */
export type HostServer =
  | InProcessMcpServer
  | ReadyMcpServer
  | (() => ReadyMcpServer | Promise<ReadyMcpServer>);

/** The servers that live in this process, by name. */
export function hostServers(
  { tools, toolServerName = DEFAULT_SERVER, mcpServers }: ToolOptions,
): ReadonlyMap<string, HostServer> {
  const servers = new Map<string, HostServer>();
  if (tools !== undefined && tools.length > 0) {
    servers.set(toolServerName, createMcpServer({ tools }));
  }
  for (const [name, server] of Object.entries(mcpServers ?? {})) {
    if (isInHost(server)) servers.set(name, server);
  }
  return servers;
}

/** The other servers, as the CLI reads them. */
export function externalServers(
  servers: Readonly<Record<string, McpServer>>,
): WireObject {
  const wire: Record<string, WireObject> = {};
  for (const [name, server] of Object.entries(servers)) {
    if (!isInHost(server)) wire[name] = externalServer(server);
  }
  return wire;
}

function externalServer(
  server: StdioMcpServer | RemoteMcpServer,
): WireObject {
  const { timeoutMs, alwaysLoad, ...rest } = server;
  const common = {
    ...timeoutMs === undefined ? {} : { timeout: finiteMs(timeoutMs) },
    ...alwaysLoad === undefined ? {} : { alwaysLoad },
  };
  return "url" in rest
    ? { ...rest, url: String(rest.url), ...common }
    // Without args the CLI fails with a fault of its own.
    : { type: "stdio", args: [], ...rest, ...common };
}

/**
 * Checks tools and servers, whose names must differ for the model.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkToolOptions(options: ToolOptions): void {
  const { tools, toolServerName = DEFAULT_SERVER, mcpServers } = options;
  const prefixes = new Map<string, string>();
  if (tools !== undefined) {
    checkName("toolServerName", toolServerName, prefixes);
    checkTools("tools", toolServerName, tools);
    checkLengths("tools", toolServerName, tools);
  }
  for (const [name, server] of Object.entries(mcpServers ?? {})) {
    checkName("mcpServers", name, prefixes);
    const issue = serverIssue(name, server as McpServer);
    if (issue !== undefined) {
      throw wrong("mcpServers", `the server "${name}": ${issue}`);
    }
  }
}

/** The name of the server counts, too, and is known only here. */
function checkLengths(
  option: string,
  server: string,
  tools: readonly Tool[],
): void {
  for (const { name } of tools) {
    const full = mcpToolName(server, name);
    if (full.length > MAX_NAME_LENGTH) {
      throw wrong(
        option,
        `the tool "${name}": its name for the model, "${full}", has more than ${MAX_NAME_LENGTH} characters`,
      );
    }
  }
}

/** Two servers whose tools the model could not tell apart are one too many. */
function checkName(
  option: string,
  name: string,
  prefixes: Map<string, string>,
): void {
  const issue = nameIssue(name);
  if (issue !== undefined) throw wrong(option, `the name "${name}": ${issue}`);
  const prefix = serverPrefix(name);
  const other = prefixes.get(prefix);
  if (other !== undefined) {
    throw wrong(
      option,
      `the servers "${other}" and "${name}" are both "${prefix}…" to the model`,
    );
  }
  prefixes.set(prefix, name);
}

function serverIssue(name: string, server: McpServer): string | undefined {
  if (typeof server === "function") return undefined;
  if (!isWireObject(server)) return "expected an object or a function";
  const { timeoutMs } = server as WireObject;
  if (timeoutMs !== undefined && !isTimeLimit(timeoutMs)) {
    return `expected ${TIME_EXPECTED} as timeoutMs, got ${shown(timeoutMs)}`;
  }
  if ("connect" in server) return undefined;
  switch (server.type) {
    case "in_process":
      checkTools("mcpServers", name, server.tools);
      checkLengths("mcpServers", name, server.tools);
      return undefined;
    case "http":
    case "sse":
      if (!URL.canParse(String(server.url))) {
        return `expected an address as url, got ${shown(server.url)}`;
      }
      return textsIssue("headers", server.headers) ??
        misspelt(server, REMOTE_FIELDS);
    case undefined:
    case "stdio":
      if (typeof server.command !== "string" || server.command === "") {
        return "url" in server
          ? 'a server with a url needs its type: "http" or "sse"'
          : "expected a program as command";
      }
      if (
        server.args !== undefined && !(Array.isArray(server.args) &&
          server.args.every((argument) => typeof argument === "string"))
      ) return "expected a list of texts as args";
      return textsIssue("env", server.env) ?? misspelt(server, STDIO_FIELDS);
    default:
      return `there is no type "${
        (server as WireObject).type
      }": expected "stdio", "http" or "sse", or what createMcpServer() gives for a server in this process`;
  }
}

const ANY_FIELDS = ["type", "timeoutMs", "alwaysLoad"] as const;

const STDIO_FIELDS: readonly (keyof StdioMcpServer)[] = [
  ...ANY_FIELDS,
  "command",
  "args",
  "env",
];

const REMOTE_FIELDS: readonly (keyof RemoteMcpServer)[] = [
  ...ANY_FIELDS,
  "url",
  "headers",
];

/**
 * Others are passed on to the CLI, which may know them; one that is near to one of ours is
 * not, also the CLI's own `timeout`.
 */
function misspelt(
  server: object,
  fields: readonly string[],
): string | undefined {
  for (const name of Object.keys(server)) {
    const near = fields.includes(name) ? undefined : closest(name, fields);
    if (near !== undefined) {
      return `unknown field "${name}", did you mean "${near}"?`;
    }
  }
  return undefined;
}

/** Values may be secrets: they are not shown. */
function textsIssue(field: string, values: unknown): string | undefined {
  return values === undefined ||
      isWireObject(values) &&
        Object.values(values).every((value) => typeof value === "string")
    ? undefined
    : `expected a text for each name in ${field}`;
}

function wrong(option: string, why: string): ConfigError {
  return new ConfigError(option, `Cannot use the option ${option}: ${why}`);
}
