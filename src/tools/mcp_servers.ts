/**
 * The MCP servers of a session: of another process, on the network, or in this process.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { shown } from "../checks/kinds.ts";
import { isWireObject } from "../messages/_define.ts";
import type { LateToolOutput, ToolOutput } from "./content.ts";
import { mcpToolName, nameIssue } from "./names.ts";
import type { Tool } from "./tool.ts";

/** Common fields of servers outside of this process. */
export interface ExternalMcpServer {
  /** How long a call may take, in milliseconds. By default the CLI's own limit. */
  readonly timeoutMs?: number;
  /** Shows its tools to the model from the start, even if tools are loaded by search. */
  readonly alwaysLoad?: boolean;
}

/** A server that the CLI starts as a process. */
export interface StdioMcpServer extends ExternalMcpServer {
  /** May be left out. */
  readonly type?: "stdio";
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Variables for it. They may hold secrets: they never go on a command line. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server on the network. */
export interface RemoteMcpServer extends ExternalMcpServer {
  /** Its protocol: `http` (streamable HTTP) or the older `sse`. */
  readonly type: "http" | "sse";
  /** Its address. */
  readonly url: string | URL;
  /** Headers of each request. They may hold secrets: they never go on a command line. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A server in this process. Made by {@linkcode createMcpServer}. `Output` is what its
 * tools return.
 */
export interface InProcessMcpServer<Context = never, Output = LateToolOutput> {
  /** Distinguishes it from the other kinds. */
  readonly type: "in_process";
  /** What it calls itself. */
  readonly name?: string;
  /** Its version. */
  readonly version: string;
  /** Instructions for the model about the server as a whole. */
  readonly instructions?: string;
  /** Its tools. */
  readonly tools: readonly Tool<never, Context, Output>[];
  /** How many calls run at once in one session; the others wait. */
  readonly concurrency?: number;
}

/**
 * A server object of the official MCP SDK (`McpServer`, `Server`), or another that can
 * be connected to a transport. One object serves one session at a time.
 */
export interface ReadyMcpServer {
  /** Connects it to a transport for its messages. */
  connect(transport: never): Promise<void>;
}

/**
 * An MCP server. A function makes one for each session: servers of the official SDK can
 * be connected only once.
 */
export type McpServer<Context = never> =
  | StdioMcpServer
  | RemoteMcpServer
  | InProcessMcpServer<Context>
  | ReadyMcpServer
  | (() => ReadyMcpServer | Promise<ReadyMcpServer>);

/**
 * An MCP server of a blocking session. Those of the official SDK need promises inside.
 */
export type SyncMcpServer<Context = never> =
  | StdioMcpServer
  | RemoteMcpServer
  | InProcessMcpServer<Context, ToolOutput>;

/** What {@linkcode createMcpServer} needs. */
export interface McpServerOptions<Context = unknown, Output = LateToolOutput> {
  /** Name that the server reports. Default: its name in `mcpServers`. */
  readonly name?: string;
  /** Its version. Default `"1.0.0"`. */
  readonly version?: string;
  /** Instructions for the model about the server as a whole. */
  readonly instructions?: string;
  /** Its tools. */
  readonly tools: readonly Tool<never, Context, Output>[];
  /**
   * How many calls run at once in one session; the others wait. No limit by default. In a
   * blocking session each call ends before the next begins.
   */
  readonly concurrency?: number;
}

/**
 * Puts tools together as an MCP server that lives in this process. It holds no state:
 * the same one may serve any number of sessions at once.
 *
 * @throws {ConfigError} Two tools have the same name, as the model sees it.
 *
 * @example
 * ```ts
 * import { AsyncSession, createMcpServer, defineTool } from "@claudestream/core";
 * import * as v from "valibot";
 *
 * const now = defineTool({
 *   name: "now",
 *   description: "The time",
 *   input: v.object({}),
 *   annotations: { readOnlyHint: true },
 *   run: () => new Date().toISOString(),
 * });
 * const clock = createMcpServer({ tools: [now], concurrency: 4 });
 *
 * // The model sees it as mcp__clock__now.
 * new AsyncSession({ mcpServers: { clock } });
 * ```
 */
export function createMcpServer<Context = unknown>(
  options: McpServerOptions<Context, ToolOutput>,
): InProcessMcpServer<Context, ToolOutput>;
/**
 * Puts tools together as an MCP server, also tools that return promises: for async
 * sessions.
 *
 * @throws {ConfigError} Two tools have the same name, as the model sees it.
 */
export function createMcpServer<Context = unknown>(
  options: McpServerOptions<Context>,
): InProcessMcpServer<Context>;
export function createMcpServer<Context>(
  options: McpServerOptions<Context>,
): InProcessMcpServer<Context> {
  const { name, tools, concurrency } = options;
  const said = name ?? "server";
  const issue = nameIssue(said);
  if (issue !== undefined) {
    throw new ConfigError(
      "mcpServers",
      `Cannot make the MCP server "${said}": its name: ${issue}`,
    );
  }
  if (
    concurrency !== undefined && !(Number.isInteger(concurrency) &&
      concurrency > 0)
  ) {
    throw new ConfigError(
      "mcpServers",
      `Cannot make the MCP server "${said}": expected a whole number above 0 as concurrency, got ${concurrency}`,
    );
  }
  checkTools("mcpServers", said, tools);
  return Object.freeze({
    version: "1.0.0",
    ...options,
    type: "in_process",
    tools: Object.freeze([...tools]),
  });
}

/**
 * Checks the tools of one server.
 *
 * @throws {ConfigError} One is no tool, or two have the same name for the model.
 */
export function checkTools(
  option: string,
  server: string,
  tools: readonly Tool[],
): void {
  if (!Array.isArray(tools)) {
    throw new ConfigError(
      option,
      `Cannot use the tools of "${server}": expected a list of what defineTool() gives; the CLI's own tools are chosen with builtinTools`,
    );
  }
  const seen = new Map<string, string>();
  for (const tool of tools as readonly Tool[]) {
    if (
      typeof tool?.run !== "function" || nameIssue(tool.name) !== undefined ||
      !isWireObject(tool.inputSchema)
    ) {
      throw new ConfigError(
        option,
        `Cannot use the tools of "${server}": expected what defineTool() gives, got ${
          shown(tool)
        }${
          typeof tool === "string"
            ? "; the CLI's own tools are chosen with builtinTools"
            : ""
        }`,
      );
    }
    const full = mcpToolName(server, tool.name);
    const other = seen.get(full);
    if (other !== undefined) {
      throw new ConfigError(
        option,
        `Cannot use the tools "${other}" and "${tool.name}" of "${server}" together: both are "${full}" to the model`,
      );
    }
    seen.set(full, tool.name);
  }
}

/** Whether a server lives in this process. */
export function isInHost(
  server: McpServer,
): server is Exclude<McpServer, StdioMcpServer | RemoteMcpServer> {
  return typeof server === "function" || "connect" in server ||
    isInProcess(server);
}

/** Whether a server was made by {@linkcode createMcpServer}. */
export function isInProcess<Context>(
  server: McpServer<Context>,
): server is InProcessMcpServer<Context> {
  return typeof server === "object" && "type" in server &&
    server.type === "in_process";
}
