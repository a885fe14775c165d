/**
 * Streams the text of a turn's answers, for both sessions.
 *
 * @module
 */

import { type OnRetract, TextPieces } from "../decode/text_pieces.ts";
import type { FeedReading } from "./feed.ts";
import type { TurnCore } from "./turn_core.ts";

/** Options of `textStream()`. */
export interface TextStreamOptions {
  /**
   * Called with text that was already streamed and is now retracted, because its reply broke off
   * and was written again differently. Its return value is added to the stream. By default that is
   * a note for people.
   */
  readonly onRetract?: OnRetract;
}

/** Reads the text of a turn. If the turn fails, fails after the text so far. */
export function textOf(
  turn: TurnCore,
  { onRetract }: TextStreamOptions,
): FeedReading<string> {
  const pieces = new TextPieces(onRetract);
  return {
    // A generator, so that no work is done ahead of the reader.
    *cut({ events }) {
      for (const event of events) {
        const piece = pieces.take(event);
        if (piece !== "") yield piece;
      }
    },
    endOf: (end) => ({ error: end.error ?? turn.failure }),
  };
}
