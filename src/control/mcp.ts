/**
 * The MCP servers of a running session.
 *
 * @module
 */

import type { RemoteMcpServer, StdioMcpServer } from "../tools/mcp_servers.ts";
import { type ControlOptions, reading } from "./call.ts";
import type { ControlHost, Given, SessionKind } from "./host.ts";
import { mcpCallCall, type McpCallResult } from "./mcp_call.ts";
import {
  mcpReadResourceCall,
  type McpResourceContent,
} from "./mcp_read_resource.ts";
import { mcpReconnectCall } from "./mcp_reconnect.ts";
import { type McpServersChange, mcpSetServersCall } from "./mcp_set_servers.ts";
import { type McpServerStatus, mcpStatusCall } from "./mcp_status.ts";
import { mcpToggleCall } from "./mcp_toggle.ts";
import {
  type McpModeChange,
  mcpSetModeCall,
} from "./set_mcp_permission_mode_override.ts";

/** The MCP servers of a session: `session.mcp`. Each call starts the process where there is none. */
export class McpControl<Kind extends SessionKind = "async"> {
  readonly #host: ControlHost<Kind>;

  /** Made by the session. */
  constructor(host: ControlHost<Kind>) {
    this.#host = host;
  }

  /** How each server is, and what tools it has. */
  status(options?: ControlOptions): Given<Kind, readonly McpServerStatus[]> {
    return this.#host.request(
      () => reading(mcpStatusCall(), ({ servers }) => servers),
      options,
    );
  }

  /**
   * Connects to a server again.
   *
   * @throws {ControlError} There is no such server, or it failed again.
   */
  reconnect(serverName: string, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => mcpReconnectCall(serverName), options);
  }

  /**
   * Turns a server on or off.
   *
   * @throws {ControlError} There is no such server, or it failed.
   */
  toggle(
    serverName: string,
    enabled: boolean,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(
      () => mcpToggleCall(serverName, enabled),
      options,
    );
  }

  /**
   * Gives the session these servers in place of those that an earlier call gave. The
   * servers of the options stay.
   */
  set(
    servers: Readonly<Record<string, StdioMcpServer | RemoteMcpServer>>,
    options?: ControlOptions,
  ): Given<Kind, McpServersChange> {
    return this.#host.request(
      () => mcpSetServersCall(servers, this.#host.inProcessServers()),
      options,
    );
  }

  /**
   * Reads a `ui://` resource of a server that the CLI is connected to. Others wrote it:
   * show it confined.
   */
  readResource(
    serverName: string,
    uri: string,
    options?: ControlOptions,
  ): Given<Kind, readonly McpResourceContent[]> {
    return this.#host.request(
      () =>
        reading(
          mcpReadResourceCall(serverName, uri),
          ({ contents }) => contents,
        ),
      options,
    );
  }

  /**
   * Calls a tool, by its full name `mcp__server__tool`. The model has no part in it, and
   * **no policy is asked**. Not for servers in this process.
   */
  call(
    tool: string,
    args?: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Given<Kind, McpCallResult> {
    return this.#host.request(() => mcpCallCall(tool, args), options);
  }

  /**
   * Has calls of a server's tools asked about (`"default"`) or judged (`"auto"`) where
   * the session's mode would allow them unasked; `undefined` takes that back.
   */
  setMode(
    serverName: string,
    mode?: "default" | "auto",
    options?: ControlOptions,
  ): Given<Kind, McpModeChange> {
    return this.#host.request(() => mcpSetModeCall(serverName, mode), options);
  }
}
