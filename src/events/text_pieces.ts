/**
 * The text of the main agent, each character once. Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "./mod.ts";

/** Finds in each event the text that was not there before it. */
export class TextPieces {
  /** The new text in an event; empty where it has none. */
  take(event: ClaudeEvent): string {
    switch (event.type) {
      case "stream_delta":
        return event.parentToolUseId === null &&
            event.deltaType === "text_delta"
          ? event.text ?? ""
          : "";
      case "assistant_text":
        // The text of an error is no answer, and that of a streamed block came before.
        return event.parentToolUseId === null && !event.streamed &&
            event.error === undefined
          ? event.text
          : "";
      default:
        return "";
    }
  }
}
