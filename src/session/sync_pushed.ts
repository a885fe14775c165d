/**
 * A message that was handed to a blocking session.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import {
  MESSAGE_ENDS,
  type MessageState,
  type PushNews,
} from "../protocol/message_state.ts";

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

/** Makes both sides of a message that is being pushed. */
export function syncPushed(
  id: string,
  wait: (isDone: () => boolean) => void,
): {
  readonly message: SyncPushedMessage;
  readonly take: (news: PushNews) => void;
} {
  const states: MessageState[] = [];
  let isOver = false;
  let result: Result | undefined;
  let error: unknown;
  let isFailed = false;
  function* read(): IterableIterator<MessageState> {
    for (;;) {
      const state = states.shift();
      if (state !== undefined) yield state;
      else if (isOver) return;
      else wait(() => states.length > 0 || isOver);
    }
  }
  return {
    message: {
      id,
      states: read(),
      result() {
        wait(() => result !== undefined || isFailed);
        if (result === undefined) throw error;
        return result;
      },
    },
    take(news) {
      if ("result" in news) result = news.result;
      else if ("error" in news) {
        error = news.error;
        isFailed = true;
        isOver = true;
      } else {
        states.push(news.state);
        isOver ||= MESSAGE_ENDS.has(news.state);
      }
    },
  };
}
