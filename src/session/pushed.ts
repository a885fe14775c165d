/**
 * Messages pushed to a session: a common core, and a view of it for each kind of session.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import {
  MESSAGE_ENDS,
  type MessageState,
  type PushNews,
} from "../protocol/message_state.ts";
import { Due } from "../util/due.ts";
import type { Blocking } from "./blocking.ts";

/** The common core of a pushed message. */
export class PushCore {
  /** Id of the message. */
  readonly id: string;
  /** Result of the turn that answered it. */
  readonly result: Due<Result> = new Due("turn");
  /** Its states that have not been read yet. */
  readonly states: MessageState[] = [];
  /** Called when there is a new state to read, or no more will follow. */
  heard: () => void = () => {};
  #isOver = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether its last state was reached. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes news about the pushed message. */
  take(news: PushNews): void {
    if ("result" in news) {
      this.result.settle(news.result);
      return;
    }
    if ("error" in news) {
      this.result.fail(news.error);
      this.#isOver = true;
    } else {
      this.states.push(news.state);
      this.#isOver ||= MESSAGE_ENDS.has(news.state);
    }
    this.heard();
  }
}

/** A pushed message and its progress. */
export interface PushedMessage {
  /** Id of the message, the `uuid` that it was sent with. */
  readonly id: string;
  /**
   * Its states, as they happen: `queued`, then `folded` (into the running turn) or `started` (as a
   * separate turn), then `completed`; or `cancelled` or `refused`. Can be read only once. Requires
   * CLI 2.1.206 or newer.
   */
  readonly states: AsyncIterable<MessageState>;
  /**
   * Returns the result of the turn that answered it, its own or the one that it was folded into.
   */
  result(): Promise<Result>;
}

/** Returns the caller's view of a pushed message. */
export function pushed(push: PushCore): PushedMessage {
  const states = new ReadableStream<MessageState>({
    start(controller) {
      push.heard = () => {
        for (const state of push.states.splice(0)) controller.enqueue(state);
        if (!push.isOver) return;
        controller.close();
        push.heard = () => {};
      };
      push.heard();
    },
    cancel() {
      push.heard = () => {};
    },
  });
  return { id: push.id, states, result: () => push.result.promise };
}

/** A message pushed to a blocking session, and its progress. */
export interface SyncPushedMessage {
  /** Id of the message, the `uuid` that it was sent with. */
  readonly id: string;
  /**
   * Its states, as they happen: see `PushedMessage`. Can be read only once; each step blocks until
   * the next state.
   */
  readonly states: Iterable<MessageState>;
  /** Returns the result of the turn that answered it. Blocks until then. */
  result(): Result;
}

/** Returns the caller's view of a pushed message. */
export function syncPushed(
  push: PushCore,
  blocking: Blocking,
): SyncPushedMessage {
  function* read(): IterableIterator<MessageState> {
    for (;;) {
      const state = push.states.shift();
      if (state !== undefined) yield state;
      else if (push.isOver) return;
      else blocking.untilTurn(() => push.states.length > 0 || push.isOver);
    }
  }
  return {
    id: push.id,
    states: read(),
    result: () => blocking.for(push.result),
  };
}
