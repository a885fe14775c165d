/**
 * Shapes of the options that are more than one value.
 *
 * @module
 */

export type * from "../protocol/options.ts";

/**
 * Modes of permission, as the CLI names them. `"manual"` is a newer name for `"default"`,
 * which CLI 2.1.197 does not know. One that only a newer CLI knows can be given as
 * `extraArgs: { "permission-mode": "…" }`.
 */
export type PermissionMode =
  | "default"
  | "acceptEdits"
  | "plan"
  | "dontAsk"
  | "auto"
  | "bypassPermissions"
  | "manual";

const MODES: { readonly [M in PermissionMode]: true } = {
  default: true,
  acceptEdits: true,
  plan: true,
  dontAsk: true,
  auto: true,
  bypassPermissions: true,
  manual: true,
};

/** Every mode that CLI 2.1.332 takes with `--permission-mode`. */
export const PERMISSION_MODES: readonly PermissionMode[] = Object.keys(
  MODES,
) as PermissionMode[];

/** How much the model thinks before it answers. */
export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

/** How much of the model's thinking is sent to us. */
export type ThinkingDisplay = "summarized" | "omitted";

/**
 * Whether and how the model thinks: at its own discretion, not at all (a model that always thinks
 * still does), or with a budget, which only older models respect.
 */
export type ThinkingMode =
  | "adaptive"
  | "off"
  | {
    /** Tokens for thinking, above 0. Without it the model decides. */
    readonly budgetTokens?: number;
    /** How much of the thinking is sent. By default the CLI's own choice. */
    readonly display?: ThinkingDisplay;
  };

/** How long each step of closing may take before the next, harder one, in milliseconds. */
export interface CloseTimeouts {
  /** Wait after stdin is closed, which asks the process to end. Default 5,000. */
  readonly eofMs?: number;
  /** Wait after SIGTERM. Default 5,000. */
  readonly termMs?: number;
  /** Wait after SIGKILL. Default 5,000. */
  readonly killMs?: number;
}

/** A signal that ends a program. */
export type ExitSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Limits that the CLI keeps: over one, the turn ends with an error. */
export interface Limits {
  /** Rounds of the model in one turn. No limit by default. */
  readonly maxTurns?: number;
  /**
   * Cost of the session, in US dollars, without what a resumed one had cost before. Each prompt
   * after that fails, too, also in later processes of the session. No limit by default.
   */
  readonly maxBudgetUsd?: number;
  /**
   * Token budget that the model is told for the task, so that it paces itself. It is not enforced.
   * Unstable: a beta of the API. None by default.
   */
  readonly taskBudgetTokens?: number;
}

/** A system prompt that is more than a text. */
export interface SystemPrompt {
  /** Takes the place of the CLI's own. */
  readonly text?: string | readonly string[];
  /** Takes the place of the CLI's own: a file to read it from. */
  readonly file?: string | URL;
  /** Added at the end. */
  readonly append?: string;
  /** Added at the end: a file to read it from. */
  readonly appendFile?: string | URL;
  /**
   * Leaves what differs between users and directories out of the CLI's own prompt and
   * sends it with the first message, so that users can share a cache. Default `false`.
   */
  readonly excludeDynamicSections?: boolean;
  /**
   * Records the prompt with the conversation, so that a resumed session has the same.
   * Default `true`; the CLI's `bare` mode does not.
   */
  readonly snapshot?: boolean;
}

/** A kind of subagent, made in code. */
export interface AgentSpec {
  /** When to use it; the model chooses by this. */
  readonly description: string;
  /** Its system prompt. */
  readonly prompt: string;
  /** Names of its tools. By default all of the session's. */
  readonly tools?: readonly string[];
  /** Tools that it may not use, also `mcp__server` for all of a server. */
  readonly disallowedTools?: readonly string[];
  /** Its model: an alias, a full name, or `"inherit"`. */
  readonly model?: string;
  /** MCP servers for it: names, or servers of its own, in the shape of the CLI's `.mcp.json`. */
  readonly mcpServers?: readonly (
    | string
    | Readonly<Record<string, Readonly<Record<string, unknown>>>>
  )[];
  /** Skills that it starts with. */
  readonly skills?: readonly string[];
  /** Its first prompt when it is the main agent, before the caller's. */
  readonly initialPrompt?: string;
  /** Rounds of its model before it stops. */
  readonly maxTurns?: number;
  /** Always runs in the background. Default `false`. */
  readonly background?: boolean;
  /** Runs without the `CLAUDE.md` files. Default `false`. */
  readonly omitClaudeMd?: boolean;
  /** Where its memory is kept, if it has one. */
  readonly memory?: "user" | "project" | "local";
  /** How much it thinks: a level, or a whole number. */
  readonly effort?: Effort | number;
  /** Its permission mode. */
  readonly permissionMode?: PermissionMode;
}

/** A plugin: its folder, or where to fetch it. */
export type PluginSpec =
  | string
  | URL
  | {
    /** Its folder, or a zip file. */
    readonly path: string | URL;
    /** Whether its MCP servers are started. Default `true`. */
    readonly mcp?: boolean;
  }
  | {
    /**
     * Where its zip file is fetched from. An address with a secret in it (a password, a
     * signature, a token) is a `ConfigError`: the CLI takes it as an argument only, which
     * every user of the machine can read. Fetch the file and give its path.
     */
    readonly url: string | URL;
  };

/**
 * How the operating system confines shell commands. Its names and meanings are those of
 * `sandbox` in the CLI's settings; what is not named here can be given with `settings`.
 */
export interface SandboxSettings {
  /** Whether there is one. */
  readonly enabled?: boolean;
  /** Refuses to start if there cannot be one. */
  readonly failIfUnavailable?: boolean;
  /** Runs confined shell commands without asking. */
  readonly autoAllowBashIfSandboxed?: boolean;
  /** Lets the model ask for a command to run outside. */
  readonly allowUnsandboxedCommands?: boolean;
  /** Commands that always run outside of the sandbox. */
  readonly excludedCommands?: readonly string[];
  /** Network restrictions. */
  readonly network?: {
    /** Domains that may be reached. */
    readonly allowedDomains?: readonly string[];
    /** Domains that may not. */
    readonly deniedDomains?: readonly string[];
    /** Unix sockets that may be used. */
    readonly allowUnixSockets?: readonly string[];
    /** All of them. */
    readonly allowAllUnixSockets?: boolean;
    /** Lets commands listen on local ports. */
    readonly allowLocalBinding?: boolean;
    /** Port of an HTTP proxy of your own. */
    readonly httpProxyPort?: number;
    /** Port of a SOCKS proxy of your own. */
    readonly socksProxyPort?: number;
  };
  /** File system restrictions. */
  readonly filesystem?: {
    /** Where commands may write besides the working directories. */
    readonly allowWrite?: readonly string[];
    /** Where they may not. */
    readonly denyWrite?: readonly string[];
    /** Paths that they may not read. */
    readonly denyRead?: readonly string[];
    /** Paths that they may read nevertheless. */
    readonly allowRead?: readonly string[];
  };
}

/** Settings of single built-in tools. */
export interface ToolConfig {
  /** For `AskUserQuestion`. */
  readonly askUserQuestion?: {
    /** How the model writes the preview of a choice. Default `"markdown"`. */
    readonly previewFormat?: "markdown" | "html";
  };
}

/** A recording that is more than a path. */
export interface RecordOptions {
  /** The file. */
  readonly path: string | URL;
  /** Adds to a file that exists. Default `false`: the file is overwritten. */
  readonly append?: boolean;
  /** Texts to mask, besides those that are recognized as secret. */
  readonly secrets?: readonly string[];
}

/** A file of the API. */
export interface FileSpec {
  /** Its id there, such as `"file_abc"`. */
  readonly id: string;
  /** Path of the file, relative to the working directory. */
  readonly path: string;
}
