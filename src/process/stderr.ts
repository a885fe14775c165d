/**
 * Keeps reading what the child writes to stderr, so that it never blocks, and
 * remembers the end of it.
 *
 * @module
 */

/** How much of the end is kept, in characters. */
export const TAIL_LENGTH = 64 * 1024;

/** Longest line handed to a listener, in characters; the rest of it follows as another one. */
const MAX_LINE_LENGTH = 64 * 1024;

/** The end of a text that goes on for ever. */
export class Tail {
  #text = "";

  /** Adds to it. */
  push(text: string): void {
    const joined = this.#text + text;
    // Cut seldom: a cut at each push would copy all of it each time.
    this.#text = joined.length > 2 * TAIL_LENGTH
      ? joined.slice(-TAIL_LENGTH)
      : joined;
  }

  /** At most the last 64 Ki characters. */
  toString(): string {
    return this.#text.slice(-TAIL_LENGTH);
  }
}

/** Takes what comes from stderr, piece by piece. */
export class StderrText {
  readonly #tail: Tail;
  readonly #onLine: ((line: string) => void) | undefined;
  #rest = "";

  /** @param onLine Hears each line. What it throws goes to `reportError`. */
  constructor(tail: Tail, onLine: ((line: string) => void) | undefined) {
    this.#tail = tail;
    this.#onLine = onLine;
  }

  /** Takes a piece. */
  push(piece: string): void {
    this.#tail.push(piece);
    if (this.#onLine === undefined) return;
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) tell(this.#onLine, line);
    if (this.#rest.length > MAX_LINE_LENGTH) this.end();
  }

  /** That was all: what there is of a line is one. */
  end(): void {
    const rest = this.#rest;
    this.#rest = "";
    if (this.#onLine !== undefined && rest !== "") tell(this.#onLine, rest);
  }
}

/** Reads stderr to its end. Never rejects for what the listener throws. */
export async function drain(
  stderr: ReadableStream<Uint8Array>,
  tail: Tail,
  onLine: ((line: string) => void) | undefined,
): Promise<void> {
  const target = new StderrText(tail, onLine);
  const text = stderr.pipeThrough(
    new TextDecoderStream() as TransformStream<Uint8Array, string>,
  );
  for await (const piece of text) target.push(piece);
  target.end();
}

function tell(onLine: (line: string) => void, line: string): void {
  try {
    onLine(line);
  } catch (error) {
    // The caller's own fault, told to the caller; the next line still comes.
    reportError(error);
  }
}
