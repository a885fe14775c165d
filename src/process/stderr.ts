/**
 * Keeps reading what the child writes to stderr, so that it never blocks, and
 * remembers the end of it, without secrets.
 *
 * @module
 */

import { callAside } from "../util/call_aside.ts";
import { OutputReading, type Reading } from "./late_output.ts";
import { SecretMask } from "../util/secrets.ts";

/** How much of the end is kept, in characters. */
export const TAIL_LENGTH = 64 * 1024;

/** Longest line handed to a listener, in characters; the rest of it follows as another one. */
const MAX_LINE_LENGTH = 64 * 1024;

/** The end of a text that goes on for ever. */
export class Tail {
  #text = "";
  /** What is not let go yet, but known. */
  #held: () => string = () => "";

  /** Adds to it. */
  push(text: string): void {
    const joined = this.#text + text;
    // Cut seldom: a cut at each push would copy all of it each time.
    this.#text = joined.length > 2 * TAIL_LENGTH
      ? joined.slice(-TAIL_LENGTH)
      : joined;
  }

  /** What is said to come after what was added, asked for with each reading. */
  follow(held: () => string): void {
    this.#held = held;
  }

  /** At most the last 64 Ki characters. */
  toString(): string {
    return (this.#text + this.#held()).slice(-TAIL_LENGTH);
  }
}

/** Takes what comes from stderr, piece by piece. */
export class StderrText {
  readonly #tail: Tail;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #mask: SecretMask;
  #rest = "";

  /**
   * @param onLine Hears each line. What it throws goes to `reportError`.
   * @param secrets Values that neither the tail nor the listener gets to see.
   */
  constructor(
    tail: Tail,
    onLine: ((line: string) => void) | undefined,
    secrets: () => readonly string[],
  ) {
    this.#tail = tail;
    this.#onLine = onLine;
    this.#mask = new SecretMask(secrets);
    // A process that dies in the middle of a line has most to say in it.
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

  /** That was all: what there is of a line is one. */
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
