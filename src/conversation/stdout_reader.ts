/**
 * Reads what a process writes, line by line, at the pace of whoever takes them.
 *
 * @module
 */

import { settleWithin } from "../process/shutdown.ts";
import { LATE_OUTPUT_MS, type Reading } from "../process/late_output.ts";
import { LineSplitter } from "../decode/lines.ts";
import { OneByOne } from "./one_by_one.ts";

/** How many lines are taken in one go. */
const BREATH_LINES = 256;

/** A chunk from this size on, in bytes, waits until those of other processes were read. */
const LARGE_CHUNK_BYTES = 8_192;

/**
 * Large chunks of all processes. Taken apart all at once, the events of a hundred
 * sessions would wait for their readers together, and the garbage collector would copy
 * them over and over.
 */
const LARGE_CHUNKS = new OneByOne();

/** Who takes the lines. */
export interface LineTaker {
  /**
   * Takes a line.
   *
   * @param isLast Whether no other one is there already.
   * @returns Whether somebody has to hear of it before the next one is taken.
   */
  take(line: string, isLast: boolean): boolean;
  /** A turn of the event loop. */
  breathe(): Promise<void>;
}

/** Reads one stream to its end; nobody else may. */
export class StdoutReader implements Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #splitter: LineSplitter;
  readonly #taker: LineTaker;
  /** Bytes, and each line once more: whoever waits for the end sees that it goes on. */
  #progress = 0;
  /** A chunk waits for those of other processes. */
  #isWaiting = false;
  #isCanceled = false;
  /** All was read, or reading failed. */
  readonly done: Promise<void>;

  /** Begins to read. */
  constructor(
    stdout: ReadableStream<Uint8Array>,
    maxLineBytes: number,
    taker: LineTaker,
  ) {
    this.#reader = stdout.getReader();
    this.#splitter = new LineSplitter(maxLineBytes);
    this.#taker = taker;
    this.done = this.#read();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#progress += value.length;
      this.#isWaiting = value.length >= LARGE_CHUNK_BYTES;
      await (this.#isWaiting
        ? LARGE_CHUNKS.run(() => this.#takeChunk(value))
        : this.#takeChunk(value));
    }
    await this.#take(this.#splitter.end());
  }

  #takeChunk(chunk: Uint8Array): Promise<void> {
    this.#isWaiting = false;
    return this.#take(this.#splitter.push(chunk));
  }

  async #take(lines: readonly string[]): Promise<void> {
    let next = 0;
    for (const line of lines) {
      if (this.#isCanceled) return;
      this.#progress++;
      next++;
      const isLast = next === lines.length || next % BREATH_LINES === 0;
      const isUrgent = this.#taker.take(line, isLast);
      if (isUrgent || isLast) await this.#taker.breathe();
    }
  }

  progress(): number {
    return this.#progress;
  }

  isHeld(): boolean {
    return this.#isWaiting;
  }

  async cut(): Promise<void> {
    this.#isCanceled = true;
    // The cancel() of a transport may take its time.
    await settleWithin(this.#reader.cancel(), LATE_OUTPUT_MS);
  }
}
