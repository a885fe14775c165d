/**
 * Checks the input of a turn: the prompt and its options. Pure.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { jsonCopy } from "../util/json.ts";
import {
  check,
  oneOf,
  SIGNAL,
  TIME,
  wrong,
  YES_OR_NO,
} from "../checks/kinds.ts";
import { isBlank, type PromptContent } from "../prompt/blocks.ts";
import { isThenable } from "../util/maybe_promise.ts";

const TURN_OPTIONS = {
  send: ["view", "verbatim", "signal", "timeoutMs", "until"],
  ask: ["verbatim", "signal", "timeoutMs", "until", "schema", "jsonSchema"],
  push: ["priority", "verbatim", "query"],
};

const PRIORITY = oneOf("now", "next", "later");

const VIEWS: readonly unknown[] = ["flat", "messages", "wire"];

/**
 * Checks the options of one turn; a misspelled time limit, for example, would have no effect.
 *
 * @throws {ConfigError} A name or a value is invalid.
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

/**
 * Returns the prompt to send: a copy, so that later changes have no effect and writing it cannot
 * fail once the turn has started.
 *
 * @throws {TypeError} It is not a prompt, or JSON cannot represent it.
 */
export function readyPrompt(prompt: PromptContent): PromptContent {
  // The copy of a promise would be an empty object.
  if (isThenable(prompt)) throw noPrompt("a promise; await it first");
  const copy = typeof prompt === "object"
    ? jsonCopy(prompt, "Cannot send the prompt")
    : prompt;
  checkPrompt(copy);
  return copy;
}

/** @throws {TypeError} It is not a prompt. */
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

/** The API rejects an empty text block, even beside other blocks. */
function checkTexts(blocks: readonly WireObject[]): void {
  const at = blocks.findIndex(({ type, text }) =>
    type === "text" && (typeof text !== "string" || isBlank(text))
  );
  if (at < 0) return;
  throw new TypeError(
    `Cannot send the prompt: expected something to read in each block of text, got none in block ${at}; leave it out`,
  );
}
