import * as v from "valibot";
import {
  type ContentBase,
  contentFields,
  defineMessage,
  isWireObject,
  type MessageKind,
  wire,
  type WireObject,
  wireOptional,
} from "./_define.ts";

/**
 * A step of a reply while it is written; needs partial messages.
 *
 * The blocks of a reply come as deltas first and as whole events
 * (`assistant_text`, …, with `streamed: true`) after that: print one or the other.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_01-text-partial.ndjson.
 */
export interface StreamDelta extends ContentBase<"stream_delta"> {
  /** The API's event: `message_start`, `content_block_delta`, `message_stop`, … */
  readonly eventType: string;
  /** Kind of the delta: `text_delta`, `thinking_delta`, `input_json_delta`, … Only with `content_block_delta`. */
  readonly deltaType?: string;
  /** The piece of text of a `text_delta`. */
  readonly text?: string;
  /** The piece of thinking of a `thinking_delta`. */
  readonly thinking?: string;
  /** The piece of JSON of an `input_json_delta`, the input of a tool. */
  readonly partialJson?: string;
  /** Which block of the reply, from 0. Absent on `message_…` events. */
  readonly index?: number;
  /**
   * On a `message_stop`: the reply broke off, and the blocks from this index on are void:
   * remove what was shown of them.
   */
  readonly abandonedFrom?: number;
  /** Time to the first token, in milliseconds. On `message_start`. */
  readonly ttftMs?: number;
  /** The API's event as it came, unchanged. */
  readonly event: WireObject;
}

/** A field of {@linkcode StreamDelta} that holds a piece, and its name in the wire's `delta`. */
export type PieceNames =
  | readonly ["text", "text"]
  | readonly ["thinking", "thinking"]
  | readonly ["partialJson", "partial_json"];

const TEXT: PieceNames = ["text", "text"];
const THINKING: PieceNames = ["thinking", "thinking"];
const PARTIAL_JSON: PieceNames = ["partialJson", "partial_json"];

/** Returns the field names of the piece in a delta of this kind; `undefined` if it has none. */
export function pieceNames(
  deltaType: string | undefined,
): PieceNames | undefined {
  switch (deltaType) {
    case "text_delta":
      return TEXT;
    case "thinking_delta":
      return THINKING;
    case "input_json_delta":
      return PARTIAL_JSON;
  }
}

/** Reads {@linkcode StreamDelta}. */
export const streamEvent: MessageKind<StreamDelta> = defineMessage<StreamDelta>(
  "stream_delta",
  "stream_event",
  {
    ...contentFields,
    messageId: wireOptional("api_message_id", v.string()),
    eventType: wire("event.type", v.string()),
    deltaType: wireOptional("event.delta.type", v.string()),
    text: wireOptional("event.delta.text", v.string()),
    thinking: wireOptional("event.delta.thinking", v.string()),
    partialJson: wireOptional("event.delta.partial_json", v.string()),
    index: wireOptional("event.index", v.number()),
    abandonedFrom: wireOptional(
      "abandoned_blocks.from_block_index",
      v.number(),
    ),
    ttftMs: wireOptional("ttft_ms", v.number()),
    event: wire("event", v.custom<WireObject>(isWireObject)),
  },
);
