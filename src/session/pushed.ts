/**
 * A message that was handed to a session while a turn ran.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import type { MessageState } from "../protocol/message_state.ts";
import type { PushCore } from "./push_core.ts";

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
