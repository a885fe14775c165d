/**
 * A stream that is filled from outside and read at the reader's own pace.
 *
 * @module
 */

import { FrameQueue } from "./events/frame_queue.ts";
import type { Frame } from "./events/mod.ts";

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
    let values: Iterator<T> | undefined;
    // The stream holds nothing itself: its error would take away what is unread yet.
    const hand = (target: ReadableStreamDefaultController<T>) => {
      while (isWanted) {
        const next = values?.next();
        if (next?.done === false) {
          isWanted = false;
          target.enqueue(next.value);
          return;
        }
        const frame = this.#queue.take();
        if (frame === undefined) {
          if (this.#end === undefined) return;
          this.#hand = undefined;
          isWanted = false;
          const end = endOf(this.#end);
          if (end.error === undefined) target.close();
          else target.error(end.error);
          return;
        }
        values = cut(frame)[Symbol.iterator]();
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
      cancel: () => {
        this.#hand = undefined;
        this.#isCanceled = true;
        this.#canceled();
      },
    }, { highWaterMark: 0 });
  }
}
