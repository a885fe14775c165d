/**
 * A text that comes in pieces, and where the secrets in it are. Pure.
 *
 * @module
 */

import { begunAtEnd, MASK, mayBegin, secretSpans } from "../util/secrets.ts";

/** So much of what was let go is looked at again: it may say that a secret follows. */
const CONTEXT = 512;

/** The most that is kept back, in characters. */
const MAX_HELD = 16 * 1024;

/** The text of one block. Positions count from its beginning. */
export class SecretText {
  readonly #secrets: () => readonly string[];
  /** The end of the text. */
  #text = "";
  /** Where `#text` begins. */
  #from = 0;
  #known = 0;
  #spans: readonly (readonly [number, number])[] = [];
  #isOver = false;

  /** @param secrets Gives the values that are secret, besides what looks like a key. */
  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** Up to where it is known what is secret. */
  get known(): number {
    return this.#known;
  }

  /** Whether no more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes a piece; returns where it begins and ends. */
  push(piece: string): readonly [start: number, end: number] {
    // A block of the same place in a later message.
    this.#isOver = false;
    this.#forget();
    const start = this.#from + this.#text.length;
    this.#text += piece;
    this.#look();
    return [start, start + piece.length];
  }

  /**
   * No more comes: all of it is known.
   *
   * @param isCut It ends in the middle: what may be the beginning of a secret is one.
   */
  end(isCut: boolean): void {
    this.#isOver = true;
    const end = this.#from + this.#text.length;
    this.#known = end;
    const begun = isCut ? begunAtEnd(this.#text, this.#secrets()) : 0;
    if (begun > 0) this.#spans = [...this.#spans, [end - begun, end]];
  }

  /** A part of it, with a mask where a secret begins. */
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

  /** Drops what is neither kept back nor needed to know what follows. */
  #forget(): void {
    const known = this.#known - this.#from;
    if (known <= 2 * CONTEXT) return;
    // In the middle of a word the rest of it would look like something else.
    const blank = this.#text.slice(0, known - CONTEXT).search(/\s\S*$/);
    const cut = blank === -1 && known > MAX_HELD ? known - CONTEXT : blank;
    if (cut <= 0) return;
    this.#text = this.#text.slice(cut);
    this.#from += cut;
  }
}
