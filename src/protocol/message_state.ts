/**
 * What becomes of a message that was pushed into the conversation.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";

/** What becomes of a message that was pushed; the last three are ends. */
export type MessageState =
  /** It waits for the turn that is running. */
  | "queued"
  /** A turn of its own began, perhaps together with others that waited. */
  | "started"
  /** It was taken into the turn that is running. */
  | "folded"
  /** It was taken back, or the turn that it was in was cut off. */
  | "cancelled"
  /** The CLI did not take it. */
  | "refused"
  /** It is done with. */
  | "completed";

/** The states after which nothing more becomes of a message. */
export const MESSAGE_ENDS: ReadonlySet<MessageState> = new Set<MessageState>([
  "completed",
  "cancelled",
  "refused",
]);

/** What became of a message that was pushed. */
export type PushNews =
  | { readonly state: MessageState }
  /** The turn that answered it is over. */
  | { readonly result: Result }
  /** Nothing more will be heard of it. */
  | { readonly error: unknown };
