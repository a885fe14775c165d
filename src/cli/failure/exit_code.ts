/**
 * Maps errors to exit codes. Pure.
 *
 * @module
 */

import {
  ClaudeNotFoundError,
  ClaudeStreamError,
  DeadlineError,
  type ErrorCode,
  SessionNotFoundError,
  StartupError,
} from "../../errors.ts";
import { formatMs, formatUsd } from "../text/terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Exit codes by meaning. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  start: 3,
  auth: 4,
  limit: 5,
  denied: 6,
  schema: 7,
  deferred: 8,
  later: 75,
  timeout: 124,
  hangUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** `-x` wants code, and the answer has none. */
export class NoCodeError extends Error {
  override readonly name = "NoCodeError";
  /** The answer. */
  readonly text: string;

  constructor(text: string) {
    super("Cannot print code: the answer has no block of code");
    this.text = text;
  }
}

/** A tool call was denied, which `--fail-on-deny` turns into a failure. */
export class DeniedError extends Error {
  override readonly name = "DeniedError";

  constructor(tools: readonly string[]) {
    const names = [...new Set(tools)].join(", ");
    super(`A tool call was denied (--fail-on-deny): ${names}`);
  }
}

/** The money of `--budget` is spent. */
export class BatchBudgetError extends Error {
  override readonly name = "BatchBudgetError";

  constructor(budgetUsd: number, costUsd: number) {
    super(
      `The budget of the batch is spent: ${formatUsd(costUsd)} of ${
        formatUsd(budgetUsd)
      }`,
    );
  }
}

/** The batch ended, and some of its lines failed. */
export class LinesFailedError extends Error {
  override readonly name = "LinesFailedError";

  constructor(failed: number, total: number) {
    super(
      `${failed} of ${total} ${total === 1 ? "line" : "lines"} failed`,
    );
  }
}

/** The time of `--timeout` is over. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(timeoutMs: number) {
    super(`No end of the turn within ${formatMs(timeoutMs)} (--timeout)`);
  }
}

/** Signals that end a command. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGBREAK";

const BY_SIGNAL: Readonly<Record<EndingSignal, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hangUp,
  SIGBREAK: EXIT.terminated,
};

/** A signal ended the command; Ctrl-C is `SIGINT`. */
export class SignalError extends Error {
  override readonly name = "SignalError";
  /** The signal. */
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(signal === "SIGINT" ? "interrupted" : `ended by ${signal}`);
    this.signal = signal;
  }
}

const BY_CODE: { readonly [C in ErrorCode]?: number } = {
  config: EXIT.usage,
  cwd_not_found: EXIT.usage,
  auth: EXIT.auth,
  max_turns: EXIT.limit,
  max_budget: EXIT.limit,
  deferred: EXIT.deferred,
  structured_output: EXIT.schema,
  structured_output_retries: EXIT.schema,
  rate_limit: EXIT.later,
  overloaded: EXIT.later,
};

/** Returns the exit code for any thrown value. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof SessionNotFoundError) {
    return EXIT.usage;
  }
  if (error instanceof DeniedError) return EXIT.denied;
  if (error instanceof BatchBudgetError) return EXIT.limit;
  if (error instanceof TimeoutError) return EXIT.timeout;
  if (error instanceof SignalError) return BY_SIGNAL[error.signal];
  // A Deno permission is missing: nothing was started.
  if (error instanceof Deno.errors.NotCapable) return EXIT.start;
  if (!(error instanceof ClaudeStreamError)) return EXIT.failed;
  const code = BY_CODE[error.code];
  if (code !== undefined) return code;
  if (
    error instanceof ClaudeNotFoundError || error instanceof StartupError ||
    error instanceof DeadlineError && error.operation === "initialize"
  ) return EXIT.start;
  return EXIT.failed;
}
