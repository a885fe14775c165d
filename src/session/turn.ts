/**
 * One turn: a prompt and its events, answer and result.
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
import type { FeedReading } from "./feed.ts";
import { textOf, type TextStreamOptions } from "./text_stream.ts";
import type { TurnCore } from "./turn_core.ts";
import type { Waiting } from "./waiting.ts";

/**
 * A turn. Read it **once**: with `for await`, through `readable`, or through `textStream()`. You
 * can await `text()` and `result()` in addition or instead.
 *
 * Leaving the loop early interrupts the turn; the rest is read in the background, and the next
 * `send()` starts a fresh turn.
 *
 * A turn that ends with an error ends its loop normally, after the `result` that reports the error;
 * `text()` rejects. If the process dies, the loop throws.
 */
export class Turn<V extends View = "flat">
  implements AsyncIterable<ViewEvents[V]> {
  /** Id of the prompt: the `uuid` that it was sent with. */
  readonly id: string;
  readonly #core: TurnCore;
  readonly #view: V;
  readonly #waiting: Waiting<"async">;
  #readable: ReadableStream<ViewEvents[V]> | undefined;

  /** Called by `session.send()`. */
  constructor(core: TurnCore, view: V, waiting: Waiting<"async">) {
    this.id = core.id;
    this.#core = core;
    this.#view = view;
    this.#waiting = waiting;
  }

  /** The turn's events as a stream. Canceling it leaves the turn. */
  get readable(): ReadableStream<ViewEvents[V]> {
    return this.#readable ??= this.#open("readable", {
      cut: eventsIn(this.#view),
    });
  }

  /**
   * Number of lines of the CLI that have not been read yet. A slow reader never delays the session.
   * Above 1,000 lines, pieces of a block that is being written (text, thinking, input of a tool)
   * are joined to fewer and longer ones; whole messages are never dropped.
   */
  get pending(): number {
    return this.#core.feed.pending;
  }

  /**
   * Returns the text of the main agent's answers while it is written, each character once: from the
   * deltas if there are any, otherwise from the whole blocks.
   *
   * A reply may break off in the middle; the CLI then requests it again. Text that is the same as
   * before is not repeated. Text that differs cannot be removed from a stream of strings, so the
   * stream gets a one-line note that says how many of the last characters no longer count. Use
   * `onRetract` to replace the note, or to remove the text where you showed it; `text()` is not
   * affected.
   *
   * A call that the policy leaves undecided is denied immediately, unless there is a listener for
   * `permission_request` or a reader of `session.events()`, because this stream shows no requests.
   *
   * If the turn fails, the stream errors after the text so far.
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
    return this.#open("textStream", textOf(this.#core, options));
  }

  /**
   * Returns the final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): Promise<string> {
    return this.#core.awaited(this.#core.text).promise;
  }

  /** Returns the result of the turn, even of one that failed: see `isError`. */
  result(): Promise<Result> {
    return this.#core.awaited(this.#core.result).promise;
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
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    return this.#waiting.run(() => this.#core.interrupt(options));
  }

  /** Reads the turn. Can be used only once. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ViewEvents[V]> {
    return this.#core.feed.iterate({
      cut: eventsIn(this.#view),
      claim: () => this.#core.claim("for await"),
    });
  }

  #open<T>(usedBy: string, reading: FeedReading<T>): ReadableStream<T> {
    this.#core.claim(usedBy);
    return this.#core.feed.open(reading);
  }
}
