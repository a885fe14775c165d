/**
 * Errors as lines for people, in the words of the command line. Pure.
 *
 * @module
 */

import { ClaudeStreamError, type ErrorCode, TurnError } from "../errors.ts";
import { TimeoutError } from "./exit_code.ts";
import { WriteError } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** What to say of an error. */
export interface Description {
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
    return withHint(error.message, error.hint);
  }
  if (error instanceof TimeoutError || error instanceof WriteError) {
    return { message: error.message };
  }
  if (error instanceof TurnError) return describeTurn(error);
  if (error instanceof ClaudeStreamError) {
    return withHint(error.message, HINTS[error.code] ?? error.hint);
  }
  if (error instanceof Deno.errors.NotCapable) return notCapable(error);
  // Not foreseen, so whoever reports it needs to know where it happened.
  return {
    message: error instanceof Error
      ? error.stack ?? `${error.name}: ${error.message}`
      : String(error),
  };
}

function describeTurn(error: TurnError): Description {
  const { code, sessionId, resetsAt } = error;
  const hints = [HINTS[code] ?? error.hint];
  if (resetsAt !== undefined) {
    hints.push(`the limit ends ${new Date(resetsAt * 1000).toLocaleString()}`);
  }
  if (code === "max_turns" && sessionId !== undefined) {
    hints.push(`or go on: claudestream send --resume ${sessionId} "go on"`);
  }
  return withHint(
    error.message,
    hints.filter((hint) => hint !== undefined).join("; "),
  );
}

/** Deno names the flag in its own text, among things that are of no use here. */
function notCapable(error: Error): Description {
  const [, flag] = /(--allow-[a-z-]+)/.exec(error.message) ?? [];
  const [line = ""] = error.message.split(", run again");
  return withHint(
    `Deno does not allow it: ${line}`,
    `Run Deno with ${flag ?? "the flag for it"}, or with -A for all`,
  );
}

function withHint(message: string, hint: string | undefined): Description {
  return hint === undefined || hint === "" ? { message } : { message, hint };
}
