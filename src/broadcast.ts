/**
 * Hands a session's events to any number of readers and listeners.
 *
 * @module
 */

import type { SessionSink } from "./drivers/async.ts";
import type { ClaudeEvent, Frame } from "./events/mod.ts";
import type { Result } from "./messages/result.ts";

/** What `session.on()` can listen to. */
export type SessionEventMap =
  & {
    readonly [T in ClaudeEvent["type"]]: Extract<ClaudeEvent, { type: T }>;
  }
  & {
    /** A turn ended. */
    readonly turn_end: Result;
    /** The process ended, and nobody closed the session. */
    readonly error: Error;
    /** The session is over, one way or the other. */
    readonly close: undefined;
  };

type Listener = (event: never) => void;

/** The readers and listeners of one session. */
export class Broadcast implements SessionSink {
  readonly #readers = new Set<ReadableStreamDefaultController<ClaudeEvent>>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #isClosed = false;

  /** Whether somebody would see a permission request. */
  attended(): boolean {
    return this.#readers.size > 0 ||
      (this.#listeners.get("permission_request")?.size ?? 0) > 0;
  }

  /** Hands on a line. */
  frame(frame: Frame): void {
    for (const event of frame.events) {
      for (const reader of this.#readers) reader.enqueue(event);
      this.#tell(event.type, event);
      if (event.type === "result") this.#tell("turn_end", event);
    }
  }

  /** The session is over. */
  closed(error: Error | undefined): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.close();
    this.#readers.clear();
    if (error !== undefined) this.#tell("error", error);
    this.#tell("close", undefined);
    this.#listeners.clear();
  }

  /** A new reader, from here on. */
  events(): AsyncIterableIterator<ClaudeEvent> {
    let own: ReadableStreamDefaultController<ClaudeEvent>;
    const stream = new ReadableStream<ClaudeEvent>({
      start: (controller) => {
        own = controller;
        if (this.#isClosed) controller.close();
        else this.#readers.add(controller);
      },
      cancel: () => {
        this.#readers.delete(own);
      },
    });
    return stream[Symbol.asyncIterator]();
  }

  /** A new listener. */
  on<T extends keyof SessionEventMap>(
    type: T,
    listener: (event: SessionEventMap[T]) => void,
  ): Disposable {
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
    const listeners = this.#listeners.get(type);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        listener(event as never);
      } catch (error) {
        // The caller's own fault, told to the caller; the others still hear it.
        reportError(error);
      }
    }
  }
}
