import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import {
  type AgentInfo,
  agentInfo,
  type CommandInfo,
  commandInfo,
} from "./_infos.ts";
import { call, type ControlCall, listOf } from "./call.ts";
import { type McpServerStatus, mcpServerStatus } from "./mcp_status.ts";

/** A plugin that is loaded. */
export interface ReloadedPlugin {
  /** Its name. */
  readonly name: string;
  /** Its folder, or `builtin`. */
  readonly path?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** Its version, as it says itself. */
  readonly version?: string;
}

/**
 * What there is after plugins were read again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ReloadedPlugins {
  /** Slash commands. */
  readonly commands: readonly CommandInfo[];
  /** Kinds of subagents. */
  readonly agents: readonly AgentInfo[];
  /** Plugins. */
  readonly plugins: readonly ReloadedPlugin[];
  /** MCP servers. */
  readonly mcpServers: readonly McpServerStatus[];
  /** How many could not be read. */
  readonly errorCount: number;
}

const reloaded: Reads<ReloadedPlugins> = shape<ReloadedPlugins>({
  commands: wire("commands", listOf(commandInfo)),
  agents: wire("agents", listOf(agentInfo)),
  plugins: wire(
    "plugins",
    listOf(shape<ReloadedPlugin>({
      name: wire("name", v.string()),
      path: wireOptional("path", v.string()),
      source: wireOptional("source", v.string()),
      version: wireOptional("version", v.string()),
    })),
  ),
  mcpServers: wire("mcpServers", listOf(mcpServerStatus)),
  errorCount: wire("error_count", v.number()),
});

/** Reads plugins again. */
export function reloadPluginsCall(): ControlCall<ReloadedPlugins> {
  return call("reload_plugins", {}, reloaded);
}
