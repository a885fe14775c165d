/**
 * What `send()` and `ask()` take, and what `ask()` returns, in both sessions.
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
  /** How the turn is cut into events. Default `"flat"`. */
  readonly view?: V;
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /** Interrupts the turn when it aborts; whoever reads it gets the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * How long the turn may take, in milliseconds, in place of `turnTimeoutMs` of the session;
   * with `until: "tasks"` all of it.
   */
  readonly timeoutMs?: number;
  /**
   * What ends the turn: `"turn"`, its own result; `"tasks"`, that no task runs in the
   * background any more and the turn about its end is over: what comes meanwhile is a part
   * of the turn. Default `"turn"`.
   */
  readonly until?: Until;
}

/** Options of `ask()`. */
export interface AskOptions {
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /**
   * How long all of it may take, in milliseconds: the turn, in place of `turnTimeoutMs`
   * of the session, and the wait for tasks in the background, which go on all the same.
   */
  readonly timeoutMs?: number;
  /** Interrupts the turn when it aborts, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * What ends the wait: `"tasks"`, that no task runs in the background any more and the
   * turn about its end is over, whose text, if there is any, is then the answer; `"turn"`,
   * the end of the prompt's own turn. Default `"tasks"`. A shell that never ends, such as a
   * server, counts as a task: use `"turn"`, `timeoutMs` or `session.interrupt()` then.
   * A message that is pushed meanwhile has an answer of its own, which is not this one.
   */
  readonly until?: Until;
  /**
   * What the answer has to be, as a schema of any library that follows Standard Schema,
   * with an object at its root. It comes as `output`.
   */
  readonly schema?: StandardSchema;
  /** The JSON Schema of `schema`, where its library makes none. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
}

/** What `ask()` gives. */
export interface Answer<Output = unknown> {
  /** The final text. */
  readonly text: string;
  /**
   * What the schema made of the answer; what the model gave, where the option
   * `outputSchema` asked for it; else `undefined`.
   */
  readonly output: Output;
  /** The end of the turn. */
  readonly result: Result;
  /** Cost of this turn, in US dollars. */
  readonly costUsd: number;
  /** Cost of the session so far, in US dollars. */
  readonly totalCostUsd: number;
  /** Tokens of this turn. */
  readonly usage: Usage;
  /** Time that the turn took, in milliseconds. */
  readonly durationMs: number;
  /** The session, for a resume. */
  readonly sessionId: string | undefined;
}
