/**
 * A stream that is filled from outside and read at the reader's own pace.
 *
 * @module
 */

import { FrameQueue } from "../decode/frame_queue.ts";
import type { Frame } from "../events/mod.ts";

/** How it ends for the reader, after all that came before. */
export interface FeedEnd {
  /** Where it is set the reader gets an error. */
  readonly error?: unknown;
}

/** Options of {@linkcode Feed}. */
export interface FeedOptions {
  /** From how many frames on that nobody has read, pieces of a block become one. */
  readonly joinFrom: number;
  /** From how many on they are dropped. By default never. */
  readonly limit?: number;
  /** The reader does not want any more. */
  readonly canceled: () => void;
}

/** Frames on their way to one reader. The session never waits for it. */
export class Feed {
  readonly #queue: FrameQueue;
  readonly #canceled: () => void;
  #hand: (() => void) | undefined;
  #isCanceled = false;
  #end: FeedEnd | undefined;

  /** Makes one; frames are kept until it is opened. */
  constructor({ joinFrom, limit, canceled }: FeedOptions) {
    this.#queue = new FrameQueue(joinFrom, limit);
    this.#canceled = canceled;
  }

  /** How many frames nobody has read. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Adds a frame. After the end, or where nobody wants it any more, nothing happens. */
  push(frame: Frame): void {
    if (this.#isCanceled || this.#end !== undefined) return;
    this.#queue.push(frame);
    this.#hand?.();
  }

  /** That was all. */
  end(end: FeedEnd): void {
    this.#end ??= end;
    this.#hand?.();
  }

  /**
   * The one stream of it.
   *
   * @param cut What a frame is to the reader: any number of values. A generator runs
   * on only when the reader has taken the value before.
   * @param endOf Makes another end of the one that was given.
   */
  open<T>(
    cut: (frame: Frame) => Iterable<T>,
    endOf: (end: FeedEnd) => FeedEnd = (end) => end,
  ): ReadableStream<T> {
    let isWanted = false;
    const values = new Values(this.#queue, cut);
    // The stream holds nothing itself: its error would take away what is unread yet.
    const hand = (target: ReadableStreamDefaultController<T>) => {
      if (!isWanted) return;
      let value: T | typeof NOTHING;
      try {
        value = values.next();
      } catch (error) {
        // The reader's own fault, told to the reader.
        target.error(error);
        this.#cancel();
        return;
      }
      if (value !== NOTHING) {
        isWanted = false;
        target.enqueue(value);
      } else if (this.#end !== undefined) {
        this.#hand = undefined;
        isWanted = false;
        const end = endOf(this.#end);
        if (end.error === undefined) target.close();
        else target.error(end.error);
      }
    };
    return new ReadableStream<T>({
      start: (target) => {
        this.#hand = () => hand(target);
      },
      pull: () => {
        isWanted = true;
        this.#hand?.();
      },
      cancel: () => this.#cancel(),
    }, { highWaterMark: 0 });
  }

  /**
   * The same for a loop, which needs no stream: a promise for each value and nothing
   * else.
   *
   * @param claim Called before the first value is read; what it throws ends the loop.
   * Without it the reading has begun.
   */
  iterate<T>(
    cut: (frame: Frame) => Iterable<T>,
    claim?: () => void,
  ): AsyncIterableIterator<T> {
    const iterator = new FeedIterator(new Values(this.#queue, cut), {
      begin: (hand) => {
        claim?.();
        this.#hand = hand;
      },
      end: () => this.#end,
      over: () => {
        this.#hand = undefined;
      },
      cancel: () => this.#cancel(),
    });
    if (claim === undefined) iterator.begin();
    return iterator;
  }

  #cancel(): void {
    this.#hand = undefined;
    this.#isCanceled = true;
    this.#canceled();
  }
}

/** There is no value now. */
const NOTHING: unique symbol = Symbol("nothing");

/** The values of the frames in a queue, one by one. */
class Values<T> {
  readonly #queue: FrameQueue;
  readonly #cut: (frame: Frame) => Iterable<T>;
  /** Of the frame that is being read. */
  #list: readonly T[] = [];
  #at = 0;
  #others: Iterator<T> | undefined;

  constructor(queue: FrameQueue, cut: (frame: Frame) => Iterable<T>) {
    this.#queue = queue;
    this.#cut = cut;
  }

  next(): T | typeof NOTHING {
    for (;;) {
      if (this.#at < this.#list.length) return this.#list[this.#at++] as T;
      const other = this.#others?.next();
      if (other?.done === false) return other.value;
      const frame = this.#queue.take();
      if (frame === undefined) return NOTHING;
      const values = this.#cut(frame);
      this.#at = 0;
      if (Array.isArray(values)) {
        this.#list = values;
        this.#others = undefined;
      } else {
        this.#list = [];
        this.#others = values[Symbol.iterator]();
      }
    }
  }
}

/** What an iterator needs of its feed. */
interface FeedPort {
  /** Begins to read; `hand` is called whenever something came. */
  begin(hand: () => void): void;
  /** The end, where it is known. */
  end(): FeedEnd | undefined;
  /** All was read. */
  over(): void;
  /** The reader leaves before the end. */
  cancel(): void;
}

class FeedIterator<T> implements AsyncIterableIterator<T> {
  readonly #values: Values<T>;
  readonly #port: FeedPort;
  /** Whoever asked for a value before there was one. */
  #waiting: ((result: Promise<IteratorResult<T>>) => void)[] = [];
  #state: "new" | "reading" | "over" = "new";

  constructor(values: Values<T>, port: FeedPort) {
    this.#values = values;
    this.#port = port;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  begin(): void {
    this.#port.begin(() => this.#hand());
    this.#state = "reading";
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#state === "new") {
      try {
        this.begin();
      } catch (error) {
        this.#state = "over";
        return Promise.reject(error);
      }
    }
    const result = this.#waiting.length === 0 ? this.#now() : undefined;
    return result ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What there is, be it the end; `undefined` where it has to come yet. */
  #now(): Promise<IteratorResult<T>> | undefined {
    if (this.#state === "over") return over();
    const value = this.#values.next();
    if (value !== NOTHING) return Promise.resolve({ done: false, value });
    const end = this.#port.end();
    if (end === undefined) return undefined;
    this.#state = "over";
    this.#port.over();
    return end.error === undefined ? over() : Promise.reject(end.error);
  }

  #hand(): void {
    while (this.#waiting.length > 0) {
      const result = this.#now();
      if (result === undefined) return;
      this.#waiting.shift()?.(result);
    }
  }

  return(): Promise<IteratorResult<T>> {
    const wasReading = this.#state === "reading";
    this.#state = "over";
    if (wasReading) this.#port.cancel();
    this.#hand();
    return over();
  }
}

function over(): Promise<IteratorReturnResult<undefined>> {
  return Promise.resolve({ done: true, value: undefined });
}
