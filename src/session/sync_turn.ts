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
 * A turn of a blocking session. Read it **once**: with `for … of` or through `textStream()`; each
 * step blocks until the next event arrives. `text()` and `result()` block until the turn ends.
 *
 * Leaving the loop early interrupts the turn, and the next `send()` starts a fresh turn.
 *
 * A turn that ends with an error ends its loop normally, after the `result` that reports the error;
 * `text()` throws. If the process dies, the loop throws.
 */
export class SyncTurn<V extends View = "flat">
  implements Iterable<ViewEvents[V]> {
  /** Id of the prompt: the `uuid` that it was sent with. */
  readonly id: string;
  readonly #core: TurnCore;
  readonly #view: V;
  readonly #blocking: Blocking;

  /** Called by `session.send()`. */
  constructor(core: TurnCore, view: V, blocking: Blocking) {
    this.id = core.id;
    this.#core = core;
    this.#view = view;
    this.#blocking = blocking;
  }

  /** Number of lines of the CLI that have not been read yet. */
  get pending(): number {
    return this.#core.feed.pending;
  }

  /** Reads the turn. Can be used only once. */
  [Symbol.iterator](): IterableIterator<ViewEvents[V]> {
    return this.#read("for of", {
      cut: eventsIn(this.#view),
    });
  }

  /**
   * Returns the text of the main agent's answers while it is written, each character once; see
   * `Turn.textStream()`. If the turn fails, throws after the text so far.
   */
  textStream(options: TextStreamOptions = {}): IterableIterator<string> {
    return this.#read("textStream", textOf(this.#core, options));
  }

  /**
   * Returns the final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): string {
    return this.#blocking.for(this.#core.awaited(this.#core.text));
  }

  /** Returns the result of the turn, even of one that failed: see `isError`. */
  result(): Result {
    return this.#blocking.for(this.#core.awaited(this.#core.result));
  }

  /**
   * Returns statistics of the turn so far: tokens and costs by model, agent and tool, times. Later
   * background work is in `session.stats()`.
   */
  stats(): Stats {
    return this.#core.tally.stats();
  }

  /**
   * Returns the files that tools changed in the turn so far, with hunks, contents before and after,
   * and counts.
   */
  changes(): readonly ChangedFile[] {
    return this.#core.tally.changes();
  }

  /**
   * Interrupts the turn. It still ends with a `result`, whose `terminalReason` shows the
   * interruption.
   */
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
