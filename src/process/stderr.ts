/**
 * Reads stderr of the child continuously, so that the child never blocks, and keeps the end of the
 * text, without secrets.
 *
 * @module
 */

import { callAside } from "../util/faults.ts";
import { OutputReading, type Reading } from "./late_output.ts";
import { SecretMask } from "../util/secrets.ts";

/** How much of the end of the text is kept, in characters. */
export const TAIL_LENGTH = 64 * 1024;

/**
 * Longest line passed to a listener, in characters; the rest of the line follows as another one.
 */
const MAX_LINE_LENGTH = 64 * 1024;

/** The end of a text of unlimited length. */
export class Tail {
  #text = "";
  /** Returns text that has arrived but was not added yet. */
  #held: () => string = () => "";

  /** Appends a text. */
  push(text: string): void {
    const joined = this.#text + text;
    // Cut rarely: a cut at each push would copy the whole text each time.
    this.#text = joined.length > 2 * TAIL_LENGTH
      ? joined.slice(-TAIL_LENGTH)
      : joined;
  }

  /** Sets a function that returns the text after what was added; it is called on each read. */
  follow(held: () => string): void {
    this.#held = held;
  }

  /** Returns at most the last 64 Ki characters. */
  toString(): string {
    return (this.#text + this.#held()).slice(-TAIL_LENGTH);
  }
}

/** Processes the text of stderr, piece by piece. */
export class StderrText {
  readonly #tail: Tail;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #mask: SecretMask;
  #rest = "";

  /**
   * @param onLine Called with each line. Errors it throws go to `reportError`.
   * @param secrets Values to mask in the tail and for the listener.
   */
  constructor(
    tail: Tail,
    onLine: ((line: string) => void) | undefined,
    secrets: () => readonly string[],
  ) {
    this.#tail = tail;
    this.#onLine = onLine;
    this.#mask = new SecretMask(secrets);
    // When a process dies in the middle of a line, that line is often the most informative.
    tail.follow(() => this.#mask.held);
  }

  /** Takes a piece. */
  push(piece: string): void {
    this.#take(this.#mask.push(piece));
  }

  #take(text: string): void {
    if (text === "") return;
    this.#tail.push(text);
    if (this.#onLine === undefined) return;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) tell(this.#onLine, line);
    if (this.#rest.length > MAX_LINE_LENGTH) this.#tellRest();
  }

  /** Ends the text; an incomplete line counts as a line. */
  end(): void {
    this.#take(this.#mask.end());
    this.#tellRest();
  }

  #tellRest(): void {
    const rest = this.#rest;
    this.#rest = "";
    if (this.#onLine !== undefined && rest !== "") tell(this.#onLine, rest);
  }
}

/** Reads stderr to its end. */
export function readStderr(
  stderr: ReadableStream<Uint8Array>,
  target: StderrText,
): Reading {
  const decoder = new TextDecoder();
  return new OutputReading(stderr, (bytes) => bytes, {
    take(chunk) {
      target.push(decoder.decode(chunk, { stream: true }));
      return undefined;
    },
    end() {
      target.push(decoder.decode());
      target.end();
    },
  });
}

function tell(onLine: (line: string) => void, line: string): void {
  callAside(() => onLine(line));
}
