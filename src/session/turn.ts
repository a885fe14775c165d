/**
 * One turn: a prompt and all that comes of it.
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
  readonly #core: TurnCore;
  readonly #view: V;
  readonly #waiting: Waiting<"async">;
  #readable: ReadableStream<ViewEvents[V]> | undefined;

  /** Made by `session.send()`. */
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
   * How many lines of the CLI came that nobody has read yet. Reading late never holds
   * up the session. Above 1,000 the pieces of a block that is being written (text,
   * thinking, input of a tool) are joined to fewer and longer ones; whole messages are
   * never dropped.
   */
  get pending(): number {
    return this.#core.feed.pending;
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
    return this.#open("textStream", textOf(this.#core, options));
  }

  /**
   * The final answer.
   *
   * @throws {TurnError} The turn failed.
   */
  text(): Promise<string> {
    return this.#core.awaited(this.#core.text).promise;
  }

  /** The end of the turn, also of one that failed: see `isError`. */
  result(): Promise<Result> {
    return this.#core.awaited(this.#core.result).promise;
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
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    return this.#waiting.run(() => this.#core.interrupt(options));
  }

  /** Reads the turn, once. */
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
