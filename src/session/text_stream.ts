/**
 * The text of a turn's answers as it is written, in both sessions.
 *
 * @module
 */

import { type OnRetract, TextPieces } from "../decode/text_pieces.ts";
import type { FeedReading } from "./feed.ts";
import type { TurnCore } from "./turn_core.ts";

/** Options of `textStream()`. */
export interface TextStreamOptions {
  /**
   * Called with text that the stream gave and that is taken back, because its reply broke
   * off and came again otherwise. What it returns is put into the stream. By default that
   * is a note for people.
   */
  readonly onRetract?: OnRetract;
}

/** Reads the text of a turn. It is an error when the turn fails, after the text that came. */
export function textOf(
  turn: TurnCore,
  { onRetract }: TextStreamOptions,
): FeedReading<string> {
  const pieces = new TextPieces(onRetract);
  return {
    // Nothing is done ahead of the reader.
    *cut({ events }) {
      for (const event of events) {
        const piece = pieces.take(event);
        if (piece !== "") yield piece;
      }
    },
    endOf: (end) => ({ error: end.error ?? turn.failure }),
  };
}
