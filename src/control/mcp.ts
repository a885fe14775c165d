/**
 * The MCP servers of a running session: their control requests, and `session.mcp`.
 *
 * @module
 */

import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  listOf,
  object,
  order,
  reading,
  text,
  word,
  yesOrNo,
} from "./call.ts";
import type { RemoteMcpServer, StdioMcpServer } from "../tools/mcp_servers.ts";
import { externalServers } from "../tools/config.ts";
import type { ControlHost, Given, SessionKind } from "./host.ts";

/** A tool of an MCP server. */
export interface McpToolInfo {
  /** Its name at the server. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** It only reads. */
  readonly readOnly?: boolean;
  /** It may destroy something. */
  readonly destructive?: boolean;
  /** It reaches systems outside of the session. */
  readonly openWorld?: boolean;
}

/**
 * An MCP server and its state.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpServerStatus {
  /** Its name. */
  readonly name: string;
  /** Its state. */
  readonly status:
    | "connected"
    | "failed"
    | "needs-auth"
    | "pending"
    | "disabled"
    | (string & Record<never, never>);
  /** Its name, as it reports it. */
  readonly serverName?: string;
  /** Its version, as it reports it. */
  readonly serverVersion?: string;
  /** Why it failed. */
  readonly error?: string;
  /** `stdio`, `http`, `sse`, `sdk`, … */
  readonly transport?: string;
  /** Which settings it comes from, such as `dynamic` or `project`. */
  readonly scope?: string;
  /** Where it comes from; `sdk` is this process. Trust this, not the name. Not sent by CLI 2.1.197. */
  readonly source?: string;
  /** Its configuration, as the CLI has it. May hold secrets. */
  readonly config?: WireObject;
  /** Its tools, once it is connected. */
  readonly tools?: readonly McpToolInfo[];
}

/** Reads {@linkcode McpServerStatus}. */
export const mcpServerStatus: Reads<McpServerStatus> = shape<McpServerStatus>({
  name: wire("name", v.string()),
  status: wire("status", v.string()),
  serverName: wireOptional("serverInfo.name", v.string()),
  serverVersion: wireOptional("serverInfo.version", v.string()),
  error: wireOptional("error", v.string()),
  transport: wireOptional("transport", v.string()),
  scope: wireOptional("scope", v.string()),
  source: wireOptional("source", v.string()),
  config: wireOptional(
    "config",
    v.record(v.string(), v.unknown()) as Reads<WireObject>,
  ),
  tools: wireOptional(
    "tools",
    listOf(shape<McpToolInfo>({
      name: wire("name", v.string()),
      description: wireOptional("description", v.string()),
      readOnly: wireOptional("annotations.readOnly", v.boolean()),
      destructive: wireOptional("annotations.destructive", v.boolean()),
      openWorld: wireOptional("annotations.openWorld", v.boolean()),
    })),
  ),
});

const serverList = shape<{ readonly servers: readonly McpServerStatus[] }>({
  servers: wire("mcpServers", listOf(mcpServerStatus)),
});

/** Asks for the state of the MCP servers. */
export function mcpStatusCall(): ControlCall<
  { readonly servers: readonly McpServerStatus[] }
> {
  return call("mcp_status", {}, serverList);
}

/**
 * Connects to an MCP server again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function mcpReconnectCall(serverName: string): ControlCall<void> {
  return order("mcp_reconnect", { serverName: text("serverName", serverName) });
}

/**
 * Turns an MCP server on or off.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function mcpToggleCall(
  serverName: string,
  enabled: boolean,
): ControlCall<void> {
  return order("mcp_toggle", {
    serverName: text("serverName", serverName),
    enabled: yesOrNo("enabled", enabled),
  });
}

/**
 * The outcome of a change of the MCP servers.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpServersChange {
  /** Servers that were added. */
  readonly added: readonly string[];
  /** Servers that were removed. */
  readonly removed: readonly string[];
  /** Servers that failed, and why. */
  readonly errors: Readonly<Record<string, string>>;
}

const serversChange = shape<McpServersChange>({
  added: wire("added", v.array(v.string())),
  removed: wire("removed", v.array(v.string())),
  errors: wire("errors", v.record(v.string(), v.string())),
});

/**
 * Replaces the MCP servers that an earlier call set.
 *
 * @param inProcess Names of servers in this process: the CLI drops those that are not
 * named again.
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
    serversChange,
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

/** A part of a resource of an MCP server. It is untrusted: show it in a sandbox. */
export interface McpResourceContent {
  /** Its address. */
  readonly uri: string;
  /** Its media type. */
  readonly mimeType?: string;
  /** A text. */
  readonly text?: string;
  /** Bytes, as base64. */
  readonly blob?: string;
  /** What the server says about it, unchanged. */
  readonly meta?: WireObject;
}

const resource = shape<{ readonly contents: readonly McpResourceContent[] }>({
  contents: wire(
    "contents",
    listOf(shape<McpResourceContent>({
      uri: wire("uri", v.string()),
      mimeType: wireOptional("mimeType", v.string()),
      text: wireOptional("text", v.string()),
      blob: wireOptional("blob", v.string()),
      meta: wireOptional(
        "_meta",
        v.record(v.string(), v.unknown()) as Reads<WireObject>,
      ),
    })),
  ),
});

/**
 * Reads a `ui://` resource of an MCP server; the CLI refuses other addresses.
 *
 * Written from the declarations of the official SDK 0.3.330; only its refusal was seen,
 * with CLI 2.1.330.
 */
export function mcpReadResourceCall(
  serverName: string,
  uri: string,
): ControlCall<{ readonly contents: readonly McpResourceContent[] }> {
  if (!text("uri", uri).startsWith("ui://")) {
    throw new RangeError(
      `Cannot make the request: expected uri to begin with "ui://", got "${uri}"`,
    );
  }
  return call(
    "mcp_read_resource",
    { serverName: text("serverName", serverName), uri },
    resource,
  );
}

/**
 * The result of a tool of an MCP server.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpCallResult {
  /** The content, as the CLI has it: a text, or blocks. */
  readonly content?: unknown;
  /** The same as data, if the tool returned it. */
  readonly structuredContent?: unknown;
  /** The tool reports that it failed. A CLI before 2.1.331 throws a `ControlError` instead. */
  readonly isError?: boolean;
}

const callResult = shape<McpCallResult>({
  content: wireOptional("content", v.unknown()),
  structuredContent: wireOptional("structuredContent", v.unknown()),
  isError: wireOptional("isError", v.boolean()),
});

/** Calls a tool of an MCP server, without the model and without any policy. */
export function mcpCallCall(
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
): ControlCall<McpCallResult> {
  const payload: WireObject = {
    tool: text("tool", tool),
    arguments: object("args", args),
    // The failure of a tool is a result with its content, not an error of the request.
    soft_error_result: true,
  };
  return call("mcp_call", payload, callResult);
}

/** The outcome of setting the mode of an MCP server. */
export interface McpModeChange {
  /** Set if the CLI does not know the server yet. */
  readonly warning?: string;
}

const modeChange = shape<McpModeChange>({
  warning: wireOptional("warning", v.string()),
});

/**
 * Has calls of an MCP server's tools asked about (`default`) or judged (`auto`) even if
 * the session's mode would allow them; `undefined` undoes that.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function mcpSetModeCall(
  serverName: string,
  mode?: "default" | "auto",
): ControlCall<McpModeChange> {
  return call("set_mcp_permission_mode_override", {
    serverName: text("serverName", serverName),
    mode: mode === undefined ? null : word("mode", mode, ["default", "auto"]),
  }, modeChange);
}

/** The MCP servers of a session: `session.mcp`. Each call starts the process if there is none. */
export class McpControl<Kind extends SessionKind = "async"> {
  readonly #host: ControlHost<Kind>;

  /** Made by the session. */
  constructor(host: ControlHost<Kind>) {
    this.#host = host;
  }

  /** The state of each server, and its tools. */
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
   * Replaces the servers that an earlier call set. The servers of the options stay.
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
   * Reads a `ui://` resource of a server that the CLI is connected to. It is untrusted:
   * show it in a sandbox.
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
   * Calls a tool, by its full name `mcp__server__tool`. The model takes no part in it,
   * and **no policy is asked**. Not for servers in this process.
   */
  call(
    tool: string,
    args?: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Given<Kind, McpCallResult> {
    return this.#host.request(() => mcpCallCall(tool, args), options);
  }

  /**
   * Has calls of a server's tools asked about (`"default"`) or judged (`"auto"`) even if
   * the session's mode would allow them; `undefined` undoes that.
   */
  setMode(
    serverName: string,
    mode?: "default" | "auto",
    options?: ControlOptions,
  ): Given<Kind, McpModeChange> {
    return this.#host.request(() => mcpSetModeCall(serverName, mode), options);
  }
}
