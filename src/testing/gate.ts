/**
 * A place in a scripted reply where the server waits until the test lets it continue.
 *
 * Put it between the pieces of a block, between the blocks of a reply, or before a reply. It
 * replaces a pause in milliseconds: the test knows that the server has reached this point, does its
 * work, and opens the gate, without wasting time.
 *
 * @example Interrupt in the middle of a sentence
 * ```ts
 * import { block, Gate, reply } from "@claudestream/core/testing";
 *
 * const gate = new Gate();
 * const scripted = reply.message([block.text(["Once upon ", gate, "a time"])]);
 * // after the prompt was sent: await gate.reached, look at what came, then gate.open()
 * gate.open();
 * console.assert(gate.isOpen && scripted.kind === "message");
 * ```
 */
export class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  #isOpen = false;

  /**
   * Resolves when the server reaches the gate for the first time. By then everything before the
   * gate was handed to the operating system; the client may not have read it yet.
   */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Whether {@linkcode open} was called. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Lets the server continue, now and whenever it reaches the gate again. A second call does
   * nothing.
   */
  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  /**
   * Called by the server: reports that it has reached the gate, and waits. Only a custom scripted
   * server needs to call this.
   *
   * @returns A promise that resolves when the gate is open.
   */
  pass(): Promise<void> {
    this.#reached.resolve();
    return this.#opened.promise;
  }
}
