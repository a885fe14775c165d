/**
 * A message that was handed to a blocking session.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import type { MessageState } from "../protocol/message_state.ts";
import type { Blocking } from "./blocking.ts";
import type { PushCore } from "./push_core.ts";

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
