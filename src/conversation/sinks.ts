/**
 * Receivers of the output of a conversation.
 *
 * @module
 */

import type { Frame } from "../events/mod.ts";
import type { HandlerFailure } from "../util/faults.ts";
import type { AnsweringEvent } from "../host/left_to_caller.ts";
import type { TurnEnd } from "../protocol/mod.ts";

/** Receives the events and the end of a turn. */
export interface TurnSink {
  /** Whether a reader of the turn's events can answer a request. */
  attended(): boolean;
  /** Takes the lines of the turn. */
  readonly feed: {
    /** Takes a line of the turn. */
    push(frame: Frame): void;
  };
  /** Called when the turn has ended. */
  settle(end: TurnEnd): void;
}

/** The readers of the whole session. */
export interface SessionReaders {
  /** Whether a reader of the session's events can answer such a request. */
  attended(type: AnsweringEvent["type"]): boolean;
  /** Takes a line, within a turn or between turns. */
  frame(frame: Frame): void;
  /** Holds back calls of listeners until {@linkcode release}; then they are called in order. */
  hold(): void;
  /** Ends one {@linkcode hold}. */
  release(): void;
  /** Called when a function of the caller failed. */
  handlerFailed(failure: HandlerFailure): void;
}

/** The session that a conversation belongs to. */
export interface SessionSink {
  /** Its readers. */
  readonly readers: SessionReaders;
  /** Called when the process is gone. `error` is set if the caller did not close the session. */
  closed(error: Error | undefined): void;
}
