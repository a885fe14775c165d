/**
 * The session's side of a pushed message, the same for async and blocking sessions.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import type { PushNews } from "../protocol/message_state.ts";
import { MESSAGE_ENDS, type MessageState } from "../protocol/message_state.ts";
import { Due } from "../util/due.ts";

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
