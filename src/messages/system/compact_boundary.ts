import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** The messages that a compaction kept word for word. */
export interface PreservedMessages {
  /** The message that the first of them now follows. */
  readonly anchorUuid: string;
  /** The messages in their order, by `uuid`. */
  readonly uuids: readonly string[];
  /** The same with those that are no part of the conversation. */
  readonly allUuids?: readonly string[];
}

/**
 * The conversation was compacted: a summary took the place of what came before.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson.
 */
export interface CompactBoundary extends EventBase<"compact_boundary"> {
  /** `manual` (the command `/compact`) or `auto` (the context was full). */
  readonly trigger: string;
  /** Size of the context before, in tokens. */
  readonly preTokens?: number;
  /** Size of the context after, in tokens. */
  readonly postTokens?: number;
  /** What all compactions of the conversation took away, in tokens. */
  readonly cumulativeDroppedTokens?: number;
  /** Time it took, in milliseconds. */
  readonly durationMs?: number;
  /** The messages that were kept word for word. Absent where all were summarized. */
  readonly preserved?: PreservedMessages;
  /** The last message before it in the transcript. */
  readonly logicalParentUuid?: string;
}

/** Reads {@linkcode CompactBoundary}. */
export const compactBoundary: MessageKind<CompactBoundary> = defineMessage<
  CompactBoundary
>(
  "compact_boundary",
  "system/compact_boundary",
  {
    trigger: wire("compact_metadata.trigger", v.string()),
    preTokens: wireOptional("compact_metadata.pre_tokens", v.number()),
    postTokens: wireOptional("compact_metadata.post_tokens", v.number()),
    cumulativeDroppedTokens: wireOptional(
      "compact_metadata.cumulative_dropped_tokens",
      v.number(),
    ),
    durationMs: wireOptional("compact_metadata.duration_ms", v.number()),
    preserved: wireOptional(
      "compact_metadata.preserved_messages",
      shape<PreservedMessages>({
        anchorUuid: wire("anchor_uuid", v.string()),
        uuids: wire("uuids", v.array(v.string())),
        allUuids: wireOptional("all_uuids", v.array(v.string())),
      }),
    ),
    logicalParentUuid: wireOptional("logical_parent_uuid", v.string()),
  },
);
