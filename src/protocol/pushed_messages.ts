/**
 * Messages that were pushed into the conversation and are not done with. Pure.
 *
 * @module
 */

import type { PushNews } from "./message_state.ts";
import type { Output } from "./output.ts";

/** The messages of one process that are not done with. */
export class PushedMessages {
  /**
   * A message that is folded into a turn is completed before the result of that turn,
   * another one after it: it is done with when both have come.
   */
  readonly #open = new Map<
    string,
    { completed: boolean; answered: boolean }
  >();

  /** Ids of all of them. */
  get ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Ids of those that no result has answered. */
  get unanswered(): readonly string[] {
    return this.ids.filter((id) => this.#open.get(id)?.answered === false);
  }

  /** Whether more news about a message is expected. */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** A message is on its way. */
  add(id: string): void {
    this.#open.set(id, { completed: false, answered: false });
  }

  /** Half of what ends a message has come. */
  mark(id: string, what: "completed" | "answered"): void {
    const message = this.#open.get(id);
    if (message === undefined) return;
    message[what] = true;
    if (message.completed && message.answered) this.#open.delete(id);
  }

  /** The CLI will not answer a message. */
  drop(id: string): void {
    this.#open.delete(id);
  }

  /** Tells news of a message. */
  tell(id: string, news: PushNews): Extract<Output, { do: "tell_push" }> {
    return { do: "tell_push", id, news, last: !this.has(id) };
  }

  /** Reports that no more news about any of them will come. */
  end(error: unknown): Output[] {
    const { ids } = this;
    this.#open.clear();
    return ids.map((id) => this.tell(id, { error }));
  }
}
