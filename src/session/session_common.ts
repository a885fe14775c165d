/**
 * What async and blocking sessions do the same.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { roundUsd } from "../util/cost.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SessionFacts } from "./facts_view.ts";
import { jsonCopy } from "../util/json_copy.ts";
import type { Result } from "../messages/result.ts";
import type { SessionOptions } from "../options/session_options.ts";
import {
  check,
  oneOf,
  SIGNAL,
  TIME,
  wrong,
  YES_OR_NO,
} from "../checks/kinds.ts";
import { isBlank } from "../prompt/blank.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { Answer } from "./async_session.ts";
import { isThenable } from "../util/maybe_promise.ts";

/** The options as they hold, and the id of the session where it is known already. */
export function settledOptions(options: SessionOptions): {
  readonly options: SessionOptions;
  readonly knownId: string | undefined;
} {
  // With an id of our own the session is known before its first message. What runs
  // already has its own.
  const mayName = options.resume === undefined &&
    options.transport === undefined;
  const sessionId = options.sessionId ??
    (mayName ? crypto.randomUUID() : undefined);
  const settled = {
    partials: true,
    ...options,
    ...sessionId === undefined ? {} : { sessionId },
  };
  return { options: settled, knownId: knownIdOf(settled) };
}

/** The session of a process with these options, where it is known before its first message. */
export function knownIdOf(
  { sessionId, fork, resume }: SessionOptions,
): string | undefined {
  if (sessionId !== undefined) return sessionId;
  return fork === true || resume === "last" ? undefined : resume;
}

const TURN_OPTIONS = {
  send: ["view", "verbatim", "signal", "timeoutMs", "until"],
  ask: ["verbatim", "signal", "timeoutMs", "until", "schema", "jsonSchema"],
  push: ["priority", "verbatim", "query"],
};

const PRIORITY = oneOf("now", "next", "later");

const VIEWS: readonly unknown[] = ["flat", "messages", "wire"];

/**
 * Checks the options of one turn: a time limit that is misspelled would be none.
 *
 * @throws {ConfigError} A name or a value that cannot be.
 */
export function checkTurnOptions(
  method: keyof typeof TURN_OPTIONS,
  given: object,
): void {
  const names = TURN_OPTIONS[method];
  if (!isWireObject(given)) {
    throw wrong(method, `an object with ${names.join(", ")}`, given);
  }
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const near = closest(name, names);
    throw new ConfigError(
      name,
      `Unknown option "${name}" of ${method}(), ${
        near === undefined
          ? `expected ${names.join(", ")}`
          : `did you mean "${near}"?`
      }`,
    );
  }
  const { view, until, priority, query, timeoutMs, verbatim, signal } =
    given as Readonly<Record<string, unknown>>;
  check("timeoutMs", timeoutMs, TIME);
  check("verbatim", verbatim, YES_OR_NO);
  check("signal", signal, SIGNAL);
  check("priority", priority, PRIORITY);
  check("query", query, YES_OR_NO);
  if (view !== undefined && !VIEWS.includes(view)) {
    throw wrong("view", "flat, messages or wire", view);
  }
  if (until !== undefined && until !== "tasks" && until !== "turn") {
    throw wrong("until", "tasks or turn", until);
  }
}

/** Returns the answer of `ask()`, without its output. */
export function answerOf(
  text: string,
  result: Result,
  costUsd: number,
  { id: sessionId, totalCostUsd }: SessionFacts,
): Omit<Answer, "output"> {
  return {
    text,
    result,
    costUsd: roundUsd(costUsd),
    totalCostUsd,
    usage: result.usage,
    durationMs: result.durationMs,
    sessionId,
  };
}

/**
 * The prompt as it is sent: a copy, so that it can neither change nor fail to be written
 * once the turn has begun.
 *
 * @throws {TypeError} It is no prompt, or JSON cannot hold it.
 */
export function readyPrompt(prompt: PromptContent): PromptContent {
  // Its copy would be an object without anything in it.
  if (isThenable(prompt)) throw noPrompt("a promise; await it first");
  const copy = typeof prompt === "object"
    ? jsonCopy(prompt, "Cannot send the prompt")
    : prompt;
  checkPrompt(copy);
  return copy;
}

/** @throws {TypeError} It is no prompt. */
export function checkPrompt(prompt: unknown): void {
  if (typeof prompt === "string") {
    if (!isBlank(prompt)) return;
    throw new TypeError(
      `Cannot send the prompt: expected something to read in it, got ${
        prompt === "" ? "an empty text" : "nothing but blanks"
      }`,
    );
  }
  if (Array.isArray(prompt)) {
    if (prompt.length === 0) {
      throw new TypeError("Cannot send the prompt: it is a list of no blocks");
    }
    const block = prompt.find((block) =>
      !isWireObject(block) || typeof block.type !== "string"
    );
    if (block === undefined) {
      checkTexts(prompt);
      return;
    }
    throw new TypeError(
      "Cannot send the prompt: expected each block to be an object with a type, as text(), image() and document() make them",
    );
  }
  throw noPrompt(prompt === null ? "null" : typeof prompt);
}

function noPrompt(came: string): TypeError {
  return new TypeError(
    `Cannot send the prompt: expected a text or a list of blocks, got ${came}`,
  );
}

/** The API takes no block of text without any, not even beside others. */
function checkTexts(blocks: readonly WireObject[]): void {
  const at = blocks.findIndex(({ type, text }) =>
    type === "text" && (typeof text !== "string" || isBlank(text))
  );
  if (at < 0) return;
  throw new TypeError(
    `Cannot send the prompt: expected something to read in each block of text, got none in block ${at}; leave it out`,
  );
}

/** Calls a function when a signal aborts, at once if it has. Returns a function that cancels it. */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  if (signal.aborted) {
    abort();
    return () => {};
  }
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
