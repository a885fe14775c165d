/**
 * What a session can be told: each option with its unit and its default.
 *
 * @module
 */

import type { Policy } from "./permissions/policy.ts";

/** Modes of permission, as the CLI names them. A newer CLI may know others. */
export type PermissionMode =
  | "default"
  | "acceptEdits"
  | "plan"
  | "dontAsk"
  | "auto"
  | "bypassPermissions"
  | (string & Record<never, never>);

/** How much the model thinks before it answers. */
export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

/** Limits that the CLI keeps: over one, the turn ends with an error. */
export interface Limits {
  /** Rounds of the model in one turn. No limit by default. */
  readonly maxTurns?: number;
  /** Cost of the whole process, in US dollars. No limit by default. */
  readonly maxBudgetUsd?: number;
}

/** Options of a session. Every one is optional. */
export interface SessionOptions {
  /** The model: an alias such as `"sonnet"`, or a full name. By default the CLI's own choice. */
  readonly model?: string;
  /** Models to go on with when the first has no room, in this order. */
  readonly fallbackModel?: string | readonly string[];
  /** How much the model thinks. By default the CLI's own choice. */
  readonly effort?: Effort;
  /**
   * Takes the place of the CLI's system prompt, or with `append` is added to it.
   * Goes through the handshake, never on the command line, so it may be long.
   */
  readonly systemPrompt?:
    | string
    | readonly string[]
    | { readonly append: string };

  /** Working directory. By default that of this process. */
  readonly cwd?: string | URL;
  /** More directories that tools may work in. */
  readonly addDirs?: readonly (string | URL)[];
  /**
   * The `claude` to start: a path, or a command with its first arguments, such as
   * `["ssh", "host", "claude"]`. By default `CLAUDESTREAM_CLAUDE_PATH`, then `PATH`,
   * then the places where its installers put it.
   */
  readonly claudePath?: string | URL | readonly string[];
  /** Variables for the process, over those of this one; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Starts from no variables at all instead of those of this process. Default `false`. */
  readonly clearEnv?: boolean;
  /** The CLI's configuration folder, in place of `~/.claude`. */
  readonly configDir?: string | URL;
  /** More arguments for the CLI, such as `["--chrome"]`. Not for flags that an option stands for. */
  readonly extraArgs?: readonly string[];

  /** Goes on with a session: its id, or `"last"` for the last one in this directory. */
  readonly resume?: string;
  /** Goes on under a new id and leaves the old session as it is. Needs `resume`. Default `false`. */
  readonly fork?: boolean;
  /** The id of the new session, a UUID. With `resume` it needs `fork`. */
  readonly sessionId?: string;
  /** A title for the list of sessions. */
  readonly title?: string;
  /** Writes the session to disk, so that it can be resumed. Default `true`. */
  readonly persist?: boolean;

  /**
   * Answers the CLI's questions whether a tool may run. Without one the CLI's own
   * rules and settings decide, and what they would ask about the CLI denies.
   */
  readonly policy?: Policy;
  /** Permission mode at the start. Default `"default"`. */
  readonly permissionMode?: PermissionMode;
  /** Rules of the CLI for calls that it does not ask about. They restrict nothing. */
  readonly allowedTools?: readonly string[];
  /** Rules of the CLI for calls that it denies. */
  readonly disallowedTools?: readonly string[];
  /** The built-in tools on offer; `[]` for none. By default all of them. */
  readonly builtinTools?: readonly string[];
  /** Settings for the CLI: a file, or the settings themselves. */
  readonly settings?: string | URL | Readonly<Record<string, unknown>>;
  /** Which settings files load; `[]` for none. By default all three. */
  readonly settingSources?: readonly ("user" | "project" | "local")[];

  /** Sends replies in pieces while they are written. Default `true`, in one-shots `false`. */
  readonly partials?: boolean;
  /** Limits that the CLI keeps. */
  readonly limits?: Limits;

  /** Longest line taken from the CLI, in bytes. A longer one becomes an `UnknownEvent`. Default 256 MiB. */
  readonly maxLineBytes?: number;
  /** How long the start may take, in milliseconds. Default 60,000. */
  readonly startTimeoutMs?: number;
  /** How long a control request may take, in milliseconds. Default 60,000. */
  readonly controlTimeoutMs?: number;
  /** How long each step of closing may take before the next, harder one, in milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** Closes the session when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with each line that the CLI writes to stderr. What it throws goes to `reportError`. */
  readonly stderr?: (line: string) => void;
}

/** The options as they hold when the caller gives none. */
export const DEFAULTS = {
  maxLineBytes: 256 * 1024 * 1024,
  startTimeoutMs: 60_000,
  controlTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
} as const;
