/**
 * Listens to signals.
 *
 * @module
 */

/** Calls a function when a signal aborts, at once if it has. Returns a function that cancels it. */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  if (signal.aborted) {
    abort();
    return () => {};
  }
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
