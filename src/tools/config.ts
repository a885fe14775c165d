/**
 * Checks the options `tools` and `mcpServers`, and converts external servers to the CLI's format.
 * Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  check,
  fields,
  type Kind,
  listOf,
  namedOf,
  OBJECT,
  oneOf,
  STRING,
  TEXT,
  TIME,
  YES_OR_NO,
} from "../checks/kinds.ts";
import type { WireObject } from "../messages/_define.ts";
import type { ToolOptions } from "./options.ts";
import { finiteMs } from "../util/limits.ts";
import {
  checkTools,
  createMcpServer,
  type ExternalMcpServer,
  type InProcessMcpServer,
  isInHost,
  isInProcess,
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

const EXTERNAL: { readonly [K in keyof ExternalMcpServer]-?: Kind } = {
  timeoutMs: TIME,
  alwaysLoad: YES_OR_NO,
};

/** Values may be secrets: errors do not show them. */
const TEXT_BY_NAME = namedOf(STRING);

// Other fields are passed on to the CLI, which may know them. One that is near to one of these
// is an error, also the CLI's own `timeout`.

const STDIO = fields<StdioMcpServer>(
  {
    ...EXTERNAL,
    type: oneOf("stdio"),
    command: TEXT,
    args: listOf(STRING, "a list of texts"),
    env: TEXT_BY_NAME,
  },
  ["command"],
  { pass: true },
);

const REMOTE = fields<RemoteMcpServer>(
  {
    ...EXTERNAL,
    type: oneOf("http", "sse"),
    url: {
      expected: "an address",
      fits: (value) => URL.canParse(String(value)),
    },
    headers: TEXT_BY_NAME,
  },
  ["type", "url"],
  { pass: true },
);

const SERVER: Kind = {
  expected: "an object or a function",
  fits: (value) => typeof value === "function" || OBJECT.fits(value),
  look: (option, value) => {
    if (isInHost(value as McpServer)) return;
    const { type, url } = value as WireObject;
    if (type === "http" || type === "sse") return check(option, value, REMOTE);
    if (type === undefined && url !== undefined) {
      throw new ConfigError(
        `${option}.type`,
        `Cannot use the option ${option}: a server with a url needs its type: "http" or "sse"`,
      );
    }
    if (type === undefined || type === "stdio") {
      return check(option, value, STDIO);
    }
    throw new ConfigError(
      `${option}.type`,
      `Cannot use the option ${option}: there is no type "${type}": expected "stdio", "http" or "sse", or what createMcpServer() returns for a server in this process`,
    );
  },
  parts: { either: [STDIO, REMOTE] },
};

/**
 * The option `mcpServers`. {@linkcode checkToolOptions} looks at names, and at servers in this
 * process.
 */
export const MCP_SERVERS: Kind = {
  expected: "an object with a server for each name",
  fits: OBJECT.fits,
  look: (option, value) => {
    for (const [name, server] of Object.entries(value as object)) {
      check(`${option}.${name}`, server ?? null, SERVER);
    }
  },
  parts: { named: SERVER },
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
    // Without args the CLI fails with an internal error.
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
    if (isInProcess(server)) {
      checkTools("mcpServers", name, server.tools);
      checkLengths("mcpServers", name, server.tools);
    }
  }
}

/** Checks lengths with the name of the server in front, which is known only here. */
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

/** Finds two servers whose tools the model could not tell apart. */
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

function wrong(option: string, why: string): ConfigError {
  return new ConfigError(option, `Cannot use the option ${option}: ${why}`);
}
