/**
 * Options of `send()` and `ask()`, and the result of `ask()`, for both sessions.
 *
 * @module
 */

import type { View } from "../events/mod.ts";
import type { Usage } from "../messages/usage.ts";
import type { Result } from "../messages/result.ts";
import type { Until } from "../protocol/prompt.ts";
import type { StandardSchema } from "../util/standard_schema.ts";

/** Options of `send()`. */
export interface SendOptions<V extends View = "flat"> {
  /** How the turn is split into events. Default `"flat"`. */
  readonly view?: V;
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /** Interrupts the turn when it aborts; the reader then gets the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Time limit of the turn, in milliseconds; replaces the session's `turnTimeoutMs`. With `until:
   * "tasks"` it includes the wait for tasks.
   */
  readonly timeoutMs?: number;
  /**
   * When the turn ends: with `"turn"`, at its own result; with `"tasks"`, when no background task
   * is running and the turn about the last one has ended; events up to then are part of the turn.
   * Default `"turn"`.
   */
  readonly until?: Until;
}

/** Options of `compact()`. */
export interface CompactOptions
  extends Pick<SendOptions, "signal" | "timeoutMs"> {
  /** What the summary should keep, for the model. */
  readonly instructions?: string;
}

/** Options of `ask()`. */
export interface AskOptions {
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /**
   * Time limit for the whole call, in milliseconds: for the turn, where it replaces the session's
   * `turnTimeoutMs`, and for the wait for background tasks, which continue after the limit.
   */
  readonly timeoutMs?: number;
  /** Interrupts the turn when it aborts, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * When the call ends: with `"tasks"`, when no background task is running and the turn about the
   * last one has ended, whose text, if any, is then the answer; with `"turn"`, when the prompt's
   * own turn ends. Default `"tasks"`. A shell command that never ends, such as a server, counts as
   * a task: use `"turn"`, `timeoutMs` or `session.interrupt()` then. A message pushed in the
   * meantime has a separate answer.
   */
  readonly until?: Until;
  /**
   * Schema of the answer, from any library that follows Standard Schema, with an object at its
   * root. The validated answer is in `output`.
   */
  readonly schema?: StandardSchema;
  /** The JSON Schema of `schema`, if its library cannot generate it. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
}

/** The result of `ask()`. */
export interface Answer<Output = unknown> {
  /** The final text. */
  readonly text: string;
  /**
   * With `schema`, the validated answer; with the option `outputSchema`, the model's structured
   * output; otherwise `undefined`.
   */
  readonly output: Output;
  /** The result of the turn. */
  readonly result: Result;
  /** Cost of this turn, in US dollars. */
  readonly costUsd: number;
  /** Cost of the session so far, in US dollars. */
  readonly totalCostUsd: number;
  /** Tokens of this turn. */
  readonly usage: Usage;
  /** Time that the turn took, in milliseconds. */
  readonly durationMs: number;
  /** Id of the session, to resume it. */
  readonly sessionId: string | undefined;
}
