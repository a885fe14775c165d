/**
 * One turn: a prompt and all that comes of it.
 *
 * @module
 */

import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import type { TurnControl } from "../conversation/sinks.ts";
import { StateError } from "../errors.ts";
import {
  type ClaudeEvent,
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "../events/mod.ts";
import { type OnRetract, TextPieces } from "../decode/text_pieces.ts";
import { Feed, type FeedEnd } from "./feed.ts";
import type { Result } from "../messages/result.ts";
import type { TurnEnd } from "../protocol/mod.ts";
import { turnFailure } from "../protocol/turn_failure.ts";

/** Options of `textStream()`. */
export interface TextStreamOptions {
  /**
   * Called with text that the stream gave and that is taken back, because its reply broke
   * off and came again otherwise. What it returns is put into the stream. By default that
   * is a note for people.
   */
  readonly onRetract?: OnRetract;
}

/** What a turn needs of its session. */
export interface TurnHost {
  /** Interrupts the turn. */
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt>;
  /** Nobody reads the turn any more. */
  leave(): void;
  /** Somebody waits for the end of the turn, or reads its text only: open requests have nobody to answer them. */
  unattend(): void;
  /** The turn is over for its readers. */
  ended(): void;
  /** The end of what the process wrote to stderr. */
  stderrTail(): string;
}

/** The pieces of text of some events; nothing is done ahead of the reader. */
function* piecesOf(
  events: readonly ClaudeEvent[],
  pieces: TextPieces,
): Generator<string> {
  for (const event of events) {
    const piece = pieces.take(event);
    if (piece !== "") yield piece;
  }
}

/** So many lines may wait for a reader before pieces of a block are joined. */
export const JOIN_FROM = 1_000;

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
  readonly #feed: Feed;
  #usedBy: string | undefined;
  #readable: ReadableStream<ViewEvents[V]> | undefined;
  #end: TurnEnd | undefined;
  /** Why there is no answer, where the turn ended with an error. */
  #failure: Error | undefined;
  #awaited = false;

  static {
    controlOf = (turn) => ({
      sink: {
        attended: () => turn.#canAnswer,
        frame: (frame) => turn.#feed.push(frame),
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
    this.#feed = new Feed({
      joinFrom: JOIN_FROM,
      canceled: () => {
        if (this.#end === undefined) host.leave();
      },
    });
    // Nobody has to wait for them.
    this.#result.promise.catch(() => {});
    this.#text.promise.catch(() => {});
  }

  /** The turn's events as a stream. Canceling it leaves the turn. */
  get readable(): ReadableStream<ViewEvents[V]> {
    return this.#readable ??= this.#open(
      "readable",
      (frame) => eventsOf(frame, this.#view),
    );
  }

  /**
   * How many lines of the CLI came that nobody has read yet. Reading late never holds
   * up the session. Above 1,000 the pieces of a block that is being written (text,
   * thinking, input of a tool) are joined to fewer and longer ones; whole messages are
   * never dropped.
   */
  get pending(): number {
    return this.#feed.pending;
  }

  /**
   * The text of the main agent's answers as it is written, each character once:
   * from the deltas where there are any, else from the whole blocks.
   *
   * The stream of a reply may break in the middle; the CLI then has the reply written
   * again. What is the same as before is not given a second time. What differs cannot
   * be taken out of a stream of strings: where it begins there is a note of one line
   * that says how many of the last characters no longer count. `onRetract` puts
   * something else in its place, or takes the text back where it was shown; `text()`
   * is not concerned.
   *
   * A call that the policy leaves undecided is denied at once, unless there is a listener for
   * `permission_request` or a reader of `session.events()`: this stream shows no requests.
   *
   * It is an error of the stream when the turn fails, after the text that came.
   *
   * @example
   * ```ts
   * import { AsyncSession } from "@claudestream/core";
   *
   * async function poem(): Promise<string> {
   *   await using session = new AsyncSession();
   *   let shown = "";
   *   const text = session.send("write a poem").textStream({
   *     onRetract(text) {
   *       shown = shown.slice(0, -text.length);
   *     },
   *   });
   *   for await (const piece of text) shown += piece;
   *   return shown;
   * }
   * ```
   */
  textStream(options: TextStreamOptions = {}): ReadableStream<string> {
    const pieces = new TextPieces(options.onRetract);
    return this.#open(
      "textStream",
      ({ events }) => {
        const [event] = events;
        // Of several each waits until the reader took the one before.
        if (event === undefined || events.length > 1) {
          return piecesOf(events, pieces);
        }
        const piece = pieces.take(event);
        return piece === "" ? [] : [piece];
      },
      (end) => ({ error: end.error ?? this.#failure }),
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
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    return this.#end === undefined
      ? this.#host.interrupt(options)
      : Promise.resolve({ stillQueued: [] });
  }

  /** Reads the turn, once. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ViewEvents[V]> {
    return this.#feed.iterate(
      (frame) => eventsOf(frame, this.#view),
      () => this.#claim("for await"),
    );
  }

  #await(): void {
    this.#awaited = true;
    this.#unattend();
  }

  #open<T>(
    usedBy: string,
    cut: (frame: Frame) => Iterable<T>,
    endOf?: (end: FeedEnd) => FeedEnd,
  ): ReadableStream<T> {
    this.#claim(usedBy);
    return this.#feed.open(cut, endOf);
  }

  #claim(usedBy: string): void {
    if (this.#usedBy !== undefined) {
      throw new StateError(
        "already_used",
        this.#usedBy,
        usedBy,
        `Cannot read the turn with ${usedBy}: it is read with ${this.#usedBy} already`,
      );
    }
    this.#usedBy = usedBy;
    this.#unattend();
  }

  /** Whether its reader sees requests, or may still come: text alone shows none. */
  get #canAnswer(): boolean {
    return this.#usedBy === undefined
      ? !this.#awaited
      : this.#usedBy !== "textStream";
  }

  #unattend(): void {
    if (!this.#canAnswer && this.#end === undefined) this.#host.unattend();
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
      this.#failure = failure;
      if (failure !== undefined) this.#text.reject(failure);
      else this.#text.resolve(end.result.text);
    }
    this.#feed.end(end);
    this.#host.ended();
  }

  #abort(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#settle({ error: reason });
    this.#host.leave();
  }
}
