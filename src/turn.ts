/**
 * One turn: a prompt and all that comes of it.
 *
 * @module
 */

import type { TurnSink } from "./drivers/async.ts";
import { StateError } from "./errors.ts";
import {
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "./events/mod.ts";
import { TextPieces } from "./events/text_pieces.ts";
import type { Result } from "./messages/result.ts";
import type { TurnEnd } from "./protocol/mod.ts";
import { turnFailure } from "./protocol/turn_failure.ts";

/** What became of prompts that were waiting when a turn was interrupted. */
export interface InterruptReceipt {
  /** Prompts that still wait, by the `uuid` they were sent with. Not sent by CLI 2.1.197. */
  readonly stillQueued: readonly string[];
}

/** What a turn needs of its session. */
export interface TurnHost {
  /** Interrupts the turn. */
  interrupt(): Promise<InterruptReceipt>;
  /** Nobody reads the turn any more. */
  leave(): void;
  /** Somebody waits for the end of the turn and does not read it: open requests have nobody to answer them. */
  unattend(): void;
  /** The turn is over for its readers. */
  ended(): void;
  /** The end of what the process wrote to stderr. */
  stderrTail(): string;
}

/** The session's side of a turn. */
export interface TurnControl {
  /** Where its lines go. */
  readonly sink: TurnSink;
  /** Ends it for its readers at once, whatever still comes of it. */
  abort(reason: unknown): void;
}

let controlOf: (turn: Turn<View>) => TurnControl;

/** The session's side of a turn; not for callers. */
export function turnControl<V extends View>(turn: Turn<V>): TurnControl {
  return controlOf(turn as unknown as Turn<View>);
}

/**
 * A turn. Read it **once**: with `for await`, through `readable`, or through
 * `textStream()`. `text()` and `result()` can be awaited besides that or instead.
 *
 * Leaving the loop early interrupts the turn; its rest is drained in the background
 * and the next `send()` starts clean.
 *
 * A turn that ends with an error ends its loop like any other, after the `result`
 * that says so; `text()` throws. When the process dies the loop throws.
 */
export class Turn<V extends View = "flat">
  implements AsyncIterable<ViewEvents[V]> {
  /** Id of the prompt: the `uuid` it was sent with. */
  readonly id: string;
  readonly #view: V;
  readonly #host: TurnHost;
  readonly #result = Promise.withResolvers<Result>();
  readonly #text = Promise.withResolvers<string>();
  readonly #waiting: Frame[] = [];
  #target: ReadableStreamDefaultController<Frame> | undefined;
  #usedBy: string | undefined;
  #readable: ReadableStream<ViewEvents[V]> | undefined;
  #end: TurnEnd | undefined;
  #awaited = false;

  static {
    controlOf = (turn) => ({
      sink: {
        attended: () => turn.#usedBy !== undefined || !turn.#awaited,
        frame: (frame) => turn.#take(frame),
        end: (end) => turn.#settle(end),
      },
      abort: (reason) => turn.#abort(reason),
    });
  }

  /** Made by `session.send()`. */
  constructor(id: string, view: V, host: TurnHost) {
    this.id = id;
    this.#view = view;
    this.#host = host;
    // Nobody has to wait for them.
    this.#result.promise.catch(() => {});
    this.#text.promise.catch(() => {});
  }

  /** The turn's events as a stream. Canceling it leaves the turn. */
  get readable(): ReadableStream<ViewEvents[V]> {
    return this.#readable ??= this.#frames("readable").pipeThrough(
      new TransformStream(
        {
          transform: (frame, controller) => {
            for (const event of eventsOf(frame, this.#view)) {
              controller.enqueue(event);
            }
          },
        },
      ),
    );
  }

  /**
   * The text of the main agent's answers as it is written, each character once:
   * from the deltas where there are any, else from the whole blocks.
   *
   * It is an error of the stream when the turn fails, after the text that came.
   */
  textStream(): ReadableStream<string> {
    const pieces = new TextPieces();
    return this.#frames("textStream").pipeThrough(
      new TransformStream<Frame, string>(
        {
          transform: (frame, controller) => {
            for (const event of frame.events) {
              const piece = pieces.take(event);
              if (piece !== "") controller.enqueue(piece);
            }
          },
          flush: async () => {
            await this.#text.promise;
          },
        },
      ),
    );
  }

  /**
   * The final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): Promise<string> {
    this.#await();
    return this.#text.promise;
  }

  /** The end of the turn, also of one that failed: see `isError`. */
  result(): Promise<Result> {
    this.#await();
    return this.#result.promise;
  }

  /** Interrupts the turn. It still ends with a `result`, whose `terminalReason` says so. */
  interrupt(): Promise<InterruptReceipt> {
    return this.#end === undefined
      ? this.#host.interrupt()
      : Promise.resolve({ stillQueued: [] });
  }

  /** Reads the turn, once. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<ViewEvents[V]> {
    const reader = this.#frames("for await").getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield* eventsOf(value, this.#view);
      }
    } finally {
      // After the end this does nothing; before it, it leaves the turn.
      await reader.cancel();
    }
  }

  #await(): void {
    this.#awaited = true;
    if (this.#usedBy === undefined && this.#end === undefined) {
      this.#host.unattend();
    }
  }

  #frames(usedBy: string): ReadableStream<Frame> {
    if (this.#usedBy !== undefined) {
      throw new StateError(
        "already_used",
        this.#usedBy,
        usedBy,
        `Cannot read the turn with ${usedBy}: it is read with ${this.#usedBy} already`,
      );
    }
    this.#usedBy = usedBy;
    return new ReadableStream<Frame>({
      start: (controller) => {
        for (const frame of this.#waiting.splice(0)) controller.enqueue(frame);
        this.#target = controller;
        if (this.#end !== undefined) this.#finish(this.#end);
      },
      cancel: () => {
        this.#target = undefined;
        if (this.#end === undefined) this.#host.leave();
      },
    });
  }

  #finish(end: TurnEnd): void {
    if (end.result !== undefined) this.#target?.close();
    else this.#target?.error(end.error);
    this.#target = undefined;
  }

  #take(frame: Frame): void {
    if (this.#target !== undefined) this.#target.enqueue(frame);
    else if (this.#usedBy === undefined) this.#waiting.push(frame);
  }

  #settle(end: TurnEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.result === undefined) {
      this.#result.reject(end.error);
      this.#text.reject(end.error);
    } else {
      this.#result.resolve(end.result);
      const failure = turnFailure(end.result, {
        ...end.context,
        stderrTail: this.#host.stderrTail(),
      });
      if (failure !== undefined) this.#text.reject(failure);
      else this.#text.resolve(end.result.result ?? "");
    }
    this.#finish(end);
    this.#host.ended();
  }

  #abort(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#settle({ error: reason });
    this.#host.leave();
  }
}
