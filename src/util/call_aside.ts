/**
 * Functions of the caller's that look on and that nothing depends on: listeners, loggers
 * and the like.
 *
 * @module
 */

import { isThenable } from "./maybe_promise.ts";

/**
 * Calls one. What it throws, or what its promise rejects with, is the caller's own fault:
 * it goes to `reportError`, and everything else goes on.
 */
export function callAside(run: () => unknown): void {
  try {
    const made = run();
    if (isThenable(made)) Promise.resolve(made).catch(reportError);
  } catch (error) {
    reportError(error);
  }
}
