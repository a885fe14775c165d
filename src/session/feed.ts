/**
 * What came for one reader, read at the reader's own pace: as a stream, by a loop, or by a
 * loop that blocks.
 *
 * @module
 */

import { FrameQueue } from "../decode/frame_queue.ts";
import type { Frame } from "../events/mod.ts";

/** How it ends for the reader, after all that came before. */
export interface FeedEnd {
  /** If set, the reader gets an error. */
  readonly error?: unknown;
}

/** Options of {@linkcode Feed}. */
export interface FeedOptions {
  /** From how many unread frames on pieces of a block become one. */
  readonly joinFrom: number;
  /** From how many on they are dropped. Default: never. */
  readonly limit?: number;
  /** The reader left. */
  readonly canceled: () => void;
  /** Hears of each frame as it comes, read or not. */
  readonly noted?: (frame: Frame) => void;
}

/** How frames are read. */
export interface FeedReading<T> {
  /**
   * What a frame is to the reader: any number of values. A generator continues only when the
   * reader has taken the value before.
   */
  readonly cut: (frame: Frame) => Iterable<T>;
  /** Makes another end of the one that was given. */
  readonly endOf?: (end: FeedEnd) => FeedEnd;
  /**
   * Called before the first value is read; what it throws ends the reading. Without it the
   * reading has begun.
   */
  readonly claim?: () => void;
}

/** Frames on their way to one reader. The session never waits for it. */
export class Feed {
  readonly #queue: FrameQueue;
  readonly #canceled: () => void;
  readonly #noted: ((frame: Frame) => void) | undefined;
  /** Hears that there is something to read. */
  #heard: () => void = () => {};
  #isCanceled = false;
  #end: FeedEnd | undefined;

  /** Makes one; frames are kept until it is read. */
  constructor({ joinFrom, limit, canceled, noted }: FeedOptions) {
    this.#queue = new FrameQueue(joinFrom, limit);
    this.#canceled = canceled;
    this.#noted = noted;
  }

  /** How many frames are unread. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Adds a frame. After the end, or once the reader left, nothing happens. */
  push(frame: Frame): void {
    this.#noted?.(frame);
    if (this.#isCanceled || this.#end !== undefined) return;
    this.#queue.push(frame);
    this.#heard();
  }

  /** That was all. */
  end(end: FeedEnd): void {
    this.#end ??= end;
    this.#heard();
  }

  /** The same as {@linkcode iterate}, as a stream. */
  open<T>(reading: FeedReading<T>): ReadableStream<T> {
    // It holds nothing itself: an error of the stream would take away what is unread yet.
    return ReadableStream.from(this.iterate(reading));
  }

  /** Reads it, once: a promise for each value and nothing else. */
  iterate<T>(reading: FeedReading<T>): AsyncIterableIterator<T> {
    return new FeedIterator(this.#pump(reading), (heard) => {
      this.#heard = heard;
      return true;
    });
  }

  /**
   * Reads it, once, on a thread that blocks.
   *
   * @param wait Blocks until something is so.
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

/** The values of the frames in a queue, one by one, and then the end. */
class Pump<T> {
  readonly #queue: FrameQueue;
  readonly #reading: FeedReading<T>;
  readonly #endOf: () => FeedEnd | undefined;
  readonly #canceled: () => void;
  #state: "new" | "reading" | "over";
  /** Of the frame that is being read. */
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
   * What comes next; `undefined` if it has to come yet.
   *
   * @throws {unknown} The error that it ends with, or that the reader's own function threw.
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
        // The reader's own fault, told to the reader.
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

  /** The reader leaves. Nothing happens before it has begun, or after the end. */
  cancel(): void {
    const wasReading = this.#state === "reading";
    this.#state = "over";
    if (wasReading) this.#canceled();
  }
}

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** A pump behind promises. */
class FeedIterator<T> implements AsyncIterableIterator<T> {
  readonly #pump: Pump<T>;
  readonly #listen: (heard: () => void) => true;
  #isListening = false;
  /** Calls that asked for a value before there was one. */
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

  /** What there is, be it the end; `undefined` if it has to come yet. */
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
