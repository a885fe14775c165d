/**
 * Replies of one turn that follow each other with no line between them, for a CLI that does not
 * write the line with which it asks the model to go on (before 2.1.272). Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";

/** Follows the replies of the main agent. */
export class CutReplies {
  /** The reply that the last line was of, if it has a text and calls no tool. */
  #messageId: string | undefined;

  /**
   * Takes over what an event says.
   *
   * @returns Whether a reply begins that may go on with the one before.
   */
  observe(event: ClaudeEvent): boolean {
    switch (event.type) {
      case "assistant_text": {
        if (event.parentToolUseId !== null) return false;
        const { messageId, error } = event;
        const before = this.#messageId;
        this.#messageId = error === undefined ? messageId : undefined;
        return before !== undefined && this.#messageId !== undefined &&
          messageId !== before;
      }
      case "tool_use":
      case "tool_result":
      case "user_text":
      case "user_replay":
        if (event.parentToolUseId === null) this.#messageId = undefined;
        return false;
      case "model_refusal_fallback":
      case "system_init":
      case "result":
        this.#messageId = undefined;
        return false;
      default:
        return false;
    }
  }
}
