/**
 * Errors as lines for people, in the words of the command line. Pure.
 *
 * @module
 */

import { ClaudeStreamError, type ErrorCode, TurnError } from "../errors.ts";
import { type EndingSignal, SignalError, TimeoutError } from "./exit_code.ts";
import { WriteError } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** Causes: those of the library, and those that only a command line has. */
export type FailureCode =
  | ErrorCode
  | "usage"
  | "timeout"
  | "terminated"
  | "hang_up"
  | "output"
  | "deno_permission"
  | "unexpected";

/** What to say of an error. */
export interface Description {
  /** The cause, as a word. */
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string;
}

/** The library speaks of options; here they are flags. */
const HINTS: { readonly [C in ErrorCode]?: string } = {
  cli_not_found:
    "Install it with: npm install -g @anthropic-ai/claude-code; or name it with --claude-path or CLAUDESTREAM_CLAUDE_PATH",
  cwd_not_found: "Check --cwd",
  session_not_found:
    "Sessions belong to the directory they were started in: check --cwd and the id",
  model_not_found: "Check --model",
  max_turns: "Raise --max-turns",
  max_budget: "Raise --max-budget-usd",
};

/** Describes whatever was thrown. */
export function describe(error: unknown): Description {
  if (error instanceof UsageError) {
    return described("usage", error.message, error.hint);
  }
  if (error instanceof TimeoutError) return described("timeout", error.message);
  if (error instanceof SignalError) {
    return described(BY_SIGNAL[error.signal], error.message);
  }
  if (error instanceof WriteError) return described("output", error.message);
  if (error instanceof TurnError) return describeTurn(error);
  if (error instanceof ClaudeStreamError) {
    const { code, message } = error;
    return described(code, message, HINTS[code] ?? error.hint);
  }
  if (error instanceof Deno.errors.NotCapable) return notCapable(error);
  // Not foreseen: a report of it needs to say where it happened.
  return described(
    "unexpected",
    error instanceof Error
      ? error.stack ?? `${error.name}: ${error.message}`
      : String(error),
  );
}

const BY_SIGNAL: { readonly [S in EndingSignal]: FailureCode } = {
  SIGINT: "interrupted",
  SIGTERM: "terminated",
  SIGHUP: "hang_up",
  SIGBREAK: "terminated",
};

function describeTurn(error: TurnError): Description {
  const { code, message, sessionId, resetsAt } = error;
  const hints = [HINTS[code] ?? error.hint];
  if (resetsAt !== undefined) {
    hints.push(`the limit ends ${new Date(resetsAt * 1000).toLocaleString()}`);
  }
  if (code === "max_turns" && sessionId !== undefined) {
    hints.push(`or go on: claudestream send --resume ${sessionId} "go on"`);
  }
  return described(
    code,
    message,
    hints.filter((hint) => hint !== undefined).join("; "),
  );
}

/** Deno names the flag in its own text, among things that are of no use here. */
function notCapable(error: Error): Description {
  const [, flag] = /(--allow-[a-z-]+)/.exec(error.message) ?? [];
  const [line = ""] = error.message.split(", run again");
  return described(
    "deno_permission",
    `Deno does not allow it: ${line}`,
    `Run Deno with ${flag ?? "the flag for it"}, or with -A for all`,
  );
}

function described(
  code: FailureCode,
  message: string,
  hint?: string,
): Description {
  return hint === undefined || hint === ""
    ? { code, message }
    : { code, message, hint };
}
