/**
 * Maps flags that people know from other programs to their names here: flags of `claude` (2.1.332,
 * hidden ones included), options of the official SDKs and of this library, and flags of the Python
 * claudestream. Loaded only for an unknown flag. Pure.
 *
 * @module
 */

import type { SessionOptions } from "../../options/session_options.ts";
import { OPTION_NAMES } from "../../options/table.ts";
import { ownName } from "../../options/check_options.ts";
import { plainName } from "./flag_spec.ts";
import { type UnknownFlagError, UsageError } from "../failure/usage_error.ts";

/** The counterpart of a flag of another program. */
export type Elsewhere =
  /** A flag or command of this program: the text to write. */
  | { readonly here: string; readonly note?: string }
  /** Not a flag, but an option of the library. */
  | { readonly option: string }
  /** No counterpart; the text says why. */
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
 * Counterparts by the name that `claude` or an SDK uses, without leading dashes. The spelling,
 * `--max-turns`, `--maxTurns` or `--max_turns`, makes no difference.
 */
const PLACES: Readonly<Record<string, Elsewhere>> = {
  // claude --help
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
  environment: not(THE_CLOUD),
  "exclude-dynamic-system-prompt-sections": option(
    "systemPrompt.excludeDynamicSections",
  ),
  file: option("files"),
  "forward-subagent-text": option("forwardSubagentText"),
  ide: not(TERMINAL_ONLY),
  "include-hook-events": option("hookEvents"),
  "include-partial-messages": here(
    "claudestream events",
    "its stream_delta events are the partial messages",
  ),
  "input-format": not("a prompt is text, from the words or from stdin"),
  "json-schema": here("--schema SCHEMA"),
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
  "system-prompt-snapshot": option("systemPrompt.snapshot"),
  teleport: not(THE_CLOUD),
  tmux: not(TERMINAL_ONLY),
  v: here("-V"),
  verbose: here("claudestream send", "it shows what tools gave"),
  w: option("worktree"),
  worktree: option("worktree"),

  // Flags that the help of claude does not show
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

  // Options of the official SDKs that the command line supports
  abortController: here("--timeout TIME", "and Ctrl-C interrupts"),
  canUseTool: here("--allow RULES", "in a program: the option policy"),
  cliPath: here("--claude-path PATH"),
  continueConversation: here("--continue"),
  executable: here("--claude-path PATH"),
  loadTimeoutMs: not("claude keeps the sessions itself"),
  mcpServersDelivery: not(AUTOMATIC),
  pathToClaudeCodeExecutable: here("--claude-path PATH"),
  pluginDelivery: not(AUTOMATIC),
  sessionStore: option("sessionStore"),
  sessionStoreFlush: option("sessionStore"),

  // The Python claudestream and similar programs
  "allow-tool": here("--allow RULES"),
  "deny-tool": here("--deny RULES"),
  "skip-permissions": here("--allow all"),
  system: here("--system-prompt TEXT"),

  // llm, mods, aichat, gh
  attachment: here("--attach FILE"),
  conversation: here("--resume SESSION"),
  jq: here("--json", "and a pipe: … --json | jq .text"),
  "no-stream": here("claudestream ask PROMPT"),
  role: here("--agent NAME"),
  session: here("--resume SESSION"),
  t: here("--agent NAME"),
  template: here("--agent NAME"),
  u: here("--stats json"),
  usage: here("--stats json"),
};

/** Options of the library that the command line supports under another name. */
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
  // Names of claude and the SDKs take precedence.
  [
    ...[...OPTION_NAMES].map((name) => [name, option(name)] as const),
    ...Object.entries(OPTIONS),
    ...Object.entries(PLACES),
  ].map(([name, place]) => [plainName(name), place]),
);

/** Returns the counterpart of an unknown flag; `undefined` if there is none. */
function elsewhere(name: string): Elsewhere | undefined {
  const place = BY_NAME.get(plainName(name));
  if (place !== undefined) return place;
  const own = ownName(name, OPTION_NAMES);
  return own === undefined ? undefined : option(own);
}

/** All entries of the table, for tests. */
export const ELSEWHERE: readonly Elsewhere[] = [...BY_NAME.values()];

/** Returns the error for an unknown flag, extended by its counterpart if there is one. */
export function explained(error: UnknownFlagError): UsageError {
  const { shown, flag } = error;
  const place = flag === undefined ? undefined : elsewhere(flag);
  if (place === undefined) return error;
  const { text, hint } = placeText(place);
  return new UsageError(`Unknown flag "${shown}": ${text}`, hint);
}

/** Returns the error text after the flag's name, and the hint. */
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
