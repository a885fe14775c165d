/**
 * Bytes to whole lines, with a cap on their length: the first stages of everything that
 * reads what a CLI wrote, live or saved.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { OVERSIZED_MARK, TAIL_MARK } from "../messages/line_marks.ts";
import { DEFAULTS } from "../util/limits.ts";

const LINE_FEED = 10;
const HEAD_BYTES = 256;
const encoder = new TextEncoder();

/**
 * Bytes to lines: each line whole, decoded once, split at line feeds only.
 *
 * @param maxLineBytes Longest line in bytes. Default 256 MiB.
 */
export function decodeLines(
  bytes: ReadableStream<Uint8Array>,
  maxLineBytes: number = DEFAULTS.maxLineBytes,
): ReadableStream<string> {
  return bytes
    .pipeThrough(new WholeLinesStream(maxLineBytes))
    // The platform's types want a buffer that is not shared, which ours never are.
    .pipeThrough(
      new TextDecoderStream() as TransformStream<Uint8Array, string>,
    )
    .pipeThrough(new TextLineStream());
}

/** Whether a line is what followed the last line break of a stream. */
export function isTail(line: string): boolean {
  return line.startsWith(TAIL_MARK);
}

/**
 * Collects bytes until a line is complete, so that each chunk of its output ends at the end of a
 * line. The splitter after it then never joins strings: a line of 64 MiB costs four times as much
 * as one of 16 MiB, not sixteen times.
 *
 * A line over `maxLineBytes` is dropped, and a short marked line takes its place;
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

/** What {@linkcode WholeLinesStream} does, chunk by chunk. */
class LineGatherer {
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

  /** Returns what is whole with this chunk; it may be a part of the chunk itself. */
  push(chunk: Uint8Array): Uint8Array[] {
    // A string has the same methods, and no line feed would ever be found in it.
    if (!(chunk instanceof Uint8Array)) throw noBytes(chunk);
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

  /** Returns what is left at the end of the bytes. */
  end(): Uint8Array[] {
    if (this.#size === 0) return [];
    if (this.#head !== undefined) return [this.#oversized()];
    const tail = [encoder.encode(TAIL_MARK), ...this.#parts];
    this.#parts = [];
    this.#size = 0;
    return [concat(tail)];
  }

  /** The slow way, taken only if some line may be too long. */
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
    // Only the line that started in an earlier chunk must be joined.
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

function noBytes(chunk: unknown): TypeError {
  return new TypeError(
    `Cannot read the output: expected chunks of bytes (Uint8Array), got ${
      chunk === null ? "null" : typeof chunk
    }`,
  );
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
