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

/** Takes what an output becomes behind its stages. */
export interface OutputTaker<T> {
  /**
   * Takes the next piece. Returns a promise if the one after it has to wait.
   *
   * @param isCut The output was cut off or could not be read to its end: what comes last
   * may be half of something.
   */
  take(piece: T, isCut: boolean): Promise<void> | undefined;
  /** That was all. */
  end?(): void;
}

/**
 * An output that is read through some stages, at the pace of its taker. What was read is
 * taken, whatever happens to the output.
 */
export class OutputReading<T> implements Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #taker: OutputTaker<T>;
  /** How many bytes were read. */
  #size = 0;
  /** The stages ask for more. What they ask for early they keep until the taker takes it. */
  #isAsked = false;
  #isCut = false;
  #failure: { readonly error: unknown } | undefined;
  readonly done: Promise<void>;

  /**
   * Begins to read.
   *
   * @param stages What the bytes pass before they are taken.
   */
  constructor(
    output: ReadableStream<Uint8Array>,
    stages: (bytes: ReadableStream<Uint8Array>) => ReadableStream<T>,
    taker: OutputTaker<T>,
  ) {
    this.#reader = output.getReader();
    this.#taker = taker;
    this.done = this.#take(stages(this.#bytes()));
  }

  /**
   * The bytes, counted. The count and the cut are before all stages: each of them reads
   * ahead, so that later ones do not see when the output is silent.
   */
  #bytes(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async (controller) => {
        this.#isAsked = true;
        try {
          const { done, value } = await this.#reader.read();
          if (done) return controller.close();
          this.#size += value.length;
          controller.enqueue(value);
        } catch (error) {
          // An error would pass what is still on its way through the stages.
          this.#failure = { error };
          this.#isCut = true;
          controller.close();
        } finally {
          this.#isAsked = false;
        }
      },
    }, { highWaterMark: 0 });
  }

  async #take(pieces: ReadableStream<T>): Promise<void> {
    const reader = pieces.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const taken = this.#taker.take(value, this.#isCut);
      if (taken !== undefined) await taken;
    }
    this.#taker.end?.();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  progress(): number {
    return this.#size;
  }

  isHeld(): boolean {
    return !this.#isAsked;
  }

  async cut(): Promise<void> {
    this.#isCut = true;
    // The cancel() of a transport may take its time.
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
