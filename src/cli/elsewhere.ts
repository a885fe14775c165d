/**
 * Flags that people know from elsewhere, and what they are called here: those of
 * `claude` (2.1.332, with the hidden ones), the options of the official SDKs and of this
 * library, and the flags of the Python claudestream. Loaded only for a flag that is not
 * known. Pure.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { OPTION_NAMES } from "../options/table.ts";
import { ownName } from "../options/foreign_names.ts";
import { plainName } from "./flags.ts";
import { type UnknownFlagError, UsageError } from "./usage_error.ts";

/** Where something is. */
export type Elsewhere =
  /** A flag or a command of ours: what to write. */
  | { readonly here: string; readonly note?: string }
  /** No flag, but an option of the library. */
  | { readonly option: string }
  /** Neither. */
  | { readonly not: string };

const here = (what: string, note?: string): Elsewhere =>
  note === undefined ? { here: what } : { here: what, note };
const option = (name: string): Elsewhere => ({ option: name });
const not = (why: string): Elsewhere => ({ not: why });

const ITS_OWN_SCREEN = "it is about the screen of claude itself";
const THE_CLOUD = "sessions of the cloud are started with claude itself";
const TERMINAL_ONLY =
  "it belongs to claude in a terminal; a program can hand it on with the option extraArgs";
const AUTOMATIC = "it happens by itself";

/**
 * By the name as `claude` or an SDK writes it, the dashes in front left out; how it is
 * written, `--max-turns`, `--maxTurns` or `--max_turns`, makes no difference.
 */
const PLACES: Readonly<Record<string, Elsewhere>> = {
  // claude --help
  "add-dir": option("addDirs"),
  agent: option("agent"),
  agents: option("agents"),
  "allow-dangerously-skip-permissions": here(
    "--permission-mode bypassPermissions",
  ),
  "allowed-tools": here("--allow RULES"),
  autocompact: option("autoCompact"),
  "ax-screen-reader": not(ITS_OWN_SCREEN),
  background: not("a session ends with its command here; see claude --bg"),
  bare: option("bare"),
  betas: option("betas"),
  bg: not("a session ends with its command here; see claude --bg"),
  brief: option("sendUserMessage"),
  chrome: not(TERMINAL_ONLY),
  cloud: not(THE_CLOUD),
  d: option("debug"),
  "dangerously-skip-permissions": here(
    "--allow all",
    "deny rules of the settings hold all the same, and it works as root",
  ),
  debug: option("debug"),
  "debug-file": option("debugFile"),
  desktop: not(ITS_OWN_SCREEN),
  "disable-slash-commands": option("slashCommands"),
  "disallowed-tools": here("--deny RULES"),
  effort: option("effort"),
  environment: not(THE_CLOUD),
  "exclude-dynamic-system-prompt-sections": option(
    "systemPrompt.excludeDynamicSections",
  ),
  "fallback-model": option("fallbackModel"),
  file: option("files"),
  "forward-subagent-text": option("forwardSubagentText"),
  "from-pr": option("fromPr"),
  ide: not(TERMINAL_ONLY),
  "include-hook-events": option("hookEvents"),
  "include-partial-messages": here(
    "claudestream events",
    "its stream_delta events are the partial messages",
  ),
  "input-format": not("a prompt is text, from the words or from stdin"),
  "json-schema": option("outputSchema"),
  "mcp-config": option("mcpConfigFiles"),
  n: option("title"),
  name: option("title"),
  "no-chrome": not(TERMINAL_ONLY),
  "no-session-persistence": option("persist"),
  "output-format": here(
    "--json",
    "for claude's own lines: claudestream events --raw",
  ),
  p: here("claudestream ask PROMPT"),
  "permission-prompts": not(
    "at a terminal you are asked, elsewhere such a call is denied",
  ),
  "plugin-dir": option("plugins"),
  "plugin-url": option("plugins"),
  print: here("claudestream ask PROMPT"),
  "prompt-suggestions": option("promptSuggestions"),
  "remote-control": not(TERMINAL_ONLY),
  "remote-control-session-name-prefix": not(TERMINAL_ONLY),
  "replay-user-messages": option("replayUserMessages"),
  restricted: option("restricted"),
  "safe-mode": option("safeMode"),
  "session-id": option("sessionId"),
  "setting-sources": option("settingSources"),
  settings: option("settings"),
  "strict-mcp-config": option("strictMcp"),
  "system-prompt-snapshot": option("systemPrompt.snapshot"),
  teleport: not(THE_CLOUD),
  tmux: not(TERMINAL_ONLY),
  tools: option("builtinTools"),
  v: here("-V"),
  verbose: here("claudestream send", "it shows what tools gave"),
  w: option("worktree"),
  worktree: option("worktree"),

  // Those that its help does not show
  "append-subagent-system-prompt": option("subagentSystemPrompt"),
  "append-system-prompt-file": here("--append-system-prompt @FILE"),
  "await-initialize": not(AUTOMATIC),
  channels: not(TERMINAL_ONLY),
  "debug-to-stderr": option("debug"),
  "enable-auth-status": not(
    "a program can hand it on with the option extraArgs",
  ),
  "initialize-fields": not(AUTOMATIC),
  "managed-settings": option("managedSettings"),
  "managed-settings-in-initialize": not(AUTOMATIC),
  "max-thinking-tokens": option("thinking"),
  "permission-prompt-tool": option("permissionPromptTool"),
  "plugin-dir-no-mcp": option("plugins"),
  "project-config-root": option("projectConfigRoot"),
  "resume-drops-turn": option("resumeDropsTurn"),
  "resume-session-at": option("resumeAt"),
  "sdk-url": not(THE_CLOUD),
  "session-mirror": not("claude keeps the sessions itself"),
  "system-prompt-file": here("--system-prompt @FILE"),
  "task-budget": option("limits.taskBudgetTokens"),
  thinking: option("thinking"),
  "thinking-display": option("thinking"),
  workload: not("a program can hand it on with the option extraArgs"),

  // The official SDKs, where the command line has what they name
  abortController: here("--timeout TIME", "and Ctrl-C interrupts"),
  canUseTool: here("--allow RULES", "in a program: the option policy"),
  cliPath: here("--claude-path PATH"),
  continueConversation: here("--continue"),
  executable: here("--claude-path PATH"),
  loadTimeoutMs: not("claude keeps the sessions itself"),
  mcpServersDelivery: not(AUTOMATIC),
  pathToClaudeCodeExecutable: here("--claude-path PATH"),
  pluginDelivery: not(AUTOMATIC),
  sessionStore: not("claude keeps the sessions itself"),
  sessionStoreFlush: not("claude keeps the sessions itself"),

  // The Python claudestream, and other programs of the kind
  "allow-tool": here("--allow RULES"),
  "deny-tool": here("--deny RULES"),
  "skip-permissions": here("--allow all"),
  profile: here("--config-dir DIR"),
  var: not("a prompt has no variables here: the shell's own will do"),
  system: here("--system-prompt TEXT"),
};

/** Options of the library for which the command line has something of another name. */
const OPTIONS: { readonly [K in keyof SessionOptions]?: Elsewhere } = {
  env: not(
    "the variables of the shell are handed on: NAME=value claudestream …",
  ),
  policy: here("--allow RULES"),
  allowedTools: here("--allow RULES"),
  disallowedTools: here("--deny RULES"),
  partials: here(
    "claudestream events",
    "its stream_delta events are the partial messages",
  ),
  limits: here("--max-turns N", "or --max-budget-usd USD"),
  startTimeoutMs: here("--timeout TIME"),
  turnTimeoutMs: here("--timeout TIME"),
  signal: here("--timeout TIME", "and Ctrl-C interrupts"),
};

const BY_NAME: ReadonlyMap<string, Elsewhere> = new Map<string, Elsewhere>(
  // What claude and the SDKs call it comes first to mind.
  [
    ...[...OPTION_NAMES].map((name) => [name, option(name)] as const),
    ...Object.entries(OPTIONS),
    ...Object.entries(PLACES),
  ].map(([name, place]) => [plainName(name), place]),
);

/** Where a flag is that has no such name here; `undefined` for one that is not known. */
function elsewhere(name: string): Elsewhere | undefined {
  const place = BY_NAME.get(plainName(name));
  if (place !== undefined) return place;
  const own = ownName(name, OPTION_NAMES);
  return own === undefined ? undefined : option(own);
}

/** Every place that the table names, for a check of them. */
export const ELSEWHERE: readonly Elsewhere[] = [...BY_NAME.values()];

/** The error of an unknown flag, with where something of its name is, if anywhere. */
export function explained(error: UnknownFlagError): UsageError {
  const { shown, flag } = error;
  const place = flag === undefined ? undefined : elsewhere(flag);
  if (place === undefined) return error;
  const { text, hint } = placeText(place);
  return new UsageError(`Unknown flag "${shown}": ${text}`, hint);
}

/** What to say of a flag: after its name, and what to do. */
function placeText(
  place: Elsewhere,
): { readonly text: string; readonly hint?: string } {
  if ("here" in place) {
    const { here: what, note } = place;
    return {
      text: `here it is "${what}"`,
      ...note === undefined ? {} : { hint: note },
    };
  }
  return "option" in place
    ? {
      text: "it is no flag here",
      hint: `A program gives it to a session, as the option ${place.option}`,
    }
    : { text: "there is none like it here", hint: place.not };
}
