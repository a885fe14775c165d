/**
 * How a turn ended, and why it failed. Pure.
 *
 * @module
 */

import {
  BudgetExceededError,
  type BudgetMetric,
  type ErrorCode,
  type ErrorDetails,
  maskError,
  ProtocolError,
  TurnError,
} from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { RateLimit } from "../messages/account.ts";
import type { Result } from "../messages/result.ts";
import { CLOSED_HINT } from "./state.ts";
import type { Frame } from "../events/mod.ts";

/** A threshold of a budget. */
export interface BudgetMark {
  readonly metric: BudgetMetric;
  readonly threshold: number;
}

/** A threshold that was reached. */
export interface Reached extends BudgetMark {
  /** Usage, in the unit of the threshold. */
  readonly value: number;
}

/** Why the session interrupted a turn. */
export type TurnStop =
  /** `failFastOn`: the API answered with this status. */
  | { readonly why: "api_status"; readonly status: number }
  /** `budget.stopAt` was reached. */
  | { readonly why: "budget"; readonly reached: Reached };

/** Data from the lines before the result. */
export interface TurnContext {
  /** `error` of the last reply that had one. */
  readonly assistantError?: string | undefined;
  /** The source of the API key that pays; absent if a login pays. */
  readonly key?: string | undefined;
  /** The last change of a rate limit, or the limit that refused the last reply. */
  readonly rateLimit?: Pick<RateLimit, "status" | "resetsAt"> | undefined;
  /** We interrupted the turn ourselves. */
  readonly stop?: TurnStop | undefined;
  /** The session was closed while the turn ran. */
  readonly isClosing?: boolean | undefined;
  /** The end of stderr. */
  readonly stderrTail?: string | undefined;
  /** Returns values that the error must not quote. */
  readonly secrets?: (() => readonly string[]) | undefined;
}

const BY_SUBTYPE: Readonly<Record<string, ErrorCode>> = {
  error_max_turns: "max_turns",
  error_max_budget_usd: "max_budget",
  error_max_structured_output_retries: "structured_output_retries",
};

const BY_TERMINAL_REASON: Readonly<Record<string, ErrorCode>> = {
  aborted_streaming: "interrupted",
  aborted_tools: "interrupted",
  tool_deferred: "deferred",
  prompt_too_long: "context_length",
  blocking_limit: "context_length",
  max_turns: "max_turns",
  budget_exhausted: "max_budget",
  structured_output_retry_exhausted: "structured_output_retries",
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "auth",
  402: "billing",
  403: "auth",
  429: "rate_limit",
  529: "overloaded",
};

const BY_ASSISTANT_ERROR: Readonly<Record<string, ErrorCode>> = {
  authentication_failed: "auth",
  billing_error: "billing",
  rate_limit: "rate_limit",
  overloaded: "overloaded",
  model_not_found: "model_not_found",
  max_output_tokens: "max_output_tokens",
};

const BY_API_ERROR: Readonly<Record<string, ErrorCode>> = {
  connection_failed: "connection",
  usage_limit_reached: "rate_limit",
  max_output_tokens: "max_output_tokens",
};

const HINTS: { readonly [C in ErrorCode]?: string } = {
  auth: "Sign in with: claude auth login; or set ANTHROPIC_API_KEY",
  billing: "Check the balance of the account",
  rate_limit: "Try again later",
  overloaded: "Try again later",
  connection: "Check the network, and the variable ANTHROPIC_BASE_URL",
  model_not_found: "Check the option model",
  structured_output_retries:
    "Make the schema simpler, or say more in the prompt",
  deferred:
    "Resume the session with a policy that decides: decided(call, allow()); session.deferred and deferred(id) tell which call waits",
  incomplete: "Send another prompt to go on",
  max_output_tokens: "Ask for less at once, or send another prompt to go on",
  refusal: "Ask in other words, or with another option model",
  context_length: "Start a new session, or send /compact",
  max_turns: "Raise limits.maxTurns, or send another prompt to go on",
  max_budget: "Raise limits.maxBudgetUsd in a new session",
};

/**
 * The limit that refused a reply. CLI 2.1.332 writes no `rate_limit_event` for a limit whose reset
 * is past, so only this field reports it: tests/transcripts/2.1.332_09-rate-limit-rejected-oauth-cli332.ndjson.
 */
export function refusedLimit(raw: unknown): TurnContext["rateLimit"] {
  const params = isWireObject(raw) ? raw.api_error_params : undefined;
  const limit = isWireObject(params) ? params.rate_limit_info : undefined;
  if (!isWireObject(limit) || typeof limit.status !== "string") {
    return undefined;
  }
  const { status, resetsAt } = limit;
  return typeof resetsAt === "number" ? { status, resetsAt } : { status };
}

/** The code of a failed turn, or `undefined` for one that went well. */
export function failureCode(
  result: Result,
  context: TurnContext = {},
): ErrorCode | undefined {
  const byReason = BY_TERMINAL_REASON[result.terminalReason ?? ""];
  // A turn cut off by an urgent prompt is no success, whatever is_error says.
  if (!result.isError) {
    if (byReason === "interrupted" || byReason === "deferred") return byReason;
    return isPaused(result) || isCutShort(result) ? "incomplete" : undefined;
  }
  return BY_SUBTYPE[result.subtype] ??
    byReason ??
    (result.stopReason === "refusal" ? "refusal" : undefined) ??
    // Where the last block is one of the API's own tools, the CLI calls it an error.
    (isPaused(result) ? "incomplete" : undefined) ??
    BY_STATUS[result.apiErrorStatus ?? 0] ??
    BY_API_ERROR[result.apiError ?? ""] ??
    BY_ASSISTANT_ERROR[context.assistantError ?? ""] ??
    // CLI 2.1.197 says the status, and no reason.
    (result.terminalReason === "api_error" ||
        typeof result.apiErrorStatus === "number"
      ? "api"
      : "turn_failed");
}

/** Whether the API paused a long turn of its own tools, and the CLI did not continue it. */
function isPaused({ stopReason }: Result): boolean {
  return stopReason === "pause_turn";
}

/** The model wanted tools and never came to an answer, though the CLI calls it a success. */
function isCutShort(result: Result): boolean {
  return result.stopReason === "tool_use" && (result.result ?? "") === "" &&
    result.structuredOutput === undefined &&
    // A hook wanted it so.
    result.terminalReason !== "hook_stopped";
}

/** The error of a failed turn, or `undefined` for one that went well. */
export function turnFailure(
  result: Result,
  context: TurnContext = {},
): TurnError | BudgetExceededError | undefined {
  const code = failureCode(result, context);
  // A turn that was through before our interruption came is a success.
  if (code === undefined) return undefined;
  if (context.stop !== undefined) return stopped(result, context, context.stop);
  const said = result.result || result.errors?.join("; ") || result.subtype;
  const message = code === "interrupted"
    ? "The turn was interrupted"
    : code === "deferred"
    ? `The turn waits for a decision on a call of "${
      result.deferredToolUse?.name ?? "a tool"
    }"`
    : code === "incomplete"
    ? `The turn was cut short: ${
      isPaused(result)
        ? "the API paused it before the answer was complete"
        : "it ended with a tool call and no answer"
    }`
    : `The turn failed (${code}): ${said}`;
  const error = new TurnError(code, message, result, {
    hint: hintOf(code, result.apiErrorStatus, context),
    stderrTail: context.stderrTail,
    resetsAt: code === "rate_limit" ? resetsAt(context) : undefined,
  });
  maskError(error, context.secrets?.() ?? []);
  return error;
}

/** Returns the hint for a failure. */
function hintOf(
  code: ErrorCode,
  status: number | null | undefined,
  { key, isClosing }: TurnContext,
): string | undefined {
  if (code === "interrupted" && isClosing === true) return CLOSED_HINT;
  if (code === "auth" && key !== undefined) {
    return `Check the API key of ${key}; to use a login instead take the key away, and sign in with: claude auth login`;
  }
  if (code !== "api" || typeof status !== "number") return HINTS[code];
  if (status === 413) {
    return "Send smaller or fewer images and files; if the session keeps failing, send /compact or start a new one";
  }
  return status >= 500 ? "Try again later" : HINTS[code];
}

/** When the limit that refuses calls ends. A warning about another limit does not tell. */
function resetsAt({ rateLimit }: TurnContext): number | undefined {
  return rateLimit?.status === "rejected" ? rateLimit.resetsAt : undefined;
}

/** The error of a turn that we interrupted. */
function stopped(
  result: Result,
  context: TurnContext,
  stop: TurnStop,
): TurnError | BudgetExceededError {
  const { stderrTail } = context;
  if (stop.why === "budget") {
    const { metric, threshold, value } = stop.reached;
    const { sessionId } = result;
    return new BudgetExceededError(metric, threshold, value, {
      result,
      sessionId,
      stderrTail,
    });
  }
  const { status } = stop;
  const code = BY_STATUS[status] ?? "api";
  return new TurnError(
    code,
    `The turn failed (${code}): the API answered with HTTP ${status}, and is not asked again`,
    result,
    {
      hint: hintOf(code, status, context),
      stderrTail,
      apiStatus: status,
      resetsAt: code === "rate_limit" ? resetsAt(context) : undefined,
    },
  );
}

/** How a turn ended. */
export type TurnEnd =
  | {
    readonly result: Result;
    readonly context: TurnContext;
    readonly error?: undefined;
  }
  | { readonly result?: undefined; readonly error: unknown };

/** Reads the end of a turn from its result; a result of another shape is an error. */
export function turnEnd(
  raw: WireObject,
  { events: [event] }: Frame,
  context: TurnContext,
  details: Pick<ErrorDetails, "sessionId" | "stderrTail">,
): TurnEnd {
  if (event?.type === "result") return { result: event, context };
  const issues = event?.type === "unknown" ? event.issues : undefined;
  const first = issues?.[0];
  return {
    error: new ProtocolError(
      `Cannot read the result of the turn: ${first?.path}: ${first?.message}`,
      JSON.stringify(raw),
      issues,
      details,
    ),
  };
}
