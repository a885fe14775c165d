/**
 * The output of a process, and how long to wait for its end: what an ended process wrote is
 * still in a pipe, which another process may hold open for good.
 *
 * @module
 */

import { settleWithin } from "./shutdown.ts";

/** How long the output of an ended process may still come, once it is silent. */
export const LATE_OUTPUT_MS = 50;

/** How long it may come at all: what the process wrote is in a pipe by then. */
export const MAX_LATE_OUTPUT_MS = 1_000;

/**
 * How much of the output of an ended process may still come, in bytes: four times what a pipe
 * holds. What comes after that is of another process, however slowly it is read.
 */
export const MAX_LATE_OUTPUT_BYTES = 4 * 65_536;

/** How the reading of an output goes. */
export interface LateOutput {
  /** All was read, or reading failed. */
  readonly done: Promise<unknown>;
  /** How many bytes were read so far. */
  progress(): number;
  /** Whether something was read that its reader has not taken yet. */
  isHeld(): boolean;
}

/** An output that is being read, and that can be cut off. */
export interface Reading extends LateOutput {
  /** Reads no further. Resolves once everything that was read is taken. */
  cut(): Promise<void>;
}

/** Takes the chunks of an output. */
export interface ChunkTaker {
  /** Takes a chunk. Returns a promise if the next one has to wait. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /**
   * That was all.
   *
   * @param isCut The output was cut off: what came last may be half of something.
   */
  end(isCut: boolean): Promise<void> | undefined;
  /** Whether a chunk waits until its reader takes it. */
  isHeld(): boolean;
}

/** An output that is read chunk by chunk, at the pace of its taker. */
export class ChunkReading implements Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #taker: ChunkTaker;
  #bytes = 0;
  #isCut = false;
  readonly done: Promise<void>;

  /** Begins to read. */
  constructor(output: ReadableStream<Uint8Array>, taker: ChunkTaker) {
    this.#reader = output.getReader();
    this.#taker = taker;
    this.done = this.#read();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#bytes += value.length;
      const taken = this.#taker.take(value);
      if (taken !== undefined) await taken;
    }
    await this.#taker.end(this.#isCut);
  }

  progress(): number {
    return this.#bytes;
  }

  isHeld(): boolean {
    return this.#taker.isHeld();
  }

  async cut(): Promise<void> {
    this.#isCut = true;
    await settleWithin(this.#reader.cancel(), LATE_OUTPUT_MS);
    await this.done;
  }
}

/** What bounds the wait for an output. */
export interface LateLimits {
  /** How long the output may be silent, in milliseconds. */
  readonly silenceMs: number;
  /** How much of it may still come, in bytes. */
  readonly maxBytes: number;
}

/** Time, where a test passes it by hand. */
export interface LateClock {
  /** Milliseconds that passed since some moment. */
  readonly now?: () => number;
  /** Waits for the end of something, but not for longer than this. Returns whether it ended. */
  readonly wait?: typeof settleWithin;
}

/**
 * Waits for the end of an output, or until no more of it comes, and for no longer than
 * {@linkcode MAX_LATE_OUTPUT_MS}. Time in which its reader takes nothing does not count:
 * what the process wrote is not lost because somebody rests.
 *
 * @returns Whether it ended.
 */
export async function lateOutput(
  output: LateOutput,
  { silenceMs, maxBytes }: LateLimits,
  { now = () => performance.now(), wait = settleWithin }: LateClock = {},
): Promise<boolean> {
  let leftMs = MAX_LATE_OUTPUT_MS;
  const begin = output.progress();
  for (;;) {
    const seen = output.progress();
    const from = now();
    if (await wait(output.done, silenceMs)) return true;
    if (output.progress() === seen) {
      // Nothing came because nothing was taken, or there is nothing.
      if (!output.isHeld()) return false;
      continue;
    }
    leftMs -= now() - from;
    if (leftMs <= 0 || output.progress() - begin > maxBytes) return false;
  }
}
