/**
 * Bytes to whole lines, with a cap on their length.
 *
 * @module
 */

import { OVERSIZED_MARK, TAIL_MARK } from "../messages/mod.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const HEAD_BYTES = 256;
const encoder = new TextEncoder();

/**
 * Gathers bytes until a line is whole, so that each chunk it gives ends at the end
 * of a line. A splitter behind it then never joins strings: a line of 64 MiB costs
 * four times one of 16 MiB and not sixteen times.
 *
 * A line over `maxLineBytes` is dropped and a short marked line takes its place;
 * what follows the last line break is marked as the tail. `parseLine` knows both.
 */
export class WholeLinesStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * Makes the stage.
   *
   * @param maxLineBytes The longest line, without its line break.
   */
  constructor(maxLineBytes: number) {
    const gatherer = new LineGatherer(maxLineBytes);
    super({
      transform: (chunk, controller) => {
        for (const part of gatherer.push(chunk)) controller.enqueue(part);
      },
      flush: (controller) => {
        for (const part of gatherer.end()) controller.enqueue(part);
      },
    });
  }
}

/**
 * What {@linkcode WholeLinesStream}, a `TextDecoderStream` and a `TextLineStream` make
 * of bytes when they are piped one after the other, without a promise and a chunk for
 * each line: for who reads lines in bulk.
 */
export class LineSplitter {
  readonly #gatherer: LineGatherer;
  readonly #decoder = new LinesDecoder();

  /** @param maxLineBytes The longest line, without its line break. */
  constructor(maxLineBytes: number) {
    this.#gatherer = new LineGatherer(maxLineBytes);
  }

  /** The lines that are whole with this chunk. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    for (const part of this.#gatherer.push(chunk)) {
      this.#decoder.decode(part, lines);
    }
    return lines;
  }

  /** What is left when the bytes are over. */
  end(): string[] {
    const [rest] = this.#gatherer.end();
    return rest === undefined ? [] : this.#decoder.decode(rest);
  }
}

/**
 * Bytes that end at the end of a line, or at that of the stream, to lines. Each is a
 * string of its own: what is cut out of one keeps no others in memory, and one without
 * letters beyond ASCII is of one byte for each, whatever the others are.
 */
export class LinesDecoder {
  // A decoder that expects no rest of a character gives strings of one byte for each
  // character where it can; with `stream` Deno gives two, and JSON is parsed slower.
  #decoder = new TextDecoder();
  #isFirst = true;

  /** The lines in there, behind those that there are. */
  decode(bytes: Uint8Array, lines: string[] = []): string[] {
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.indexOf(LINE_FEED, start);
      // No line break follows what comes last where it is cut short.
      if (end === -1) {
        lines.push(this.#decode(bytes.subarray(start)));
        break;
      }
      const isCrlf = end > start && bytes[end - 1] === CARRIAGE_RETURN;
      lines.push(this.#decode(bytes.subarray(start, isCrlf ? end - 1 : end)));
      start = end + 1;
    }
    return lines;
  }

  #decode(line: Uint8Array): string {
    const text = this.#decoder.decode(line);
    if (this.#isFirst) {
      this.#isFirst = false;
      // A mark of the byte order is none but at the start of a stream.
      this.#decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    }
    return text;
  }
}

/** What {@linkcode WholeLinesStream} does, for who reads in bulk: chunks that end at the end of a line. */
export class LineGatherer {
  readonly #maxLineBytes: number;
  #parts: Uint8Array[] = [];
  /** Bytes of the line that is being gathered, dropped ones too. */
  #size = 0;
  /** The first bytes of a line that grew too long; the rest is dropped. */
  #head: Uint8Array | undefined;

  /** @param maxLineBytes The longest line, without its line break. */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** What is whole with this chunk; it may be a part of the chunk itself. */
  push(chunk: Uint8Array): Uint8Array[] {
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last === -1) {
      this.#gather(chunk);
      return [];
    }
    const output = this.#size + chunk.length > this.#maxLineBytes
      ? this.#pushByLine(chunk.subarray(0, last + 1))
      : this.#take(chunk.subarray(0, last + 1));
    this.#gather(chunk.subarray(last + 1));
    return output;
  }

  /** What is left when the bytes are over. */
  end(): Uint8Array[] {
    if (this.#size === 0) return [];
    if (this.#head !== undefined) return [this.#oversized()];
    const tail = [encoder.encode(TAIL_MARK), ...this.#parts];
    this.#parts = [];
    this.#size = 0;
    return [concat(tail)];
  }

  /** The slow way, taken only where some line may be too long. */
  #pushByLine(lines: Uint8Array): Uint8Array[] {
    const output: Uint8Array[] = [];
    let start = 0;
    while (start < lines.length) {
      const end = lines.indexOf(LINE_FEED, start);
      this.#gather(lines.subarray(start, end));
      output.push(
        ...this.#head === undefined
          ? this.#take(lines.subarray(end, end + 1))
          : [this.#oversized()],
      );
      start = end + 1;
    }
    return output;
  }

  #gather(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#head !== undefined) return;
    // The chunk's buffer is its producer's to reuse only after it was read; a part of
    // a line may wait for long, and would keep all of a large buffer alive.
    if (bytes.length > 0) this.#parts.push(bytes.slice());
    if (this.#size > this.#maxLineBytes) {
      const whole = concat(this.#parts);
      this.#head = whole.slice(0, Math.min(HEAD_BYTES, this.#maxLineBytes));
      this.#parts = [];
    }
  }

  #take(rest: Uint8Array): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#size = 0;
    if (parts.length === 0) return [rest];
    // Only the line that began before has to be put together.
    const end = rest.indexOf(LINE_FEED) + 1;
    const first = concat([...parts, rest.subarray(0, end)]);
    return end === rest.length ? [first] : [first, rest.subarray(end)];
  }

  #oversized(): Uint8Array {
    const mark = encoder.encode(`${OVERSIZED_MARK}${this.#size} `);
    const line = concat([
      mark,
      this.#head ?? new Uint8Array(0),
      encoder.encode("\n"),
    ]);
    this.#head = undefined;
    this.#size = 0;
    return line;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
