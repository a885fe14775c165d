/**
 * The options of a session, each with its unit and default.
 *
 * @module
 */

import type {
  AgentSpec,
  AuthMode,
  BudgetOptions,
  CloseTimeouts,
  Effort,
  ExitSignal,
  FailFast,
  FileSpec,
  IdleLimits,
  Limits,
  PermissionMode,
  PluginSpec,
  RecordOptions,
  SandboxSettings,
  SystemPrompt,
  ThinkingMode,
  ToolConfig,
  WaitForReset,
} from "./option_types.ts";
import type { Clock } from "./clock.ts";
import type { HookOptions } from "../hooks/options.ts";
import type { Validation } from "../messages/_define.ts";
import type { CostEntry, Logger } from "../observe/log.ts";
import type { Policy } from "../permissions/policy_types.ts";
import type { Spawn, Transport, TransportFactory } from "./transport.ts";
import type { SessionStore } from "../stores/store.ts";
import type { SessionStoreOptions } from "../stores/store_options.ts";
import type { QuestionOptions } from "../questions/options.ts";
import type { ToolOptions } from "../tools/options.ts";

export type * from "./option_types.ts";
export type { Validation };

/**
 * Options of a session. Every one is optional. `Context` is the type of `toolContext`,
 * if tools want one. Each time limit, in milliseconds, is a number above 0; `Infinity` is no
 * limit.
 *
 * An option or a hook that the CLI at hand is too old for never fails to hold in silence: the
 * start fails with a `ConfigError` (what the CLI would ignore) or a
 * `StartupError` whose hint names the option (a flag that it refuses). What shows later is a
 * `warning` event.
 */
export interface SessionOptions<Context = unknown>
  extends QuestionOptions, ToolOptions<Context> {
  /** The model: an alias such as `"sonnet"`, or a full name. By default the CLI's own choice. */
  readonly model?: string;
  /** Models to use when the first is overloaded, in this order. */
  readonly fallbackModel?: string | readonly string[];
  /** How much the model thinks. By default the CLI's own choice. */
  readonly effort?: Effort;
  /** Whether and how the model thinks. By default the CLI's own choice. */
  readonly thinking?: ThinkingMode;
  /** Beta headers for the API, such as `"context-1m-2025-08-07"`. The CLI leaves out those that it does not know. */
  readonly betas?: readonly string[];
  /**
   * Takes the place of the CLI's system prompt, or with `append` is added to it.
   * Goes through the handshake, never on the command line, so it may be long.
   */
  readonly systemPrompt?: string | readonly string[] | SystemPrompt;
  /** Added to the system prompt of each subagent. Unstable: a hidden flag of the CLI. */
  readonly subagentSystemPrompt?: { readonly append: string };
  /** What the model does in plan mode, in place of the CLI's own instructions. */
  readonly planModeInstructions?: string;
  /**
   * JSON Schema that each answer of the session has to meet, as `result.structuredOutput`
   * and as `output` of what `ask()` returns. An object at its root, in the words of draft-07.
   * For one answer alone, typed and checked here too, see `ask()`.
   */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** How often the model may try again if its answer does not meet the schema. Default 4. */
  readonly outputRetries?: number;
  /** Suggests the next prompt after each turn but the first, as `PromptSuggestion`. Default `false`. */
  readonly promptSuggestions?: boolean;
  /** Takes prompts as they are written: no `@file` and no slash command in them. Needs CLI 2.1.250 or newer. Default `false`. */
  readonly verbatim?: boolean;
  /** Offers the model the tool `SendUserMessage`. Unstable. Default `false`. */
  readonly sendUserMessage?: boolean;
  /** How large the context may get before it is compacted, in tokens, at least 100,000; or `"auto"`. Default `"auto"`. */
  readonly autoCompact?: "auto" | number;

  /** Working directory. By default that of this process. */
  readonly cwd?: string | URL;
  /** More directories that tools may work in. */
  readonly addDirs?: readonly (string | URL)[];
  /** Where project settings come from, in place of the working directory. Unstable: a hidden flag of the CLI. */
  readonly projectConfigRoot?: string | URL;
  /**
   * The `claude` to start: a path, or a command with its first arguments, such as
   * `["ssh", "host", "claude"]`. A script (`.js`) is run with `node`; for another runtime
   * give the command: `["deno", "run", "-A", "cli.js"]`. By default `CLAUDESTREAM_CLAUDE_PATH`, then `PATH`,
   * then the places where its installers put it.
   */
  readonly claudePath?: string | URL | readonly string[];
  /**
   * Changes what is started, such as to run it in a container, on another machine, or as
   * another user; or starts it in its own way and returns a transport. Whether `claude` and
   * `cwd` are on this machine is not checked then.
   */
  readonly spawn?: Spawn;
  /**
   * A CLI that runs already, in stream-json mode in both directions, at the end of two
   * streams; or a function that makes one for each process of the session, which
   * `recover` needs. Options that end in its arguments or variables are an error: they
   * would do nothing.
   */
  readonly transport?: Transport | TransportFactory;
  /** Variables for the process, over those of this one; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Starts from no variables at all instead of those of this process. Default `false`. */
  readonly clearEnv?: boolean;
  /** Starts from these variables of this process alone, such as `["HOME", "PATH"]`. Not with `clearEnv`. */
  readonly keepEnv?: readonly string[];
  /** The CLI's configuration folder, in place of `~/.claude`. */
  readonly configDir?: string | URL;
  /**
   * More arguments for the CLI, such as `["--chrome"]` or `{ chrome: true }`; a record
   * has names without dashes. Not for flags that an option sets: with the option as
   * well that is a `ConfigError`.
   */
  readonly extraArgs?:
    | readonly string[]
    | Readonly<Record<string, string | true>>;
  /** Writes debug logs, or those of some categories: `"hooks,mcp"`, `"!hooks"`. Default `false`. */
  readonly debug?: boolean | string;
  /** Files of the API that are fetched at the start. Unstable. */
  readonly files?: readonly FileSpec[];
  /** Where debug logs go, in place of the configuration folder. Turns them on. */
  readonly debugFile?: string | URL;

  /**
   * Continues a session: its id, the beginning of one (4 characters and more) that no other
   * has, its title, or `"last"` for the one of this directory that was last written. A session of
   * this directory comes before those of others. If there is none, or more than one, the start
   * fails with a `SessionNotFoundError`, before a process is started; it says where it was looked
   * for and what is near. `@claudestream/core/sessions` has the list.
   *
   * That needs `--allow-read` for the CLI's configuration folder. Without it, and with
   * `transport`, `spawn`, or a `claudePath` that is a shell script or a command with arguments,
   * such as `["ssh", "host", "claude"]`, the sessions may be elsewhere: what is not found here is
   * left to the CLI, which knows ids and titles and fails with a `StartupError` of the same code
   * (`session_not_found`). There, `"last"` begins a new session if there is none.
   */
  readonly resume?: string;
  /** Continues under a new id and leaves the old session as it is. Needs `resume`. Default `false`. */
  readonly fork?: boolean;
  /** The id of the new session, a UUID. With `resume` it needs `fork`. */
  readonly sessionId?: string;
  /** Continues the session of a pull request: its number or address. A new session if there is none. */
  readonly fromPr?: string | number;
  /**
   * Continues from the message with this `uuid` and drops what came after it. Needs
   * `resume`. If there is no such message the start fails with the reason `resume_refused`.
   */
  readonly resumeAt?: string;
  /** The `uuid` of the prompt of the only turn that `resumeAt` may drop. Needs `resumeAt`. */
  readonly resumeDropsTurn?: string;
  /**
   * Keeps a copy of the session in a store of `@claudestream/core/stores` or one of your own, and
   * resumes from there: `resume` then means a session of the store, by its id, a beginning of the id,
   * its title, or `"last"`, and this machine need not have seen it before. A turn ends when it is stored. One program at a time writes a
   * session: while another one holds its lease, the start fails with a `SessionStoreError`. Only
   * for an `AsyncSession`. {@linkcode SessionStoreOptions} say what happens when the store fails.
   */
  readonly sessionStore?: SessionStore | SessionStoreOptions;
  /** A title for the list of sessions. */
  readonly title?: string;
  /** Writes the session to disk, so that it can be resumed. Default `true`. */
  readonly persist?: boolean;
  /** Keeps copies of files before tools change them, for `rewindFiles()`. Default `false`. */
  readonly checkpoints?: boolean;
  /** Works in a new git worktree: `true`, or its name. Default `false`. */
  readonly worktree?: boolean | string;

  /**
   * Answers the CLI's questions whether a tool may run. Without one the CLI's own
   * rules and settings decide, and what they would ask about the CLI denies.
   */
  readonly policy?: Policy;
  /**
   * Shell commands in the text of skills and slash commands, of the user, the project and
   * plugins:
   *
   * - `"policy"`: the policy decides on each, as on a call of `Bash`. What it leaves
   *   undecided is a `permission_request`. CLIs before 2.1.332 do not ask about them: there
   *   they are off. Only with `policy`.
   * - `"off"`: none runs; the model reads that it did not.
   * - `"cli"`: the CLI decides by itself. One that `allowed-tools` in the same file covers
   *   runs unasked, whatever the policy says.
   *
   * Default `"policy"` with a policy, `"cli"` without.
   */
  readonly skillShell?: "policy" | "off" | "cli";
  /** An MCP tool that answers the CLI's questions whether a tool may run. Not with `policy`. */
  readonly permissionPromptTool?: string;
  /**
   * Who answers questions that no rule decides: this process, or no one, so that the call is
   * denied. Default `"host"`. Needs CLI 2.1.259 or newer.
   */
  readonly prompts?: "host" | "none";
  /** Permission mode at the start. Default `"default"`. */
  readonly permissionMode?: PermissionMode;
  /** Settings of single built-in tools. Unstable. */
  readonly toolConfig?: ToolConfig;
  /** How the operating system confines shell commands. Part of the settings; not with `settings` as a file. */
  readonly sandbox?: SandboxSettings;
  /** Starts quicker and with little: no hooks of settings, no `CLAUDE.md`, few tools. Needs an API key: it does not sign in with a subscription. Default `false`. */
  readonly bare?: boolean;
  /** Without tools that run code, and without the settings of user and project. Default `false`. */
  readonly restricted?: boolean;
  /** Without anything that user or project added to the CLI. Default `false`. */
  readonly safeMode?: boolean;
  /**
   * Isolates the session from the user and the project, so that it runs alike on every machine:
   * none of their settings files (`settingSources: []`) and so none of their hooks, permission
   * rules, plugins, skills and agents; no MCP servers but those of the options (`strictMcp`); no
   * `CLAUDE.md`, and no memory that is kept by itself. What the options name still applies, and so
   * do the sign-in and managed settings of the machine. Not with `settingSources` and `strictMcp`.
   * Default `false`.
   */
  readonly isolated?: boolean;

  /** Name of the agent that runs the conversation: one of `agents`, or of a settings file. */
  readonly agent?: string;
  /** Kinds of subagents, by name. */
  readonly agents?: Readonly<Record<string, AgentSpec>>;
  /** Summaries of what subagents do, with their `TaskProgress`. They cost tokens. Default `false`. */
  readonly agentProgressSummaries?: boolean;
  /** Also sends the texts and thoughts of subagents. Default `false`. */
  readonly forwardSubagentText?: boolean;
  /**
   * `interrupt()` spares subagents in the background; end them with
   * `session.tasks.stop()`. Default `false`: it ends them.
   */
  readonly keepTasks?: boolean;
  /** Skills on offer, by name, which then need no permission; `"all"` for all there are. By default all, with permission. */
  readonly skills?: readonly string[] | "all";
  /** Plugins for this session: folders, zip files, addresses. */
  readonly plugins?: readonly PluginSpec[];
  /** Runs slash commands and skills. Default `true`. */
  readonly slashCommands?: boolean;

  /** Settings for the CLI: a file, or the settings themselves, which go through a file that only this user can read. It is removed when the CLI has read it (from 2.1.330 on; with an older one at its end). */
  readonly settings?: string | URL | Readonly<Record<string, unknown>>;
  /** Which settings files load; `[]` for none. By default all three. */
  readonly settingSources?: readonly ("user" | "project" | "local")[];
  /** Settings that no other settings override, as an organization sets them. Unstable. Needs CLI 2.1.324 or newer. */
  readonly managedSettings?: Readonly<Record<string, unknown>>;

  /**
   * Sends replies in pieces while they are written. By default the first prompt of the
   * process decides: `true`, but `false` where that is an `ask()` or a one-shot. It holds for
   * all turns of the process: after an `ask()` the events of a `send()` come block by block,
   * and `textStream()` yields each of them at once. Say `true` to have pieces after an `ask()`.
   */
  readonly partials?: boolean;
  /** Sends each prompt back when the CLI takes it up, as `UserReplay`. Default `false`. */
  readonly replayUserMessages?: boolean;
  /** Sends what hooks of settings files do, as `HookStarted`, `HookProgress`, `HookResponse`. Default `false`. */
  readonly hookEvents?: boolean;
  /**
   * Functions that the CLI calls when something happens, by the event: before and after
   * a tool call, when a prompt comes or a turn ends, … Each answers with a value of
   * `hook`, or nothing. They run beside the hooks of settings files. An event that this
   * version does not know may be named as well: see {@linkcode HookOptions}.
   */
  readonly hooks?: HookOptions;
  /** Limits that the CLI keeps. */
  readonly limits?: Limits;
  /** Reports how much the session has used, as `BudgetThreshold`, and ends it when that is enough. */
  readonly budget?: BudgetOptions;
  /**
   * Statuses of the API, such as `[402, 500]`, after which the CLI is not to try
   * again: the turn is interrupted at the first `ApiRetry` with one of them and fails
   * with a `TurnError` that says why. `"auth"` is 401 and 403, at the first of them when
   * an API key pays, and at the second of one call when a login does, as that may renew
   * its token. None by default: the CLI tries ten times.
   */
  readonly failFastOn?: readonly FailFast[];
  /**
   * Waits if a turn fails because the limit of a plan is used up and the CLI said when it
   * starts again, and continues the same session: the prompt is sent again, under
   * another id. A `RateLimitWait` event says so; `interrupt()` ends the wait. Off by
   * default: the turn fails with the code `rate_limit` and `resetsAt`.
   */
  readonly waitForReset?: WaitForReset;
  /**
   * Which account pays. With `"subscription"` the process gets no variables with keys or other
   * providers, with `"api-key"` none with the token of a subscription. The actual sign-in, which
   * settings may change, is checked before the first prompt is sent, and again when a turn starts:
   * if it differs, the session ends with a `StartupError` of the code `billing`. Without a sign-in
   * the turn fails with the code `auth`. Default `"any"`.
   */
  readonly auth?: AuthMode;
  /**
   * The clock of limits (of tools, too), silence and waits for a reset; for tests, see `FakeClock` of
   * `@claudestream/core/testing`. How a process starts and ends takes its real time.
   * Default: the clock of the machine.
   */
  readonly clock?: Clock;
  /**
   * What leaving a turn early does: `"interrupt"` ends it as soon as possible, `"drain"`
   * lets it run to its end unread, `"close"` ends the session. Default `"interrupt"`.
   */
  readonly onBreak?: "interrupt" | "drain" | "close";
  /**
   * Called with each line as it passes: `"in"` from the CLI, `"out"` to it. Prompts,
   * answers and all that tools saw are in there; `masked` returns the line without secrets,
   * as a recording has it. What it throws goes to `reportError`.
   */
  readonly onWire?: (
    direction: "in" | "out",
    line: string,
    masked: () => string,
  ) => void;
  /**
   * Writes all lines between the session and its CLI to a file, in both directions and
   * with times: NDJSON, a line for each. The file is for this user alone, and
   * secrets in it are masked: values of variables, headers and arguments whose names say
   * so, whatever looks like a key, and `secrets` of its own; also in JSON, in addresses, in
   * Base64, and where they come in pieces. A line whose piece may be the beginning of one
   * is written when it is known whether it is. An existing file is overwritten.
   */
  readonly record?: string | URL | RecordOptions;
  /**
   * Hears what the session does, each time as a text and an object of facts; `console`
   * will do. `error`: the process ended by itself, a function of the options failed.
   * `warn`: a turn failed or stalled, an event waits for an answer, the API is tried again, a rate limit, an unknown line, a CLI
   * that is too old. `info`: start of the session, end of it and of its turns, denied tool
   * calls, a CLI newer than those tested. `debug`: every line in
   * both directions, so prompts, answers and what tools saw are in there alone. Secrets
   * are masked as in a recording. Silent by default.
   */
  readonly logger?: Logger;
  /** Called with the cost of each turn as it ends; or a file to which it is added, as a line of JSON. */
  readonly costLog?: string | URL | ((entry: CostEntry) => void);
  /**
   * Continues after the process died by itself, or was ended because it ignored an interruption
   * (`idleTimeoutMs`, `turnTimeoutMs`): the next prompt goes to a new process that resumes the
   * session, and a `SessionRestarted` event says so. The running turn still fails, and its prompt
   * is never sent again automatically: send the next prompt yourself, such as "continue". The new
   * process starts with what is asked of it next and not before, so no time is waited between two
   * attempts. Off by default.
   */
  readonly recover?: {
    /** How often in the life of the session, at most. */
    readonly attempts: number;
  };

  /** Longest line taken from the CLI, in bytes. A longer one becomes an `UnknownEvent`. Default 256 MiB. */
  readonly maxLineBytes?: number;
  /**
   * How much of what the CLI writes is checked. With `"strict"` the turn fails with a
   * `ProtocolError` at the first line that does not fit; it is interrupted, and the
   * session continues. Default `"lenient"`: it becomes an `UnknownEvent`.
   */
  readonly validation?: Validation;
  /**
   * Whether to check that the CLI has what the options say. Settings that were handed
   * over (`settings`, `sandbox`, `managedSettings`) are verified before the first prompt: one
   * value of a wrong type and the CLI drops all of them, deny rules too; the start then
   * fails with a `StartupError` (reason `settings_dropped`). All else is compared with the
   * first `SystemInit`: tools that rules of the policy, `allowedTools`, `disallowedTools`
   * and `agents` are about, `builtinTools`, `mcpServers`, `agents`, `agent`, `skills`,
   * `permissionMode`; each difference is a `ConfigurationMismatch` event.
   *
   * With `"strict"` each difference is a `StartupError` (reason `configuration_mismatch`)
   * before the first prompt, and so is a settings file of the user or the project that the
   * CLI drops. The CLI tells what it has with a prompt only, so a message without content is
   * sent that asks the model nothing; it takes some 0.1 s. With `"off"` nothing is checked.
   * Default `"lenient"`.
   */
  readonly verify?: "lenient" | "strict" | "off";
  /** How long the start may take, in milliseconds. Default 60,000. */
  readonly startTimeoutMs?: number;
  /**
   * How long a turn may take from `send()` to its end, in milliseconds, the start of the
   * process included. Then it fails with a `DeadlineError` (operation `turn`) and is
   * interrupted; if that does not help within `closeTimeoutMs`, the session ends with
   * its process. `timeoutMs` of `send()` and `ask()` takes its place. It holds for the turn of
   * a message of `push()`, too, from when it is its turn on. No limit by default.
   */
  readonly turnTimeoutMs?: number;
  /**
   * How long a turn may be silent, in milliseconds: a number is the `endMs` of
   * {@linkcode IdleLimits}. First a `Stalled` event comes; then, if `endMs` is given,
   * the turn fails with a `DeadlineError` of the code `stalled`. Any line counts as life.
   * Silence does not count while a tool, a hook or a task in the background runs, or a
   * question (a permission, say) has no answer yet; a `Stalled` event with `waitsFor`
   * says after `warnMs` that this program has not answered. Up to the first turn's `SystemInit`
   * it may last as long as `startTimeoutMs`. Default `{ warnMs: 120_000 }`; `false` for
   * no watch at all.
   */
  readonly idleTimeoutMs?: number | false | IdleLimits;
  /** How long a control request may take, in milliseconds. Default 60,000. */
  readonly controlTimeoutMs?: number;
  /**
   * How long each step of closing may take before the next, harder one, in
   * milliseconds: for all of them, or one by one. If a turn has not begun yet, the
   * first one takes 500 at most. The whole takes no longer than their sum and two
   * seconds, or `close()` throws a `DeadlineError`. Default 5,000.
   */
  readonly closeTimeoutMs?: number | CloseTimeouts;
  /**
   * Signals to this program that end the process, what it started, and then the
   * program, as if there were no listener. Leave out those that the program handles
   * itself, and close the session there. `false` for none. Default: all three; on
   * Windows there is only `"SIGINT"`.
   */
  readonly exitSignals?: false | readonly ExitSignal[];
  /** Closes the session when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with each line that the CLI writes to stderr, secrets masked. What it throws goes to `reportError`. */
  readonly stderr?: (line: string) => void;
}

/** Makes `toolContext` a must where tools want one. */
export type NeedsContext<Context> = undefined extends Context ? unknown
  : { readonly toolContext: Context };
