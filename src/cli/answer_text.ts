/**
 * Holds the replies of an answer apart, and ends it with one line break. Pure.
 *
 * Each reply is a paragraph of its own; the blocks of one are one text, whatever came
 * between them. Line breaks at the end of a piece wait until more of the reply comes, as
 * nobody can take them back.
 */
export class AnswerText {
  #reply: string | undefined;
  #held = "";
  #isStarted = false;
  /** A block is over, but nothing was printed for that. */
  #isOver = false;
  /** Line breaks printed since the last text. */
  #breaks = 0;

  /** Whether there was any text. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Whether the last block is over, so that a line break is not in the middle of a line. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Adds a piece of text.
   *
   * @param reply Tells the replies apart.
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

  /** The reply goes on under another name. */
  resume(reply: string): void {
    this.#reply = reply;
  }

  /** The block is over. */
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
