/**
 * What is thrown, above all by a function of the caller. Pure.
 *
 * @module
 */

import { isThenable } from "./maybe_promise.ts";

/** Returns the text of any thrown value. Never throws, whatever its getters do. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error
      ? `${thrown.message || thrown.name}`
      : String(thrown);
  } catch {
    // Some values cannot be converted to text, such as an object without a prototype.
    return "an unknown error";
  }
}

/** The failure of a caller's function that the CLI was waiting for. */
export interface HandlerFailure {
  /**
   * The function: the name of a hook event such as `PostToolUse`, or of an option such as
   * `onQuestion`.
   */
  readonly handler: string;
  /** The thrown value, or an error that says what was wrong with the answer. */
  readonly error: unknown;
  /** What the CLI was told instead, as text. */
  readonly consequence: string;
  /**
   * Whether the failure has no other visible effect: the session continues as if the function did
   * not exist.
   */
  readonly isSilent: boolean;
}

/** Called with each {@linkcode HandlerFailure}. */
export type FailureListener = (failure: HandlerFailure) => void;

/** Returns the error for an answer of the wrong shape. */
export function wrongAnswer(handler: string, issue: string): TypeError {
  return new TypeError(`Cannot use the answer of ${handler}: ${issue}`);
}

/**
 * Calls an observing function. Its errors and rejections go to `reportError` and affect nothing
 * else.
 */
export function callAside(run: () => unknown): void {
  try {
    const made = run();
    if (isThenable(made)) Promise.resolve(made).catch(reportError);
  } catch (error) {
    reportError(error);
  }
}
