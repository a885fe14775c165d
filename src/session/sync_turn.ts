/**
 * One turn of a blocking session.
 *
 * @module
 */

import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import type { TurnControl } from "../conversation/sinks.ts";
import { StateError } from "../errors.ts";
import { FrameQueue } from "../decode/frame_queue.ts";
import {
  eventsOf,
  type Frame,
  type View,
  type ViewEvents,
} from "../events/mod.ts";
import { TextPieces } from "../decode/text_pieces.ts";
import type { Result } from "../messages/result.ts";
import type { TurnEnd } from "../protocol/mod.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { JOIN_FROM, type TextStreamOptions } from "./turn.ts";

/** What a blocking turn needs of its session. */
export interface SyncTurnHost {
  /** Blocks until something is so, and lets things happen meanwhile. */
  wait(isDone: () => boolean): void;
  /** @throws {StateError} Nothing of it would come: a function that the session calls wants to read it. */
  checkRead(): void;
  /** Interrupts the turn. */
  interrupt(options?: InterruptOptions): InterruptReceipt;
  /** Nobody reads the turn any more. */
  leave(): void;
  /** Somebody waits for the end of the turn and does not read it. */
  unattend(): void;
  /** The turn is over for its readers. */
  ended(): void;
  /** The end of what the process wrote to stderr. */
  stderrTail(): string;
}

let controlOf: (turn: SyncTurn<View>) => TurnControl;

/** The session's side of a turn; not for callers. */
export function syncTurnControl<V extends View>(
  turn: SyncTurn<V>,
): TurnControl {
  return controlOf(turn as unknown as SyncTurn<View>);
}

/**
 * A turn of a blocking session. Read it **once**: with `for … of` or through
 * `textStream()`; each step blocks until the next event is there. `text()` and
 * `result()` block until the turn is over.
 *
 * Leaving the loop early interrupts the turn, and the next `send()` starts clean.
 *
 * A turn that ends with an error ends its loop like any other, after the `result`
 * that says so; `text()` throws. When the process dies the loop throws.
 */
export class SyncTurn<V extends View = "flat">
  implements Iterable<ViewEvents[V]> {
  /** Id of the prompt: the `uuid` it was sent with. */
  readonly id: string;
  readonly #view: V;
  readonly #host: SyncTurnHost;
  readonly #queue = new FrameQueue(JOIN_FROM);
  #usedBy: string | undefined;
  #end: TurnEnd | undefined;
  /** Why there is no answer, where the turn ended with an error. */
  #failure: Error | undefined;
  #awaited = false;
  #isLeft = false;

  static {
    controlOf = (turn) => ({
      sink: {
        attended: () => turn.#canAnswer,
        frame: (frame) => {
          if (turn.#end === undefined) turn.#queue.push(frame);
        },
        end: (end) => turn.#settle(end),
      },
      abort: (reason) => turn.#abort(reason),
    });
  }

  /** Made by `session.send()`. */
  constructor(id: string, view: V, host: SyncTurnHost) {
    this.id = id;
    this.#view = view;
    this.#host = host;
  }

  /** How many lines of the CLI came that nobody has read yet. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Reads the turn, once. */
  [Symbol.iterator](): IterableIterator<ViewEvents[V]> {
    this.#claim("for of");
    return this.#read((frame) => eventsOf(frame, this.#view));
  }

  /**
   * The text of the main agent's answers as it is written, each character once; see
   * `Turn.textStream()`. Throws when the turn fails, after the text that came.
   */
  textStream(options: TextStreamOptions = {}): IterableIterator<string> {
    const pieces = new TextPieces(options.onRetract);
    this.#claim("textStream");
    return this.#read(
      (frame) =>
        frame.events.map((event) => pieces.take(event))
          .filter((piece) => piece !== ""),
      () => this.#failure,
    );
  }

  /**
   * The final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): string {
    const { result } = this.#await();
    if (this.#failure !== undefined) throw this.#failure;
    return result?.text ?? "";
  }

  /** The end of the turn, also of one that failed: see `isError`. */
  result(): Result {
    const { result, error } = this.#await();
    if (result === undefined) throw error;
    return result;
  }

  /** Interrupts the turn. It still ends with a `result`, whose `terminalReason` says so. */
  interrupt(options?: InterruptOptions): InterruptReceipt {
    return this.#end === undefined
      ? this.#host.interrupt(options)
      : { stillQueued: [] };
  }

  #await(): TurnEnd {
    this.#awaited = true;
    this.#unattend();
    this.#host.wait(() => this.#end !== undefined);
    // The host waits until it is there, or throws.
    const end = this.#end as TurnEnd | undefined;
    if (end === undefined) {
      throw new TypeError("Cannot wait for the turn: it never ended");
    }
    if (end.result === undefined) throw end.error;
    return end;
  }

  #claim(usedBy: string): void {
    if (this.#end === undefined) this.#host.checkRead();
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

  *#read<T>(
    cut: (frame: Frame) => readonly T[],
    failure: () => Error | undefined = () => undefined,
  ): IterableIterator<T> {
    const isReady = () => this.#queue.size > 0 || this.#end !== undefined;
    try {
      for (;;) {
        const frame = this.#queue.take();
        if (frame !== undefined) {
          yield* cut(frame);
        } else if (this.#end === undefined) {
          this.#host.wait(isReady);
        } else {
          const error = this.#end.error ?? failure();
          if (error !== undefined) throw error;
          return;
        }
      }
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    if (this.#end !== undefined || this.#isLeft) return;
    this.#isLeft = true;
    this.#host.ended();
    this.#host.leave();
  }

  #settle(end: TurnEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.result !== undefined) {
      this.#failure = turnFailure(end.result, {
        ...end.context,
        stderrTail: this.#host.stderrTail(),
      });
    }
    this.#host.ended();
  }

  #abort(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#settle({ error: reason });
    this.#host.leave();
  }
}
