/**
 * Reports that a finished turn waits for background tasks.
 *
 * @module
 */

/** How long the wait for tasks may take before a line says so, in milliseconds. */
const PATIENCE_MS = 2000;

/** Reports once, some time after a result, that the turn waits for tasks. */
export class TaskWait implements Disposable {
  readonly #tell: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTold = false;

  /** @param tell Called when the wait has taken too long. */
  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /**
   * Called when a turn ends.
   *
   * @param isWait Whether tasks are running.
   */
  begin(isWait: boolean): void {
    this[Symbol.dispose]();
    if (!isWait || this.#isTold) return;
    this.#timer = setTimeout(() => {
      this.#isTold = true;
      this.#tell();
    }, PATIENCE_MS);
  }

  [Symbol.dispose](): void {
    // Referring to clearTimeout loads the timers of Node, 8 ms, so do it only if there is a timer.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
