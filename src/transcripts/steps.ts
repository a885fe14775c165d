/**
 * Work over many files in steps, so that it can be done at once or in slices.
 *
 * @module
 */

/** Work that may pause at each `yield`. */
export type Steps<T> = Generator<void, T, void>;

/** How long other work of the program waits for a slice, in milliseconds. */
const SLICE_MS = 8;

/** Does the work without a pause, for a session that cannot wait for a promise. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Does the work, and lets other work of the program run in between. */
export async function inSlices<T>(
  steps: Steps<T>,
  signal?: AbortSignal,
): Promise<T> {
  const pause = new Pause();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    signal?.throwIfAborted();
    await pause.ifDue();
  }
}

/** Tells when a slice is over. */
export class Pause {
  #startMs = performance.now();

  /** Lets other work run if the slice is over. */
  async ifDue(): Promise<void> {
    if (performance.now() - this.#startMs < SLICE_MS) return;
    // A message, unlike a timer, needs no module that is loaded first.
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<void>();
    port1.onmessage = () => resolve();
    port2.postMessage(null);
    await promise;
    port1.close();
    port2.close();
    this.#startMs = performance.now();
  }
}
