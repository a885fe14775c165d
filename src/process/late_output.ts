/**
 * Reads the output of a process, and decides how long to wait for its end. What an ended process
 * wrote is still in a pipe, which another process may hold open forever.
 *
 * @module
 */

import { decodeLines, isTail } from "../decode/lines.ts";
import { settleWithin } from "./shutdown.ts";

/** How long to wait for more output of an ended process once it is silent, in milliseconds. */
export const LATE_OUTPUT_MS = 50;

/**
 * How long to wait for that output in total, in milliseconds: all that the process wrote is in the
 * pipe already.
 */
export const MAX_LATE_OUTPUT_MS = 1_000;

/**
 * How much more output of an ended process is read, in bytes: four times the size of a pipe.
 * Anything after that was written by another process, however slowly it is read.
 */
export const MAX_LATE_OUTPUT_BYTES = 4 * 65_536;

/** Progress of reading an output. */
export interface LateOutput {
  /** Settles when everything was read or reading failed. */
  readonly done: Promise<unknown>;
  /** Number of bytes read so far. */
  progress(): number;
  /** Whether data was read that the taker has not taken yet. */
  isHeld(): boolean;
}

/** An output that is being read, and that can be cut off. */
export interface Reading extends LateOutput {
  /** Stops reading. Resolves once everything that was read has been taken. */
  cut(): Promise<void>;
}

/** Takes what the stages make of an output. */
export interface OutputTaker<T> {
  /**
   * Takes the next piece. Returns a promise if the next piece must wait.
   *
   * @param isCut The output was cut off or could not be read to its end: the last piece may be
   *   incomplete.
   */
  take(piece: T, isCut: boolean): Promise<void> | undefined;
  /** Called after the last piece. */
  end?(): void;
}

/**
 * Reads an output through stages, at the pace of its taker. Data that was read reaches the taker,
 * whatever happens to the output.
 */
export class OutputReading<T> implements Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #taker: OutputTaker<T>;
  /** Number of bytes read. */
  #size = 0;
  /**
   * Whether the stages are asking for more. They buffer what they asked for early until the taker
   * takes it.
   */
  #isAsked = false;
  #isCut = false;
  #failure: { readonly error: unknown } | undefined;
  readonly done: Promise<void>;

  /**
   * Starts reading.
   *
   * @param stages Transforms that the bytes pass through before they are taken.
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
   * Counts the bytes. Counting and cutting come before all stages: each stage reads ahead, so later
   * stages cannot see when the output is silent.
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
          // An error in the stream would overtake the data that is still in the stages.
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
    // The cancel() of a caller's transport may be slow.
    await settleWithin(this.#reader.cancel(), LATE_OUTPUT_MS);
    await this.done;
  }
}

/**
 * Reads stdout to its end.
 *
 * @param take Takes a line. Returns a promise if the next line must wait.
 */
export function readStdout(
  stdout: ReadableStream<Uint8Array>,
  maxLineBytes: number,
  take: (line: string) => Promise<void> | undefined,
): Reading {
  return new OutputReading(
    stdout,
    (bytes) => decodeLines(bytes, maxLineBytes),
    {
      // Drop an incomplete last line of a cut output: another process held the pipe open.
      take: (line, isCut) => isCut && isTail(line) ? undefined : take(line),
    },
  );
}

/** Limits on the wait for an output. */
export interface LateLimits {
  /** How long the output may be silent, in milliseconds. */
  readonly silenceMs: number;
  /** How much more may be read, in bytes. */
  readonly maxBytes: number;
}

/** Clock that a test can replace. */
export interface LateClock {
  /** Milliseconds since some fixed moment. */
  readonly now?: () => number;
  /** Waits for a promise, but not longer than the given time. Returns whether it settled. */
  readonly wait?: typeof settleWithin;
}

/**
 * Waits until an output ends or goes silent, at most {@linkcode MAX_LATE_OUTPUT_MS}. Time during
 * which its taker takes nothing does not count, so that a pause in the taker loses no output.
 *
 * @returns Whether the output ended.
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
      // Nothing arrived, although everything read was taken: the output is silent.
      if (!output.isHeld()) return false;
      continue;
    }
    leftMs -= now() - from;
    if (leftMs <= 0 || output.progress() - begin > maxBytes) return false;
  }
}
