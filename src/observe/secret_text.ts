/**
 * Finds secrets in a text that arrives in pieces. Pure.
 *
 * @module
 */

import { begunAtEnd, MASK, mayBegin, secretSpans } from "../util/secrets.ts";

/** Number of released characters that are kept as context: they may show that a secret follows. */
const CONTEXT = 512;

/** Maximum number of characters that are held back. */
const MAX_HELD = 16 * 1024;

/** The text of one block. Positions count from its start. */
export class SecretText {
  readonly #secrets: () => readonly string[];
  /** The end of the text, which is still needed. */
  #text = "";
  /** Position of the start of `#text`. */
  #from = 0;
  #known = 0;
  #spans: readonly (readonly [number, number])[] = [];
  #isOver = false;

  /** @param secrets Returns the secret values, in addition to texts that look like a key. */
  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** Position up to which all secrets are known. */
  get known(): number {
    return this.#known;
  }

  /** Whether the text has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes a piece; returns its start and end. */
  push(piece: string): readonly [start: number, end: number] {
    // A block with the same key in a later message.
    this.#isOver = false;
    this.#forget();
    const start = this.#from + this.#text.length;
    this.#text += piece;
    this.#look();
    return [start, start + piece.length];
  }

  /**
   * Ends the text, so that all secrets are known.
   *
   * @param isCut The text was truncated: treat a possible start of a secret as one.
   */
  end(isCut: boolean): void {
    this.#isOver = true;
    const end = this.#from + this.#text.length;
    this.#known = end;
    const begun = isCut ? begunAtEnd(this.#text, this.#secrets()) : 0;
    if (begun > 0) this.#spans = [...this.#spans, [end - begun, end]];
  }

  /** Returns a part of the text, with a mask at the start of each secret. */
  masked(start: number, end: number): string {
    let result = "";
    let at = start;
    for (const [from, to] of this.#spans) {
      if (to <= at || from >= end) continue;
      if (from >= start) result += this.#slice(at, from) + MASK;
      at = Math.min(to, end);
    }
    return result + this.#slice(at, end);
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start - this.#from, end - this.#from);
  }

  #look(): void {
    const secrets = this.#secrets();
    const spans = secretSpans(this.#text, secrets);
    this.#spans = spans.map(([start, end]) =>
      [start + this.#from, end + this.#from] as const
    );
    const held = mayBegin(this.#text, secrets, spans);
    const isTooLong = this.#text.length - held > MAX_HELD;
    this.#known = this.#from + (isTooLong ? this.#text.length : held);
  }

  /** Drops text that is neither held back nor needed as context. */
  #forget(): void {
    const known = this.#known - this.#from;
    if (known <= 2 * CONTEXT) return;
    // Do not cut within a word, because its rest could look like something else.
    const blank = this.#text.slice(0, known - CONTEXT).search(/\s\S*$/);
    const cut = blank === -1 && known > MAX_HELD ? known - CONTEXT : blank;
    if (cut <= 0) return;
    this.#text = this.#text.slice(cut);
    this.#from += cut;
  }
}
