/**
 * One turn of a blocking session.
 *
 * @module
 */

import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import type { ChangedFile } from "../decode/changes.ts";
import type { Stats } from "../decode/stats.ts";
import { eventsIn, type View, type ViewEvents } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import type { Blocking } from "./blocking.ts";
import type { FeedReading } from "./feed.ts";
import { textOf, type TextStreamOptions } from "./text_stream.ts";
import type { TurnCore } from "./turn_core.ts";

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
  readonly #core: TurnCore;
  readonly #view: V;
  readonly #blocking: Blocking;

  /** Made by `session.send()`. */
  constructor(core: TurnCore, view: V, blocking: Blocking) {
    this.id = core.id;
    this.#core = core;
    this.#view = view;
    this.#blocking = blocking;
  }

  /** How many lines of the CLI came that nobody has read yet. */
  get pending(): number {
    return this.#core.feed.pending;
  }

  /** Reads the turn, once. */
  [Symbol.iterator](): IterableIterator<ViewEvents[V]> {
    return this.#read("for of", {
      cut: eventsIn(this.#view),
    });
  }

  /**
   * The text of the main agent's answers as it is written, each character once; see
   * `Turn.textStream()`. Throws when the turn fails, after the text that came.
   */
  textStream(options: TextStreamOptions = {}): IterableIterator<string> {
    return this.#read("textStream", textOf(this.#core, options));
  }

  /**
   * The final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): string {
    return this.#blocking.for(this.#core.awaited(this.#core.text));
  }

  /** The end of the turn, also of one that failed: see `isError`. */
  result(): Result {
    return this.#blocking.for(this.#core.awaited(this.#core.result));
  }

  /**
   * Numbers of the turn so far: tokens and costs by model, agent and tool, times. What ran
   * on in the background afterwards is in `session.stats()`.
   */
  stats(): Stats {
    return this.#core.tally.stats();
  }

  /** The files that tools changed in the turn so far, with hunks, before and after, counts. */
  changes(): readonly ChangedFile[] {
    return this.#core.tally.changes();
  }

  /** Interrupts the turn. It still ends with a `result`, whose `terminalReason` says so. */
  interrupt(options?: InterruptOptions): InterruptReceipt {
    return this.#blocking.run(() => this.#core.interrupt(options));
  }

  #read<T>(usedBy: string, reading: FeedReading<T>): IterableIterator<T> {
    if (this.#core.end === undefined) this.#blocking.checkTurn("read a turn");
    this.#core.claim(usedBy);
    return this.#core.feed.read(
      reading,
      (isDone) => this.#blocking.untilTurn(isDone),
    );
  }
}
