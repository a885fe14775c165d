/**
 * Buffers lines for one reader, who reads at its own pace: as a stream, in an async loop, or in a
 * blocking loop.
 *
 * @module
 */

import { FrameQueue } from "../decode/frame_queue.ts";
import type { Frame } from "../events/mod.ts";

/** How the feed ends for the reader, after all its frames. */
export interface FeedEnd {
  /** If set, the reader gets an error. */
  readonly error?: unknown;
}

/** Options of {@linkcode Feed}. */
export interface FeedOptions {
  /** Number of unread frames above which pieces of a block are joined. */
  readonly joinFrom: number;
  /** Number of unread frames above which frames are dropped. Default: no limit. */
  readonly limit?: number;
  /** Called when the reader leaves. */
  readonly canceled: () => void;
  /** Called with each frame that is no piece as it arrives, read or not. */
  readonly noted?: (frame: Frame) => void;
}

/** How frames are read. */
export interface FeedReading<T> {
  /**
   * Converts a frame to any number of values for the reader. A generator continues only when the
   * reader has taken the previous value.
   */
  readonly cut: (frame: Frame) => Iterable<T>;
  /** Replaces the end of the feed. */
  readonly endOf?: (end: FeedEnd) => FeedEnd;
  /**
   * Called before the first value is read; an error that it throws ends the reading. Without it,
   * reading counts as started.
   */
  readonly claim?: () => void;
}

/** A queue of frames for one reader. The session never waits for the reader. */
export class Feed {
  readonly #queue: FrameQueue;
  readonly #canceled: () => void;
  readonly #noted: ((frame: Frame) => void) | undefined;
  /** Called when there is something to read. */
  #heard: () => void = () => {};
  #isCanceled = false;
  #end: FeedEnd | undefined;

  /** Creates a feed, which keeps frames until they are read. */
  constructor({ joinFrom, limit, canceled, noted }: FeedOptions) {
    this.#queue = new FrameQueue(joinFrom, limit);
    this.#canceled = canceled;
    this.#noted = noted;
  }

  /** Number of unread frames. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Adds a frame. Does nothing after the end, or once the reader has left. */
  push(frame: Frame): void {
    if (frame.isPiece !== true) this.#noted?.(frame);
    if (this.#isCanceled || this.#end !== undefined) return;
    this.#queue.push(frame);
    this.#heard();
  }

  /** Ends the feed. */
  end(end: FeedEnd): void {
    this.#end ??= end;
    this.#heard();
  }

  /** Returns the same as {@linkcode iterate}, as a stream. */
  open<T>(reading: FeedReading<T>): ReadableStream<T> {
    // The stream must not buffer anything: an error of the stream would discard unread values.
    return ReadableStream.from(this.iterate(reading));
  }

  /** Returns the only iterator over the feed, with one promise for each value. */
  iterate<T>(reading: FeedReading<T>): AsyncIterableIterator<T> {
    return new FeedIterator(this.#pump(reading), (heard) => {
      this.#heard = heard;
      return true;
    });
  }

  /**
   * Returns the only iterator over the feed, on a blocking thread.
   *
   * @param wait Blocks until a condition is met.
   */
  *read<T>(
    reading: FeedReading<T>,
    wait: (isDone: () => boolean) => void,
  ): IterableIterator<T> {
    const pump = this.#pump(reading);
    const isReady = () => this.#queue.size > 0 || this.#end !== undefined;
    try {
      for (;;) {
        const result = pump.next();
        if (result === undefined) wait(isReady);
        else if (result.done === true) return;
        else yield result.value;
      }
    } finally {
      pump.cancel();
    }
  }

  #pump<T>(reading: FeedReading<T>): Pump<T> {
    return new Pump(this.#queue, reading, () => this.#end, () => {
      this.#heard = () => {};
      this.#isCanceled = true;
      this.#canceled();
    });
  }
}

/** Takes the values of the frames in a queue one by one, and then the end. */
class Pump<T> {
  readonly #queue: FrameQueue;
  readonly #reading: FeedReading<T>;
  readonly #endOf: () => FeedEnd | undefined;
  readonly #canceled: () => void;
  #state: "new" | "reading" | "over";
  /** Values of the current frame. */
  #list: readonly T[] = [];
  #at = 0;
  #others: Iterator<T> | undefined;

  constructor(
    queue: FrameQueue,
    reading: FeedReading<T>,
    endOf: () => FeedEnd | undefined,
    canceled: () => void,
  ) {
    this.#queue = queue;
    this.#reading = reading;
    this.#endOf = endOf;
    this.#canceled = canceled;
    this.#state = reading.claim === undefined ? "reading" : "new";
  }

  /**
   * Returns the next value; `undefined` if it has not arrived yet.
   *
   * @throws {unknown} The error that the feed ends with, or that the reader's own function threw.
   */
  next(): IteratorResult<T, undefined> | undefined {
    if (this.#state === "over") return OVER;
    if (this.#state === "new") {
      this.#state = "over";
      this.#reading.claim?.();
      this.#state = "reading";
    }
    for (;;) {
      if (this.#at < this.#list.length) {
        return { done: false, value: this.#list[this.#at++] as T };
      }
      const frame = this.#others === undefined ? this.#queue.take() : undefined;
      if (frame === undefined && this.#others === undefined) {
        return this.#finish();
      }
      try {
        if (frame !== undefined) this.#open(this.#reading.cut(frame));
        const other = this.#others?.next();
        if (other?.done === false) return { done: false, value: other.value };
        this.#others = undefined;
      } catch (error) {
        // An error of the reader's own function goes to the reader.
        this.cancel();
        throw error;
      }
    }
  }

  #open(values: Iterable<T>): void {
    this.#at = 0;
    if (Array.isArray(values)) this.#list = values;
    else {
      this.#list = [];
      this.#others = values[Symbol.iterator]();
    }
  }

  #finish(): IteratorResult<T, undefined> | undefined {
    const end = this.#endOf();
    if (end === undefined) return undefined;
    this.#state = "over";
    const { error } = this.#reading.endOf?.(end) ?? end;
    if (error !== undefined) throw error;
    return OVER;
  }

  /** Called when the reader leaves. Does nothing before reading has started, or after the end. */
  cancel(): void {
    const wasReading = this.#state === "reading";
    this.#state = "over";
    if (wasReading) this.#canceled();
  }
}

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An async iterator over a pump. */
class FeedIterator<T> implements AsyncIterableIterator<T> {
  readonly #pump: Pump<T>;
  readonly #listen: (heard: () => void) => true;
  #isListening = false;
  /** Calls that wait for a value. */
  #waiting: ((result: Promise<IteratorResult<T>>) => void)[] = [];

  constructor(pump: Pump<T>, listen: (heard: () => void) => true) {
    this.#pump = pump;
    this.#listen = listen;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    const result = this.#waiting.length === 0 ? this.#now() : undefined;
    if (result !== undefined) return result;
    this.#isListening ||= this.#listen(() => this.#hand());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Returns the next value or the end; `undefined` if it has not arrived yet. */
  #now(): Promise<IteratorResult<T>> | undefined {
    try {
      const result = this.#pump.next();
      return result && Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #hand(): void {
    while (this.#waiting.length > 0) {
      const result = this.#now();
      if (result === undefined) return;
      this.#waiting.shift()?.(result);
    }
  }

  return(): Promise<IteratorResult<T>> {
    this.#pump.cancel();
    this.#hand();
    return Promise.resolve(OVER);
  }
}
