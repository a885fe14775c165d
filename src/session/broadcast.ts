/**
 * Distributes a session's events to any number of readers and listeners.
 *
 * @module
 */

import { callAside, type HandlerFailure } from "../util/faults.ts";
import type { SessionReaders } from "../conversation/sinks.ts";
import { closest } from "../util/closest.ts";
import { ConfigError } from "../errors.ts";
import { type ClaudeEvent, EVENT_TYPES, type Frame } from "../events/mod.ts";
import { shown } from "../checks/kinds.ts";
import { StatsCounter } from "../decode/stats.ts";
import { countFrame } from "../decode/tally.ts";
import { Feed } from "./feed.ts";
import type { AnsweringEvent } from "../host/left_to_caller.ts";
import type { Result } from "../messages/result.ts";

/** Types of events for `session.on()`. */
export type SessionEventMap =
  & {
    readonly [T in ClaudeEvent["type"]]: Extract<ClaudeEvent, { type: T }>;
  }
  & {
    /** A turn ended. */
    readonly turn_end: Result;
    /** The process ended without the session being closed. */
    readonly error: Error;
    /** A hook, `onQuestion` or the like threw, or returned an answer of the wrong shape. */
    readonly handler_failed: HandlerFailure;
    /** The session has ended, for any reason. */
    readonly close: undefined;
  };

/** Options of `session.events()`. */
export interface EventsOptions {
  /**
   * How many lines of the CLI may wait for this reader. Above that, pieces of the same block are
   * joined; if that is not enough, events are dropped, first pieces and then the oldest whole
   * messages, and an `EventsDropped` in their place says how many. Default 10,000.
   */
  readonly bufferSize?: number;
}

const BUFFER_SIZE = 10_000;

/** Event names of the session itself. The map type makes the compiler name a missing one. */
const OF_THE_SESSION: {
  readonly [T in Exclude<keyof SessionEventMap, ClaudeEvent["type"]>]: true;
} = { turn_end: true, error: true, handler_failed: true, close: true };

const LISTENABLE: ReadonlySet<string> = new Set([
  ...EVENT_TYPES,
  ...Object.keys(OF_THE_SESSION),
]);

/** Returns the error for an unknown type, whose listener would never be called. */
function unknownType(type: unknown): ConfigError {
  const near = typeof type === "string" ? closest(type, LISTENABLE) : undefined;
  return new ConfigError(
    "on",
    `Cannot listen to ${shown(type)}: ${
      near === undefined
        ? `expected the type of an event, such as "assistant_text", or one of ${
          Object.keys(OF_THE_SESSION).join(", ")
        }`
        : `there is no such event, did you mean "${near}"?`
    }`,
  );
}

type Listener = (event: never) => void;

/** The readers and listeners of one session. */
export class Broadcast implements SessionReaders {
  /** Totals of all events so far, without the changed files, whose contents would stay in memory. */
  readonly tally: StatsCounter = new StatsCounter();
  /** The readers, each with a function that tells whether it is being read. */
  readonly #readers = new Map<Feed, () => boolean>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #isClosed = false;
  /** Events that listeners have not received yet, in order. */
  #untold: (readonly [type: string, event: unknown])[] = [];
  #holds = 0;
  #isTelling = false;

  /** Whether a reader or a listener would see a request of this type. */
  attended(type: AnsweringEvent["type"]): boolean {
    return this.#isHeard(type) ||
      [...this.#readers.values()].some((attends) => attends());
  }

  #isHeard(type: string): boolean {
    return (this.#listeners.get(type)?.size ?? 0) > 0;
  }

  /** Reports the failure of a caller's function. */
  handlerFailed(failure: HandlerFailure): void {
    // If the failure has no other visible effect, it must not be lost for lack of a listener.
    if (failure.isSilent && !this.#isHeard("handler_failed")) {
      reportError(failure.error);
    } else this.#tell("handler_failed", failure);
  }

  /**
   * Holds back calls of listeners until {@linkcode release}, so that a line is fully processed
   * first.
   */
  hold(): void {
    this.#holds++;
  }

  /** Ends one {@linkcode hold}. */
  release(): void {
    this.#holds--;
    if (this.#untold.length > 0) this.#tellAll();
  }

  /** Passes a line to readers and listeners. */
  frame(frame: Frame): void {
    if (frame.isPiece !== true) countFrame(frame, this.tally);
    for (const reader of this.#readers.keys()) reader.push(frame);
    if (this.#listeners.size === 0) return;
    for (const event of frame.events) {
      this.#note(event.type, event);
      if (event.type === "result") this.#note("turn_end", event);
    }
    this.#tellAll();
  }

  /** Ends all readers when the session ends. */
  closed(error: Error | undefined): void {
    this.#isClosed = true;
    for (const reader of this.#readers.keys()) reader.end({});
    this.#readers.clear();
    if (error !== undefined) this.#note("error", error);
    this.#untold.push(["close", undefined]);
    this.#tellAll();
  }

  /**
   * Adds a reader, which gets events from now on.
   *
   * @param attends Returns whether it is being read, or will be.
   * @throws {RangeError} The size of its buffer is invalid.
   */
  feed(options: EventsOptions, attends: () => boolean = () => true): Feed {
    const bufferSize = bufferSizeOf(options);
    const feed = new Feed({
      joinFrom: bufferSize,
      limit: bufferSize,
      canceled: () => this.#readers.delete(feed),
    });
    if (this.#isClosed) feed.end({});
    else this.#readers.set(feed, attends);
    return feed;
  }

  /** Adds a listener. */
  on<T extends keyof SessionEventMap>(
    type: T,
    listener: (event: SessionEventMap[T]) => void,
  ): Disposable {
    if (!LISTENABLE.has(type)) throw unknownType(type);
    if (typeof listener !== "function") {
      throw new TypeError(
        `Cannot listen to "${type}": expected a function, got ${typeof listener}`,
      );
    }
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
      },
    };
  }

  #tell(type: string, event: unknown): void {
    this.#note(type, event);
    this.#tellAll();
  }

  #note(type: string, event: unknown): void {
    if (this.#isHeard(type)) this.#untold.push([type, event]);
  }

  /**
   * Calls listeners for the events that they have not received. A listener that blocks in a call of
   * its session causes further events; these are delivered after it returns, so that all listeners
   * get all events in order.
   */
  #tellAll(): void {
    if (this.#isTelling || this.#holds > 0 || this.#untold.length === 0) return;
    this.#isTelling = true;
    try {
      for (let at = 0; at < this.#untold.length; at++) {
        const [type, event] = this.#untold[at] ?? [];
        if (type === undefined) continue;
        for (const listener of [...this.#listeners.get(type) ?? []]) {
          callAside(() => listener(event as never));
        }
        if (type === "close") this.#listeners.clear();
      }
    } finally {
      this.#untold = [];
      this.#isTelling = false;
    }
  }
}

/**
 * Returns the size of a reader's buffer.
 *
 * @throws {RangeError} The size is invalid.
 */
function bufferSizeOf(options: EventsOptions): number {
  const { bufferSize = BUFFER_SIZE } = options;
  if (!Number.isInteger(bufferSize) || bufferSize < 1) {
    throw new RangeError(
      `Cannot read the events: expected bufferSize to be a whole number above 0, got ${bufferSize}`,
    );
  }
  return bufferSize;
}
