/**
 * Where a conversation puts what comes.
 *
 * @module
 */

import type { Frame } from "../events/mod.ts";
import type { HandlerFailure } from "../util/faults.ts";
import type { AnsweringEvent } from "../host/left_to_caller.ts";
import type { TurnEnd } from "../protocol/mod.ts";

/** What becomes of a turn. */
export interface TurnSink {
  /** Whether a reader of the turn's events can answer a request. */
  attended(): boolean;
  /** Where its lines go. */
  readonly feed: {
    /** A line of the turn. */
    push(frame: Frame): void;
  };
  /** The turn is over. */
  settle(end: TurnEnd): void;
}

/** The readers of the whole session. */
export interface SessionReaders {
  /** Whether a reader of the session's events can answer such a request. */
  attended(type: AnsweringEvent["type"]): boolean;
  /** A line, of a turn or between two. */
  frame(frame: Frame): void;
  /** Listeners hear nothing until {@linkcode release}, and then all of it in order. */
  hold(): void;
  /** Takes one {@linkcode hold} back. */
  release(): void;
  /** A function of the caller failed. */
  handlerFailed(failure: HandlerFailure): void;
}

/** The session that a conversation is of. */
export interface SessionSink {
  /** Its readers. */
  readonly readers: SessionReaders;
  /** The process is gone. `error` is set if the caller did not close it. */
  closed(error: Error | undefined): void;
}
