/**
 * What a failure means to a batch. Pure.
 *
 * @module
 */

import {
  ClaudeNotFoundError,
  ClaudeStreamError,
  type ErrorCode,
  StartupError,
  TurnError,
} from "../../errors.ts";
import { UsageError } from "../failure/usage_error.ts";

/** What caused a failure, which decides what happens next. */
export type Blame =
  /** The line fails, and the others continue. */
  | "line"
  /** The same line may work at another attempt. */
  | "attempt"
  /** No line works before some time has passed. */
  | "moment"
  /** No line will work: the batch ends. */
  | "batch";

const BLAME: { readonly [C in ErrorCode]?: Blame } = {
  rate_limit: "moment",
  overloaded: "moment",
  connection: "moment",
  auth: "batch",
  billing: "batch",
  config: "batch",
  process_exit: "attempt",
  stalled: "attempt",
  incomplete: "attempt",
  session_closed: "attempt",
};

/** Returns whose fault a failure is. */
export function blameOf(error: unknown): Blame {
  if (
    error instanceof UsageError || error instanceof StartupError ||
    error instanceof ClaudeNotFoundError ||
    error instanceof Deno.errors.NotCapable
  ) return "batch";
  if (!(error instanceof ClaudeStreamError)) return "line";
  return BLAME[error.code] ?? (error.retryable ? "attempt" : "line");
}

/** When the limit ends that a failure is about, in milliseconds since 1970. */
export function resetOf(error: unknown): number | undefined {
  return error instanceof TurnError && error.resetsAt !== undefined
    ? error.resetsAt * 1000
    : undefined;
}
