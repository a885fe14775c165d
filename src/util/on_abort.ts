/**
 * Listens to abort signals.
 *
 * @module
 */

/**
 * Calls a function when a signal aborts, immediately if it already has. Returns a function that
 * cancels this.
 */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  if (signal.aborted) {
    abort();
    return () => {};
  }
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
