/**
 * A message that was handed to a session while a turn ran.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import {
  MESSAGE_ENDS,
  type MessageState,
  type PushNews,
} from "../protocol/message_state.ts";

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

/** The session's side of a pushed message. */
export interface PushControl {
  /** What the caller gets. */
  readonly message: PushedMessage;
  /** Takes news of it. */
  take(news: PushNews): void;
}

/** Makes both sides of a message that is being pushed. */
export function pushControl(id: string): PushControl {
  let states: ReadableStreamDefaultController<MessageState> | undefined;
  const stream = new ReadableStream<MessageState>({
    start: (controller) => {
      states = controller;
    },
    cancel: () => {
      states = undefined;
    },
  });
  const result = Promise.withResolvers<Result>();
  // Nobody has to wait for it.
  result.promise.catch(() => {});
  function close(): void {
    states?.close();
    states = undefined;
  }
  return {
    message: { id, states: stream, result: () => result.promise },
    take(news) {
      if ("result" in news) result.resolve(news.result);
      else if ("error" in news) {
        result.reject(news.error);
        close();
      } else {
        states?.enqueue(news.state);
        if (MESSAGE_ENDS.has(news.state)) close();
      }
    },
  };
}
