/**
 * States of messages that were pushed to the conversation.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";

/** State of a pushed message; the last three are final. */
export type MessageState =
  /** It waits for the turn that is running. */
  | "queued"
  /** A separate turn began for it, perhaps together with others that waited. */
  | "started"
  /** It was taken into the turn that is running. */
  | "folded"
  /** It was withdrawn, or its turn was aborted. */
  | "cancelled"
  /** The CLI did not take it. */
  | "refused"
  /** It was processed. */
  | "completed";

/** The states after which nothing more becomes of a message. */
export const MESSAGE_ENDS: ReadonlySet<MessageState> = new Set<MessageState>([
  "completed",
  "cancelled",
  "refused",
]);

/** News about a pushed message. */
export type PushNews =
  | { readonly state: MessageState }
  /** The turn that answered it is over. */
  | { readonly result: Result }
  /** No further news about it will follow. */
  | { readonly error: unknown };
