import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import type { RemoteMcpServer, StdioMcpServer } from "../tools/mcp_servers.ts";
import { externalServers } from "../tools/config.ts";
import { call, type ControlCall, object, text } from "./call.ts";

/**
 * What a change of the MCP servers came to.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpServersChange {
  /** Servers that are new. */
  readonly added: readonly string[];
  /** Servers that are gone. */
  readonly removed: readonly string[];
  /** Servers that failed, and why. */
  readonly errors: Readonly<Record<string, string>>;
}

const change: Reads<McpServersChange> = shape<McpServersChange>({
  added: wire("added", v.array(v.string())),
  removed: wire("removed", v.array(v.string())),
  errors: wire("errors", v.record(v.string(), v.string())),
});

/**
 * Gives the session other MCP servers in place of those that an earlier call gave.
 *
 * @param inProcess Names of servers in this process: the CLI lets go of those that are
 * not said again.
 */
export function mcpSetServersCall(
  servers: Readonly<Record<string, StdioMcpServer | RemoteMcpServer>>,
  inProcess: readonly string[] = [],
): ControlCall<McpServersChange> {
  for (const [name, server] of Object.entries(object("servers", servers))) {
    text("the name of a server", name);
    checkServer(`servers.${name}`, server);
  }
  const own = inProcess.map((name) => [name, { type: "sdk", name }]);
  return call(
    "mcp_set_servers",
    { servers: { ...Object.fromEntries(own), ...externalServers(servers) } },
    change,
  );
}

function checkServer(at: string, given: unknown): void {
  const server = object(at, given);
  if (server.type === "http" || server.type === "sse") {
    text(`${at}.url`, server.url instanceof URL ? server.url.href : server.url);
  } else if (server.type === undefined || server.type === "stdio") {
    text(`${at}.command`, server.command);
  } else {
    throw new TypeError(
      `Cannot make the request: ${at} is none that the CLI starts or connects to: give servers in this process with the option mcpServers`,
    );
  }
}
