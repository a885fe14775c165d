/**
 * Every error that this library throws.
 *
 * Branch on the class and on `code`, never on the text. A bad argument is a
 * `TypeError`; an abort rejects with `signal.reason`.
 *
 * @module
 */

import type { FieldIssue } from "./messages/_define.ts";
import type { Result } from "./messages/result.ts";
import { describeIssues, type SchemaIssue } from "./util/standard_schema.ts";
import { maskSecrets } from "./util/secrets.ts";

/** Unit of a budget. */
export type BudgetMetric = "cost" | "turns" | "tokens";

/**
 * Codes of causes, determined by fields of the protocol and never by searching text.
 *
 * | code | what happened |
 * |---|---|
 * | `cli_not_found` | no `claude` where it was looked for |
 * | `cwd_not_found` | the working directory does not exist |
 * | `spawn` | the operating system, or Deno, would not start it |
 * | `startup` | it started and gave up before the first turn |
 * | `session_not_found` | nothing to resume under that id |
 * | `session_store` | the session store failed, or another session holds the lease |
 * | `process_exit` | the process ended while something waited for it |
 * | `auth` | not signed in, or a key that is not accepted |
 * | `billing` | no credit; or not what the option `auth` wants |
 * | `rate_limit` | too many requests, or the plan's limit is used up |
 * | `overloaded` | the API has no room |
 * | `api` | any other failure of the API |
 * | `connection` | the API cannot be reached |
 * | `model_not_found` | there is no such model |
 * | `context_length` | the conversation does not fit the model |
 * | `max_output_tokens` | the reply was cut at its limit |
 * | `max_turns` | `limits.maxTurns` |
 * | `max_budget` | `limits.maxBudgetUsd`, or `budget.stopAt` |
 * | `structured_output` | there is no answer, or it does not meet the schema |
 * | `structured_output_retries` | the model tried as often as it may, and met the schema never |
 * | `refusal` | the model refused |
 * | `interrupted` | the turn was interrupted |
 * | `deferred` | a policy or a hook left a tool call to a later process: the turn waits for a decision |
 * | `incomplete` | the turn was cut short: it ended in the middle of a tool call, without an answer |
 * | `turn_failed` | the turn failed in a way that has no code yet |
 * | `protocol` | the CLI broke the protocol |
 * | `control` | the CLI refused a control request |
 * | `deadline` | something took longer than its limit |
 * | `stalled` | the CLI wrote nothing for longer than `idleTimeoutMs` |
 * | `session_busy` | a turn is running |
 * | `session_closed` | the session is closed or its process is gone |
 * | `cancelled` | the prompt was taken back, or not taken, before it had an answer |
 * | `queue_full` | more calls wait for a process of the pool than `maxQueue` |
 * | `already_used` | single use, used twice |
 * | `already_answered` | a request was answered or withdrawn before |
 * | `config` | an option that cannot be, or two that contradict each other |
 */
export type ErrorCode =
  | "cli_not_found"
  | "cwd_not_found"
  | "spawn"
  | "startup"
  | "session_not_found"
  | "session_store"
  | "process_exit"
  | "auth"
  | "billing"
  | "rate_limit"
  | "overloaded"
  | "api"
  | "connection"
  | "model_not_found"
  | "context_length"
  | "max_output_tokens"
  | "max_turns"
  | "max_budget"
  | "structured_output"
  | "structured_output_retries"
  | "refusal"
  | "interrupted"
  | "deferred"
  | "incomplete"
  | "turn_failed"
  | "protocol"
  | "control"
  | "deadline"
  | "stalled"
  | "session_busy"
  | "session_closed"
  | "cancelled"
  | "queue_full"
  | "already_used"
  | "already_answered"
  | "config";

/** Hint for a failed start without a more specific one. */
export const DOCTOR_HINT =
  "Look at what a session stands on with: claudestream doctor";

const PROTOCOL_HINT =
  "The CLI may be newer than this library; see which versions were tested with: claudestream --version --json";

/** Details of an error besides its text. */
export interface ErrorDetails {
  /** The error behind it. */
  readonly cause?: unknown;
  /** What to do about it, as a sentence. */
  readonly hint?: string | undefined;
  /** The session, for a resume. */
  readonly sessionId?: string | undefined;
  /** The end of what the process wrote to stderr. */
  readonly stderrTail?: string | undefined;
}

/** The base of every error of this library. */
export class ClaudeStreamError extends Error {
  /** The name of the class. */
  override readonly name: string = "ClaudeStreamError";
  /** The cause, as a word. */
  readonly code: ErrorCode;
  /** The same thing may work later, without a change. */
  readonly retryable: boolean = false;
  /** What to do about it, as a sentence. */
  readonly hint?: string;
  /** The session, for a resume. */
  readonly sessionId?: string;
  /** The end of what the process wrote to stderr, at most 64 Ki characters, secrets masked. */
  readonly stderrTail?: string;

  /** Makes one; thrown by the library only. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    // Text from elsewhere may quote a key, and errors end up in logs.
    super(
      maskSecrets(message),
      details.cause === undefined
        ? undefined
        : { cause: withoutSecrets(details.cause) },
    );
    this.code = code;
    if (details.hint !== undefined) this.hint = maskSecrets(details.hint);
    if (details.sessionId !== undefined) this.sessionId = details.sessionId;
    if (details.stderrTail !== undefined && details.stderrTail !== "") {
      this.stderrTail = details.stderrTail;
    }
  }
}

/** Returns a foreign error unchanged, unless its text contains something that looks like a key. */
function withoutSecrets(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof ClaudeStreamError) {
    return cause;
  }
  const message = maskSecrets(cause.message);
  if (message === cause.message) return cause;
  // The copy has the same class; the original may belong to another library and is not changed.
  return Object.create(Object.getPrototypeOf(cause), {
    ...Object.getOwnPropertyDescriptors(cause),
    message: { value: message, configurable: true, writable: true },
    stack: {
      value: maskSecrets(cause.stack ?? ""),
      configurable: true,
      writable: true,
    },
  });
}

/** There is no `claude` to start. */
export class ClaudeNotFoundError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "ClaudeNotFoundError";
  /** Every path that was looked at, in this order. None where Deno may not look: then `PATH` was searched by name. */
  readonly searched: readonly string[];
  /** The program to start, if an option or a variable named it. */
  readonly wanted?: string;

  /** Makes one; thrown when a session starts. */
  constructor(searched: readonly string[], wanted: string | undefined) {
    super(
      "cli_not_found",
      wanted === undefined
        ? `Cannot start the CLI: no "claude" in ${
          searched.length === 0
            ? "PATH"
            : `${searched.length} places: ${searched.join(", ")}`
        }`
        : `Cannot start the CLI: no executable file "${wanted}"`,
      {
        hint: wanted === undefined
          ? "Install it with: npm install -g @anthropic-ai/claude-code; or name it with the option claudePath or the variable CLAUDESTREAM_CLAUDE_PATH"
          : "Check the option claudePath and the variable CLAUDESTREAM_CLAUDE_PATH",
      },
    );
    this.searched = searched;
    if (wanted !== undefined) this.wanted = maskSecrets(wanted);
  }
}

/** Why a session could not start. */
export type StartupReason =
  /** The working directory does not exist, or is not a directory. */
  | "cwd_not_found"
  /** The operating system would not start the process. */
  | "spawn_failed"
  /** Deno may not do what it takes; the hint names the flag. */
  | "permission"
  /** The process ended by itself before it took the first prompt: a bad option, most likely. */
  | "exited"
  /** There is no session to resume under that id. */
  | "session_not_found"
  /** There is no such session, or no message `resumeAt` in it; the CLI says which in words only. */
  | "resume_refused"
  /** The CLI refused the handshake. */
  | "handshake"
  /** The model cannot see a tool that lives in this process. */
  | "tools_missing"
  /** The CLI would bill another account than the option `auth` requires. */
  | "billing"
  /** The CLI dropped settings that it was given; nothing was sent. */
  | "settings_dropped"
  /**
   * The CLI would run tools without asking, in a permission mode that no option set; no prompt was
   * sent.
   */
  | "permission_mode"
  /** The CLI has something else than the options say, with `verify: "strict"`; nothing was sent. */
  | "configuration_mismatch"
  /** The CLI runs without hooks, so that no policy holds. */
  | "hooks_off"
  /** A hook that is not the session's changed the input of a call, and the policy does not allow what ran. */
  | "input_changed"
  /** The CLI ran a call that the policy had denied or deferred, or a forbidden one without asking. */
  | "ran_unallowed"
  /** The session's policy decides on a deferred call that does not wait: see `decided()`. */
  | "deferred_missing";

/** A session could not start, though there is a `claude`. */
export class StartupError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "StartupError";
  /** Why not. */
  readonly reason: StartupReason;
  /** Exit code of the process, where it ran and ended. */
  readonly exitCode?: number;

  /** Makes one; thrown when a session starts. */
  constructor(
    reason: StartupReason,
    message: string,
    details: ErrorDetails & { readonly exitCode?: number } = {},
  ) {
    const code = reason === "cwd_not_found" ||
        reason === "session_not_found" || reason === "billing"
      ? reason
      : reason === "exited" || reason === "handshake" ||
          reason === "resume_refused" || reason === "tools_missing" ||
          reason === "hooks_off" || reason === "input_changed" ||
          reason === "deferred_missing" ||
          reason === "settings_dropped" || reason === "permission_mode" ||
          reason === "configuration_mismatch"
      ? "startup"
      : "spawn";
    super(code, message, details);
    this.reason = reason;
    if (details.exitCode !== undefined) this.exitCode = details.exitCode;
  }
}

/** How many sessions an error names. */
const MOST_NEAR = 5;
const MOST_LABEL = 60;

/** A session that may have been meant. */
interface NearSession {
  readonly id: string;
  /** Label of the session in a list. */
  readonly label?: string;
}

/** There is no such session on disk or in the store, or more than one. */
export class SessionNotFoundError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "SessionNotFoundError";
  /** `missing`: there is none; `ambiguous`: more than one is meant. */
  readonly reason: "missing" | "ambiguous";
  /** What was looked for: an id, a beginning of one, a title, or `"last"`. */
  readonly wanted: string;
  /** The folders that were looked in, or the project of the store. */
  readonly searched: readonly string[];
  /** Sessions that may have been meant, also of other projects, by id, at most 5. */
  readonly near: readonly string[];

  /** Makes one; thrown by the functions of `@claudestream/core/sessions`. */
  constructor(
    reason: "missing" | "ambiguous",
    wanted: string,
    searched: readonly string[],
    near: readonly NearSession[],
  ) {
    const places = searched.join(", ");
    const named = near.slice(0, MOST_NEAR);
    const names = named.map(nameOf);
    super(
      "session_not_found",
      reason === "missing"
        ? wanted === "last"
          ? `Cannot find the last session: there is none in ${places}`
          : `Cannot find the session "${wanted}": no such id, beginning of an id or title in ${places}`
        : `Cannot tell which session "${wanted}" is: ${names.join(", ")}`,
      {
        hint: reason === "ambiguous"
          ? "Name it by its id"
          : names.length === 0
          ? "Check the options project and configDir"
          : `Did you mean ${names.join(" or ")}?`,
      },
    );
    this.reason = reason;
    this.wanted = wanted;
    this.searched = searched;
    this.near = named.map(({ id }) => id);
  }
}

/** A session with its label, which may be a prompt of any length with any characters. */
function nameOf({ id, label }: NearSession): string {
  if (label === undefined || label === id) return id;
  const text = label.replace(/[\s\p{C}]+/gu, " ").trim();
  return text.length > MOST_LABEL
    ? `${id} ("${text.slice(0, MOST_LABEL - 1)}…")`
    : `${id} ("${text}")`;
}

/**
 * What went wrong with a session store: `lease_held` (another one writes the session, or wrote it and
 * it was not resumed), `lease_lost` (another one has taken it over), `lease` (the store failed when
 * the session was to be taken or kept), `append` (entries could not be stored), `load` (the session
 * could not be read).
 */
export type SessionStoreReason =
  | "lease_held"
  | "lease_lost"
  | "lease"
  | "append"
  | "load";

/** A session store refused or failed. */
export class SessionStoreError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "SessionStoreError";
  /** What went wrong. */
  readonly reason: SessionStoreReason;

  /** Makes one; thrown by stores, and by a session whose store fails. */
  constructor(
    reason: SessionStoreReason,
    message: string,
    details: ErrorDetails = {},
  ) {
    super("session_store", message, details);
    this.reason = reason;
  }
}

/** The process ended while something waited for it. */
export class ProcessExitError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "ProcessExitError";
  /** It may have been a passing fault; resume the session with `sessionId`. */
  override readonly retryable = true;
  /** Its exit code; 128 and the number of the signal after a signal. */
  readonly exitCode: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;

  /** Makes one; thrown to whatever waits when the process ends. */
  constructor(
    exitCode: number,
    signal: string | null,
    details: ErrorDetails = {},
  ) {
    const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
    const last = lastLine(details.stderrTail);
    super(
      "process_exit",
      `The claude process ended: ${how}${last === "" ? "" : `: ${last}`}`,
      details,
    );
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** A turn ended with an error. */
export class TurnError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "TurnError";
  /** The same thing may work later, without a change. */
  override readonly retryable: boolean;
  /** The end of the turn. */
  readonly result: Result;
  /** HTTP status of the API response, if there was one. */
  readonly apiStatus?: number;
  /** When the limit ends, in seconds since 1970. With the code `rate_limit`, where the CLI said so. */
  readonly resetsAt?: number;

  /** Makes one; thrown by `ask`, `text` and the one-shots. */
  constructor(
    code: ErrorCode,
    message: string,
    result: Result,
    details: ErrorDetails & {
      readonly resetsAt?: number | undefined;
      readonly apiStatus?: number | undefined;
    } = {},
  ) {
    super(code, message, { sessionId: result.sessionId, ...details });
    const status = details.apiStatus ?? result.apiErrorStatus;
    this.result = result;
    this.retryable = RETRYABLE.has(code) ||
      // A fault on the side of the API, and not of what it was asked.
      code === "api" && typeof status === "number" && status >= 500;
    if (typeof status === "number") this.apiStatus = status;
    if (details.resetsAt !== undefined) this.resetsAt = details.resetsAt;
  }
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "rate_limit",
  "overloaded",
  "connection",
  "interrupted",
]);

/** A turn went well, and its answer is not what the schema asks for. */
export class StructuredOutputError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "StructuredOutputError";
  /** `missing`: there is no output; `invalid`: it does not match the schema. */
  readonly reason: "missing" | "invalid";
  /** The final text. */
  readonly text: string;
  /** Output of the model, if any. */
  readonly output: unknown;
  /** The mismatches. */
  readonly issues: readonly SchemaIssue[];
  /** The end of the turn. */
  readonly result: Result;

  /** Makes one; thrown by `ask`. */
  constructor(
    reason: "missing" | "invalid",
    text: string,
    result: Result,
    issues: readonly SchemaIssue[],
  ) {
    super(
      "structured_output",
      `The answer does not meet the schema: ${describeIssues(issues)}`,
      {
        sessionId: result.sessionId,
        hint: "Make the schema simpler, or say more in the prompt",
      },
    );
    this.reason = reason;
    this.text = text;
    this.output = result.structuredOutput;
    this.issues = issues;
    this.result = result;
  }
}

/** How much of a line an error keeps, in characters. */
const LINE_LENGTH = 1_000;

/** The CLI wrote something that it may not. */
export class ProtocolError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "ProtocolError";
  /** The line, at most its first 1,000 characters; anything that looks like a key is masked. */
  readonly line: string;
  /** The mismatches. */
  readonly issues: readonly FieldIssue[];

  /** Makes one. */
  constructor(
    message: string,
    line: string,
    issues: readonly FieldIssue[] = [],
    details: ErrorDetails = {},
  ) {
    super("protocol", message, { hint: PROTOCOL_HINT, ...details });
    // Masked first: a key that is cut short looks like none.
    this.line = maskSecrets(line.slice(0, 2 * LINE_LENGTH))
      .slice(0, LINE_LENGTH);
    this.issues = issues.map((issue) => ({
      ...issue,
      message: maskSecrets(issue.message),
    }));
  }
}

/** The CLI refused a control request. */
export class ControlError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "ControlError";
  /** The request's subtype. */
  readonly subtype: string;
  /** The CLI's text; anything that looks like a key is masked. */
  readonly reason: string;
  /** The CLI's `error_code`, such as `unsupported_request`. Not sent by CLI 2.1.197. */
  readonly errorCode?: string;

  /** Makes one; thrown by the method that made the request. */
  constructor(
    subtype: string,
    reason: string,
    errorCode?: string,
    details: ErrorDetails = {},
  ) {
    super(
      "control",
      `The CLI refused the control request "${subtype}": ${reason}`,
      details,
    );
    this.subtype = subtype;
    this.reason = maskSecrets(reason);
    if (errorCode !== undefined) this.errorCode = errorCode;
  }
}

/** Which option limits what, by the operation. */
const DEADLINE_HINTS: Readonly<Record<string, string>> = {
  answer: "Answer sooner, or raise the option permissionTimeoutMs",
  close: "Raise the option closeTimeoutMs",
  init: "Raise the option startTimeoutMs; doctor() looks for what is slow",
  interrupt: "Raise the option closeTimeoutMs",
  queue: "Raise maxProcesses or queueTimeoutMs of the pool",
  turn: "Raise the option turnTimeoutMs, or timeoutMs of this prompt",
};

/** An operation exceeded its time limit. */
export class DeadlineError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "DeadlineError";
  /** It may have been a passing fault. */
  override readonly retryable = true;
  /**
   * The operation that took too long: a control request, `"answer"`, `"turn"`, `"interrupt"`,
   * `"init"`, `"queue"` (the wait for a process of a pool).
   */
  readonly operation: string;
  /** How long it might have taken, in milliseconds. */
  readonly timeoutMs: number;

  /** Makes one. */
  constructor(
    operation: string,
    timeoutMs: number,
    details: ErrorDetails & { readonly code?: "deadline" | "stalled" } = {},
  ) {
    const { code = "deadline" } = details;
    super(
      code,
      code === "stalled"
        ? `The turn stalled: the CLI wrote nothing for ${timeoutMs} ms`
        : `No end of "${operation}" within ${timeoutMs} ms`,
      { ...details, hint: details.hint ?? DEADLINE_HINTS[operation] },
    );
    this.operation = operation;
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The session has used what `budget.stopAt` lets it, or its earlier processes what
 * `limits.maxBudgetUsd` does.
 */
export class BudgetExceededError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "BudgetExceededError";
  /** What is measured. */
  readonly metric: BudgetMetric;
  /** How much it may be: US dollars, turns or tokens. */
  readonly limit: number;
  /** How much it was, in the same unit. */
  readonly value: number;
  /** The end of the turn that was interrupted; absent where a prompt was not sent at all. */
  readonly result?: Result;

  /** Makes one; thrown by the turn that reached it, and by `send` after it. */
  constructor(
    metric: BudgetMetric,
    limit: number,
    value: number,
    details: ErrorDetails & { readonly result?: Result } = {},
  ) {
    super(
      "max_budget",
      `The budget of the session is used up: ${value} of ${limit} ${
        metric === "cost" ? "US dollars" : metric
      }`,
      {
        hint: "Raise budget.stopAt in a session that resumes this one",
        ...details,
      },
    );
    this.metric = metric;
    this.limit = limit;
    this.value = value;
    if (details.result !== undefined) this.result = details.result;
  }
}

/** A call that the state does not allow. */
export class StateError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "StateError";
  /** The same thing may work later, without a change: with the code `queue_full`. */
  override readonly retryable: boolean;
  /** The state. */
  readonly state: string;
  /** The method that was called. */
  readonly operation: string;

  /** Makes one. */
  constructor(
    code:
      | "session_busy"
      | "session_closed"
      | "cancelled"
      | "queue_full"
      | "already_used"
      | "already_answered",
    state: string,
    operation: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
    this.retryable = code === "queue_full";
    this.state = state;
    this.operation = operation;
  }
}

/** An option that cannot be, or two that contradict each other. */
export class ConfigError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "ConfigError";
  /** Name of the option. */
  readonly option: string;

  /** Makes one; thrown before anything is started. */
  constructor(option: string, message: string, details: ErrorDetails = {}) {
    super("config", message, details);
    // A name that is unknown may be a value in the wrong place.
    this.option = maskSecrets(option);
  }
}

function lastLine(text: string | undefined): string {
  const lines = (text ?? "").split("\n").map((line) => line.trim());
  return lines.findLast((line) => line !== "")?.slice(0, 300) ?? "";
}

/**
 * Masks the session's known secrets in an error of this library, since text from the CLI may quote
 * one. Texts that look like a key were masked when the error was created.
 */
export function maskError(error: unknown, secrets: readonly string[]): void {
  const seen = new Set<unknown>();
  for (
    let one = error;
    one instanceof ClaudeStreamError && !seen.has(one);
    one = one.cause
  ) {
    seen.add(one);
    const fields = one as unknown as Record<string, unknown>;
    for (const name of MASKED) {
      const text = fields[name];
      if (typeof text === "string") {
        const free = maskSecrets(text, secrets);
        if (free !== text) fields[name] = free;
      }
    }
    if (one instanceof ProtocolError) {
      fields.issues = one.issues.map((issue) => ({
        ...issue,
        message: maskSecrets(issue.message, secrets),
      }));
    }
  }
}

/** Fields of errors that quote the CLI. The stack has the message in it. */
const MASKED = ["message", "stack", "hint", "stderrTail", "reason", "line"];
