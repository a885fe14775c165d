/**
 * The options about tools. Pure.
 *
 * @module
 */

import type { McpServer } from "./mcp_servers.ts";
import type { Tool } from "./tool.ts";

/** Which tools the model has. `Context` is the type of `toolContext`. */
export interface ToolOptions<Context = unknown> {
  /**
   * Rules of the CLI for calls that it does not ask about. They restrict nothing. Patterns
   * for paths are those of `Edit(path)`, for all tools that edit, and `Read(path)`, for all
   * that read; a rule that the CLI would never match is a `ConfigError`.
   */
  readonly allowedTools?: readonly string[];
  /**
   * Rules of the CLI for calls that it denies. It has patterns for paths in rules for `Edit`
   * and `Read` only, so `Write(a.txt)` and `NotebookEdit(a.txt)` deny all that `Edit(a.txt)` does,
   * `Grep(a)` what `Read(a)` does, and `Monitor(rm *)` what `Bash(rm *)` does. The rules hold for
   * the input that a policy, or the answer to a `permission_request`, gives a call. A rule
   * that could never cover a call, such as one with a pattern for a tool of an MCP server, is a
   * `ConfigError`.
   */
  readonly disallowedTools?: readonly string[];
  /** The built-in tools on offer; `[]` for none, `"default"` for those that the CLI offers by itself, which is the default. */
  readonly builtinTools?: readonly string[] | "default";
  /**
   * Functions of this process that the model can call, as `mcp__tools__<name>`. Without
   * a `policy` or `allowedTools` that allows them the CLI denies the calls.
   */
  readonly tools?: readonly Tool<never, Context>[];
  /** Name of the MCP server that `tools` are put in. Default `"tools"`. */
  readonly toolServerName?: string;
  /** What `ctx.context` is in calls of tools: a database, a user, … Never leaves this process. */
  readonly toolContext?: Context;
  /**
   * MCP servers by name: of other processes, on the network, or in this process. What
   * is secret in them goes through the handshake, for an older CLI through a file that only
   * this user can read, never on the command line.
   */
  readonly mcpServers?: Readonly<Record<string, McpServer<Context>>>;
  /** Files with MCP servers, as JSON with `mcpServers`. */
  readonly mcpConfigFiles?: readonly (string | URL)[];
  /** Uses only the MCP servers that are given here, not those of settings and plugins. Default `false`. */
  readonly strictMcp?: boolean;
  /** Other tools for names that the model calls: `{ Bash: "mcp__box__run" }`. */
  readonly toolAliases?: Readonly<Record<string, string>>;
}
