/**
 * Holds the blocks of an answer apart, and ends it with one line break. Pure.
 *
 * Blocks that something else came between are paragraphs of their own. Line breaks at
 * the end of a block wait until more of the block comes, as nobody can take them back.
 */
export class AnswerText {
  #block: string | undefined;
  #held = "";
  #isStarted = false;
  /** The block is over, but nothing was printed for that. */
  #isOver = false;
  /** Line breaks printed since the last text. */
  #breaks = 0;

  /** Whether there was any text. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether the last block is over, so that a line break is no part of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Adds a piece of text.
   *
   * @param block Tells the blocks apart.
   * @returns What to print.
   */
  push(text: string, block: string): string {
    const body = text.replace(/\n+$/, "");
    const tail = text.slice(body.length);
    const isNew = this.#isOver || block !== this.#block;
    if (isNew && body === "") return "";
    let before = this.#held;
    if (isNew) before = this.#isStarted ? "\n\n".slice(this.#breaks) : "";
    this.#block = block;
    this.#isOver = false;
    if (body === "") {
      this.#held += tail;
      return "";
    }
    this.#held = tail;
    this.#isStarted = true;
    this.#breaks = 0;
    return before + body;
  }

  /** The block goes on under another name. */
  resume(block: string): void {
    if (!this.#isOver) this.#block = block;
  }

  /** The block is over; what comes next is a paragraph of its own. */
  cut(): void {
    if (this.#isStarted) this.#isOver = true;
  }

  /** Ends the line after a block that is over; gives what to print. */
  endLine(): string {
    if (!this.#isStarted || this.#breaks > 0) return "";
    this.#breaks = 1;
    return "\n";
  }
}
