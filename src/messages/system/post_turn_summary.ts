import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * What a turn came to, in a few words; written in the background after it.
 *
 * From the stream schemas of CLI 2.1.330; not seen, and not in the official SDK's types.
 */
export interface PostTurnSummary extends EventBase<"post_turn_summary"> {
  /** The last message of the turn, by its `uuid`. */
  readonly summarizesUuid: string;
  /** How it stands, in a word. */
  readonly statusCategory?: string;
  /** How it stands, in a sentence. */
  readonly statusDetail?: string;
  /** What is wanted of the user; empty where nothing is. */
  readonly needsAction?: string;
}

/** Reads {@linkcode PostTurnSummary}. */
export const postTurnSummary: MessageKind<PostTurnSummary> = defineMessage<
  PostTurnSummary
>(
  "post_turn_summary",
  "system/post_turn_summary",
  {
    summarizesUuid: wire("summarizes_uuid", v.string()),
    statusCategory: wireOptional("status_category", v.string()),
    statusDetail: wireOptional("status_detail", v.string()),
    needsAction: wireOptional("needs_action", v.string()),
  },
);
