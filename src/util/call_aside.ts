/**
 * Calls functions of the caller that only observe, such as listeners and loggers.
 *
 * @module
 */

import { isThenable } from "./maybe_promise.ts";

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
