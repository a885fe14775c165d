/**
 * Describes errors for people, in terms of the command line. Pure.
 *
 * @module
 */

import {
  ClaudeNotFoundError,
  ClaudeStreamError,
  SessionNotFoundError,
  TurnError,
} from "../../errors.ts";
import {
  BatchBudgetError,
  DeniedError,
  type EndingSignal,
  LinesFailedError,
  NoCodeError,
  SignalError,
  TimeoutError,
} from "./exit_code.ts";
import { type FailureCode, hintOf } from "./hints.ts";
import { WriteError } from "../output/output_errors.ts";
import { UsageError } from "./usage_error.ts";

/** Description of an error. */
export interface Description {
  /** Code of the cause. */
  readonly code: FailureCode;
  readonly message: string;
  readonly hint?: string;
}

/** Describes any thrown value. */
export function describe(error: unknown): Description {
  if (error instanceof UsageError) {
    return described("usage", error.message, error.hint);
  }
  if (error instanceof DeniedError) return described("denied", error.message);
  if (error instanceof NoCodeError) return described("no_code", error.message);
  if (error instanceof BatchBudgetError) {
    return described("max_budget", error.message);
  }
  if (error instanceof LinesFailedError) {
    return described("lines_failed", error.message);
  }
  if (error instanceof TimeoutError) return described("timeout", error.message);
  if (error instanceof SignalError) {
    return described(BY_SIGNAL[error.signal], error.message);
  }
  if (error instanceof WriteError) return described("output", error.message);
  if (error instanceof SessionNotFoundError) {
    const { code, message, hint, near } = error;
    return {
      code,
      message,
      hint: near.length > 0 && hint !== undefined
        ? hint
        : "See what there is with: claudestream sessions list --all",
    };
  }
  if (error instanceof TurnError) return describeTurn(error);
  if (error instanceof ClaudeNotFoundError && error.wanted !== undefined) {
    const { code, message } = error;
    const hint =
      "Check --claude-path and CLAUDESTREAM_CLAUDE_PATH; see why with: claudestream doctor";
    return { code, message, hint };
  }
  if (error instanceof ClaudeStreamError) {
    const { code, message, hint, sessionId } = error;
    return described(code, message, hint, sessionId);
  }
  if (error instanceof Deno.errors.NotCapable) return notCapable(error);
  // An unexpected error keeps its stack, which a bug report needs.
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
  const { code, message, hint, sessionId, resetsAt } = error;
  const until = resetsAt === undefined
    ? ""
    : `; the limit ends ${new Date(resetsAt * 1000).toLocaleString()}`;
  const toolName = error.result?.deferredToolUse?.name;
  return described(code, message, `${hint ?? ""}${until}`, sessionId, toolName);
}

/** Deno's own text names the flag, among details that do not help here. */
function notCapable(error: Error): Description {
  const [, flag] = /(--allow-[a-z-]+)/.exec(error.message) ?? [];
  const [line = ""] = error.message.split(", run again");
  return described(
    "deno_permission",
    `Deno does not allow it: ${line}`,
    `Run Deno with ${flag ?? "the flag for it"}, or with -A for all`,
  );
}

/** @param ownHint Hint from the error itself. */
function described(
  code: FailureCode,
  message: string,
  ownHint?: string,
  sessionId?: string,
  toolName?: string,
): Description {
  const hint = hintOf(code, ownHint, sessionId, toolName);
  return hint === undefined || hint === ""
    ? { code, message }
    : { code, message, hint };
}
