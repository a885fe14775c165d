/**
 * Separates the replies of an answer, and ends the answer with one line break. Pure.
 *
 * Each reply is a paragraph of its own; the blocks of one reply form one text, whatever came
 * between them. Line breaks at the end of a piece are held back until more of the reply comes,
 * because printed output cannot be undone.
 */
export class AnswerText {
  #reply: string | undefined;
  #held = "";
  #isStarted = false;
  /** Whether the last block has ended and nothing was printed for that yet. */
  #isOver = false;
  /** Number of line breaks printed since the last text. */
  #breaks = 0;

  /** Whether there was any text. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether the last block has ended, so that a line break cannot split a line. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Adds a piece of text.
   *
   * @param reply Id of the reply.
   * @returns What to print.
   */
  push(text: string, reply: string): string {
    const body = text.replace(/\n+$/, "");
    const tail = text.slice(body.length);
    const isNew = reply !== this.#reply;
    if (isNew && body === "") return "";
    let before = this.#held;
    if (isNew) before = this.#isStarted ? "\n\n".slice(this.#breaks) : "";
    this.#reply = reply;
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

  /** Continues the current reply under another id. */
  resume(reply: string): void {
    this.#reply = reply;
  }

  /** Ends the current block. */
  cut(): void {
    if (this.#isStarted) this.#isOver = true;
  }

  /** Ends the line if its block has ended. Returns the text to print. */
  endLine(): string {
    if (!this.#isStarted || this.#breaks > 0) return "";
    this.#breaks = 1;
    return "\n";
  }
}
