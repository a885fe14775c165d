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

/** Reads stderr to its end. Never rejects for what the listener throws. */
export async function drain(
  stderr: ReadableStream<Uint8Array>,
  tail: Tail,
  onLine: ((line: string) => void) | undefined,
): Promise<void> {
  let rest = "";
  const text = stderr.pipeThrough(
    new TextDecoderStream() as TransformStream<Uint8Array, string>,
  );
  for await (const piece of text) {
    tail.push(piece);
    if (onLine === undefined) continue;
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) tell(onLine, line);
    if (rest.length > MAX_LINE_LENGTH) {
      tell(onLine, rest);
      rest = "";
    }
  }
  if (onLine !== undefined && rest !== "") tell(onLine, rest);
}

function tell(onLine: (line: string) => void, line: string): void {
  try {
    onLine(line);
  } catch (error) {
    // The caller's own fault, told to the caller; the next line still comes.
    reportError(error);
  }
}
