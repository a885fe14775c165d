/**
 * Messages that were pushed into a session while it ran, as its caller sees them: one core, and a
 * face for each kind of session.
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

/** One pushed message. */
export class PushCore {
  /** Its id. */
  readonly id: string;
  /** The end of the turn that answered it. */
  readonly result: Due<Result> = new Due("turn");
  /** What became of it and nobody has read. */
  readonly states: MessageState[] = [];
  /** Hears that there is something to read, or that there will be no more. */
  heard: () => void = () => {};
  #isOver = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether nothing more becomes of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes news of it. */
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

/** What became of a message that was pushed. */
export interface PushedMessage {
  /** Its id, the `uuid` it was sent with. */
  readonly id: string;
  /**
   * What becomes of it, as it happens: `queued`, then `folded` (taken into the turn
   * that runs) or `started` (a turn of its own), then `completed`; or `cancelled` or
   * `refused`. To be read once. Needs CLI 2.1.206 or newer.
   */
  readonly states: AsyncIterable<MessageState>;
  /** The end of the turn that answered it, its own or the one that it was folded into. */
  result(): Promise<Result>;
}

/** What the caller gets of a message that is being pushed. */
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

/** What became of a message that was pushed to a blocking session. */
export interface SyncPushedMessage {
  /** Its id, the `uuid` it was sent with. */
  readonly id: string;
  /**
   * What becomes of it, as it happens: see `PushedMessage`. To be read once; each step
   * blocks until the next.
   */
  readonly states: Iterable<MessageState>;
  /** The end of the turn that answered it. Blocks until then. */
  result(): Result;
}

/** What the caller gets of a message that is being pushed. */
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
