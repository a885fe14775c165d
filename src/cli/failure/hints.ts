/**
 * Hints for each failure, in terms of the command line. Pure.
 *
 * @module
 */

import type { ErrorCode } from "../../errors.ts";

/** Codes of causes: those of the library, and those specific to the command line. */
export type FailureCode =
  | ErrorCode
  | "usage"
  | "denied"
  | "no_code"
  | "lines_failed"
  | "timeout"
  | "terminated"
  | "hang_up"
  | "output"
  | "deno_permission"
  | "unexpected";

/** Source of the hint for a failure. */
export type HintRule =
  /**
   * This text, or `withSession` if there is a session, whose id replaces `{id}`. The tool of a call
   * that waits replaces `{tool}`.
   */
  | { readonly say: string; readonly withSession?: string }
  /** The hint of the error itself, which knows more about the case. */
  | { readonly own: true }
  /** No hint, for this reason. */
  | { readonly none: string };

const own: HintRule = { own: true };
const ASKED = "whoever did it knows";
const OURS = "only a fault of this program makes it";

/** The hint of each failure. */
export const HINT_RULES: { readonly [C in FailureCode]: HintRule } = {
  cli_not_found: {
    say:
      "Install it with: npm install -g @anthropic-ai/claude-code; or name it with --claude-path or CLAUDESTREAM_CLAUDE_PATH",
  },
  cwd_not_found: { say: "Check --cwd" },
  spawn: own,
  startup: { say: "See what is wrong with: claudestream doctor" },
  session_not_found: {
    say:
      "Sessions belong to the directory they were started in: check --cwd and the id; see all with: claudestream sessions list --all",
  },
  session_store: { none: "the command line takes no session store" },
  process_exit: {
    say: "See what is wrong with: claudestream doctor",
    withSession: 'Go on with: claudestream send --resume {id} "go on"',
  },
  auth: own,
  billing: own,
  rate_limit: own,
  overloaded: { say: "Try again later, or another model with --model" },
  api: own,
  connection: own,
  model_not_found: { say: "Check --model" },
  context_length: {
    say: "Start a new session, without --continue and --resume",
    withSession:
      "Start a new session, without --continue and --resume; or make room: claudestream send --resume {id} /compact",
  },
  max_output_tokens: {
    say: "Ask for less at once",
    withSession:
      'Ask for less at once; or go on: claudestream send --resume {id} "go on"',
  },
  max_turns: {
    say: "Raise --max-turns",
    withSession:
      'Raise --max-turns; or go on: claudestream send --resume {id} "go on"',
  },
  max_budget: { say: "Raise --budget (or --max-budget-usd)" },
  structured_output: own,
  structured_output_retries: own,
  refusal: {
    say: "Ask in other words, or another model with --model",
  },
  interrupted: { none: ASKED },
  deferred: {
    say: "Resume the session with --allow for the tool, and it runs",
    withSession:
      'Allow it with: claudestream send --resume {id} --allow {tool} "go on"',
  },
  incomplete: {
    say: "Send another prompt to go on",
    withSession: 'Go on with: claudestream send --resume {id} "go on"',
  },
  turn_failed: {
    say: "See the whole turn with: claudestream events --raw",
    withSession:
      'See the whole turn with: claudestream events --raw; or go on: claudestream send --resume {id} "go on"',
  },
  protocol: {
    say:
      "This claude may be newer than claudestream; see which were tested with: claudestream --version --json",
  },
  control: own,
  deadline: own,
  stalled: {
    say: "Try again",
    withSession: 'Go on with: claudestream send --resume {id} "go on"',
  },
  session_busy: { none: OURS },
  session_closed: { none: OURS },
  cancelled: { none: "the text says what became of the prompt" },
  queue_full: { none: OURS },
  already_used: { none: OURS },
  already_answered: { none: OURS },
  config: own,
  usage: own,
  denied: { say: "Allow it with --allow, or leave out --fail-on-deny" },
  no_code: { say: "Ask for a block of code, or leave out --extract" },
  lines_failed: {
    say:
      "Each of them says why, in its error; to try them again: --retry-failed",
  },
  timeout: { none: "the text names --timeout" },
  terminated: { none: ASKED },
  hang_up: { none: ASKED },
  output: { none: "the text is that of the system" },
  deno_permission: own,
  unexpected: { none: "the text is what a report of it needs" },
};

/** Returns the hint for a failure; `undefined` if there is none. */
export function hintOf(
  code: FailureCode,
  ownHint: string | undefined,
  sessionId: string | undefined,
  toolName?: string,
): string | undefined {
  const rule = HINT_RULES[code];
  if ("own" in rule) return ownHint;
  if ("none" in rule) return undefined;
  const { say, withSession } = rule;
  return sessionId === undefined || withSession === undefined
    ? say
    : withSession.replace("{id}", sessionId)
      .replace("{tool}", isPlain(toolName) ? toolName : "TOOL");
}

/** Whether a shell takes a name as it is. */
function isPlain(name: string | undefined): name is string {
  return name !== undefined && /^\w[\w-]*$/.test(name);
}
