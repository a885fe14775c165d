/**
 * Reads plugins, skills and output styles from disk again, with a control request for each.
 *
 * @module
 */

import * as v from "valibot";
import { shape, wire, wireOptional } from "../messages/_define.ts";
import {
  type AgentInfo,
  agentInfo,
  type CommandInfo,
  commandInfo,
} from "./initialize.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  listOf,
  yesOrNo,
} from "./call.ts";
import { type McpServerStatus, mcpServerStatus } from "./mcp.ts";
import type { ControlCalls } from "./host.ts";

/** A plugin that is loaded. */
export interface ReloadedPlugin {
  /** Its name. */
  readonly name: string;
  /** Its folder, or `builtin`. */
  readonly path?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** Its version, as it reports it. */
  readonly version?: string;
}

/**
 * What is loaded after plugins were reloaded.
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
  /** How many plugins could not be read. */
  readonly errorCount: number;
}

const reloadedPlugins = shape<ReloadedPlugins>({
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
  return call("reload_plugins", {}, reloadedPlugins);
}

const reloadedSkills = shape<{ readonly skills: readonly CommandInfo[] }>({
  skills: wire("skills", listOf(commandInfo)),
});

/**
 * Reads skills again. `CommandsChanged` also names new ones.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function reloadSkillsCall(): ControlCall<
  { readonly skills: readonly CommandInfo[] }
> {
  return call("reload_skills", {}, reloadedSkills);
}

const reloadedStyles = shape<{ readonly outputStyles: readonly string[] }>({
  outputStyles: wire("available_output_styles", v.array(v.string())),
});

/**
 * Reads output styles again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function reloadOutputStylesCall(): ControlCall<
  { readonly outputStyles: readonly string[] }
> {
  return call("reload_output_styles", {}, reloadedStyles);
}

/** Options of `reload()`. If none of the first three is set, all three are reloaded. */
export interface ReloadOptions extends ControlOptions {
  /** Reads plugins again. */
  readonly plugins?: boolean;
  /** Reads skills again. */
  readonly skills?: boolean;
  /** Reads output styles again. */
  readonly outputStyles?: boolean;
}

/** The new state of what was read again. */
export interface Reloaded {
  /** Plugins, and what they bring. */
  readonly plugins?: ReloadedPlugins;
  /** Skills. */
  readonly skills?: readonly CommandInfo[];
  /** Names of output styles. */
  readonly outputStyles?: readonly string[];
}

/** Which requests the options ask for; all if they name none. */
function wanted(options: ReloadOptions): {
  readonly plugins: boolean;
  readonly skills: boolean;
  readonly outputStyles: boolean;
} {
  const { plugins, skills, outputStyles } = options;
  for (
    const [name, value] of Object.entries({ plugins, skills, outputStyles })
  ) {
    if (value !== undefined) yesOrNo(name, value);
  }
  const all = plugins === undefined && skills === undefined &&
    outputStyles === undefined;
  return {
    plugins: plugins ?? all,
    skills: skills ?? all,
    outputStyles: outputStyles ?? all,
  };
}

/** The answers; `undefined` for what was not asked for. */
export type ReloadAnswers = readonly [
  plugins: ReloadedPlugins | undefined,
  skills: { readonly skills: readonly CommandInfo[] } | undefined,
  styles: { readonly outputStyles: readonly string[] } | undefined,
];

/** The requests that the options ask for. */
export function reloadCalls(
  options: ReloadOptions = {},
): ControlCalls<ReloadAnswers> {
  const { plugins, skills, outputStyles } = wanted(options);
  return [
    plugins ? reloadPluginsCall() : undefined,
    skills ? reloadSkillsCall() : undefined,
    outputStyles ? reloadOutputStylesCall() : undefined,
  ];
}

/** The answers as one result. */
export function reloadedOf([plugins, skills, styles]: ReloadAnswers): Reloaded {
  return {
    ...plugins === undefined ? {} : { plugins },
    ...skills === undefined ? {} : { skills: skills.skills },
    ...styles === undefined ? {} : { outputStyles: styles.outputStyles },
  };
}

/** The options of each request. */
export function callOptions(
  { plugins: _p, skills: _s, outputStyles: _o, ...how }: ReloadOptions = {},
): ControlOptions {
  return how;
}
