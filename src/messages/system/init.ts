import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** An MCP server as {@linkcode SystemInit} lists it. */
export interface McpServerInfo {
  /** Its name in the configuration. */
  readonly name: string;
  /** `connected`, `failed`, `needs-auth`, `pending` or `disabled`. */
  readonly status: string;
  /** Where it is configured. */
  readonly source?: string;
}

/** A plugin as {@linkcode SystemInit} lists it. */
export interface PluginInfo {
  /** Its name. */
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  /** Where it was installed from. */
  readonly source?: string;
  /** Its version, as it says itself. */
  readonly version?: string;
}

/** A plugin that did not load, or not all of it. */
export interface PluginError {
  /** The plugin, as `name@marketplace`, or `inline[0]` and the like for a folder without a name. */
  readonly plugin: string;
  /** Kind of the error, such as `path-not-found`. */
  readonly type: string;
  /** What went wrong, for people. */
  readonly message: string;
  /** The folder or file that it was to be loaded from. */
  readonly path?: string;
  /** The managed settings that kept it from loading. From the types of the official SDK 0.3.332; not seen. */
  readonly managedLock?: PluginLock;
}

/** An entry of the managed settings that keeps a copy of a plugin from loading. */
export interface PluginLock {
  /** Whether the entry turns the plugin on, from another place, or off. */
  readonly pluginEnabled: boolean;
  /** The plugin. */
  readonly name: string;
  /** Its marketplace. */
  readonly marketplace?: string;
}

/**
 * Metadata of the session. Comes at the start of **every** turn, and not before
 * the first prompt.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_01-multi-turn.ndjson.
 */
export interface SystemInit extends EventBase<"system_init"> {
  /** Full name of the model, such as `claude-opus-5-5`. */
  readonly model: string;
  /** Working directory. */
  readonly cwd: string;
  /** Names of the tools on offer, those of MCP servers as `mcp__server__tool`. */
  readonly tools: readonly string[];
  /** The MCP servers and the state of each. */
  readonly mcpServers: readonly McpServerInfo[];
  /** `default`, `acceptEdits`, `plan`, `dontAsk`, `auto`, `bypassPermissions`. */
  readonly permissionMode: string;
  /** Version of the CLI, such as `2.1.330`. */
  readonly claudeCodeVersion?: string;
  /** Where the API key comes from, such as `ANTHROPIC_API_KEY`; `none` without one. */
  readonly apiKeySource?: string;
  /** Slash commands, without the slash. */
  readonly slashCommands?: readonly string[];
  /** Kinds of subagents. */
  readonly agents?: readonly string[];
  /** Names of the skills. */
  readonly skills?: readonly string[];
  /** The plugins. */
  readonly plugins?: readonly PluginInfo[];
  /** Plugins that did not load as a whole. From the types of the official SDK 0.3.330; not seen. */
  readonly pluginErrors?: readonly PluginError[];
  /** Beta features of the API. From the types of the official SDK 0.3.330; not seen. */
  readonly betas?: readonly string[];
  /** Effort of the next prompt; `null` if the model has none. From the types of the official SDK 0.3.330; not seen. */
  readonly effort?: string | null;
  /** Those of `slashCommands` that make sense in a terminal only. */
  readonly terminalSlashCommands?: readonly string[];
  /** Directories beside `cwd` that tools may use. */
  readonly additionalDirectories?: readonly string[];
  /** The directory that the process was started in; `cwd` may have changed since. */
  readonly originalCwd?: string;
  /** Whether fast mode is on: `off`, `on`, … */
  readonly fastModeState?: string;
  /** Name of the output style. */
  readonly outputStyle?: string;
  /** What this CLI can do, by name. Not sent by CLI 2.1.197. */
  readonly capabilities?: readonly string[];
  /** Commands run in a sandbox. Since CLI 2.1.332. */
  readonly sandboxEnabled?: boolean;
  /** Why fast mode cannot be switched on: `free`, `preference`, … From the types of the official SDK 0.3.332; not seen. */
  readonly fastModeDisabledReason?: string;
  /** `focus` if the model is told that a person sees only its last message of a turn; else `default`. From the types of the official SDK 0.3.332; not seen. */
  readonly viewMode?: string;
  /**
   * The prompts that this turn answers, by the `uuid` they were sent with. Since
   * CLI 2.1.301.
   */
  readonly userMessageUuids?: readonly string[];
}

/** Reads {@linkcode SystemInit}. */
export const systemInit: MessageKind<SystemInit> = defineMessage<SystemInit>(
  "system_init",
  "system/init",
  {
    model: wire("model", v.string()),
    cwd: wire("cwd", v.string()),
    tools: wire("tools", v.array(v.string())),
    mcpServers: wire(
      "mcp_servers",
      v.array(shape<McpServerInfo>({
        name: wire("name", v.string()),
        status: wire("status", v.string()),
        source: wireOptional("source", v.string()),
      })),
    ),
    permissionMode: wire("permissionMode", v.string()),
    claudeCodeVersion: wireOptional("claude_code_version", v.string()),
    apiKeySource: wireOptional("apiKeySource", v.string()),
    slashCommands: wireOptional("slash_commands", v.array(v.string())),
    agents: wireOptional("agents", v.array(v.string())),
    skills: wireOptional("skills", v.array(v.string())),
    plugins: wireOptional(
      "plugins",
      v.array(shape<PluginInfo>({
        name: wire("name", v.string()),
        path: wire("path", v.string()),
        source: wireOptional("source", v.string()),
        version: wireOptional("version", v.string()),
      })),
    ),
    pluginErrors: wireOptional(
      "plugin_errors",
      v.array(shape<PluginError>({
        plugin: wire("plugin", v.string()),
        type: wire("type", v.string()),
        message: wire("message", v.string()),
        path: wireOptional("path", v.string()),
        managedLock: wireOptional(
          "managed_lock",
          shape<PluginLock>({
            pluginEnabled: wire("plugin_enabled", v.boolean()),
            name: wire("name", v.string()),
            marketplace: wireOptional("marketplace", v.string()),
          }),
        ),
      })),
    ),
    betas: wireOptional("betas", v.array(v.string())),
    effort: wireOptional("effort", v.nullable(v.string())),
    terminalSlashCommands: wireOptional(
      "terminal_slash_commands",
      v.array(v.string()),
    ),
    additionalDirectories: wireOptional(
      "additional_directories",
      v.array(v.string()),
    ),
    originalCwd: wireOptional("original_cwd", v.string()),
    fastModeState: wireOptional("fast_mode_state", v.string()),
    outputStyle: wireOptional("output_style", v.string()),
    capabilities: wireOptional("capabilities", v.array(v.string())),
    sandboxEnabled: wireOptional("sandbox_enabled", v.boolean()),
    fastModeDisabledReason: wireOptional(
      "fast_mode_disabled_reason",
      v.string(),
    ),
    viewMode: wireOptional("view_mode", v.string()),
    userMessageUuids: wireOptional(
      "user_message_uuids",
      v.array(v.string()),
    ),
  },
);
