/**
 * A turn that is over and waits for what it left in the background.
 *
 * @module
 */

import { oneLine } from "./one_line.ts";

/** How long tasks are waited for before a line says so. */
const PATIENCE_MS = 2000;

/** Tells once, some time after a result, that tasks are waited for. */
export class TaskWait implements Disposable {
  readonly #tell: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTold = false;

  /** @param tell Called when it has taken long enough. */
  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /**
   * A turn is over.
   *
   * @param isWait Whether tasks run.
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
    // Naming it loads the timers of Node, 8 ms: for nothing where there is none.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** What is waited for. Pure. */
export function waitingText(tasks: readonly string[]): string {
  const [first = "", ...others] = tasks;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `waiting for work in the background: ${
    oneLine(first, 60)
  }${more}; Ctrl-C ends the wait, --until turn does not wait`;
}
