import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The model refused, and no other one answers. CLI 2.1.197 does not send it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-refusal.ndjson.
 */
export interface ModelRefusal extends EventBase<"model_refusal_no_fallback"> {
  /** The model that refused. */
  readonly originalModel: string;
  /** The API's id of the refused request. */
  readonly requestId?: string | null;
  /** Kind of the refusal, such as `cyber`; `null` where the API named none. */
  readonly category?: string | null;
  /** The API's explanation, for people. */
  readonly explanation?: string | null;
  /** The prompt that was refused, to edit and send again; `null` where nobody typed it. */
  readonly refusedUserMessageUuid?: string | null;
  /** A sentence about it, for people; may be empty. */
  readonly content?: string;
}

/** Reads {@linkcode ModelRefusal}. */
export const modelRefusal: MessageKind<ModelRefusal> = defineMessage<
  ModelRefusal
>(
  "model_refusal_no_fallback",
  "system/model_refusal_no_fallback",
  {
    originalModel: wire("original_model", v.string()),
    requestId: wireOptional("request_id", v.nullable(v.string())),
    category: wireOptional("api_refusal_category", v.nullable(v.string())),
    explanation: wireOptional(
      "api_refusal_explanation",
      v.nullable(v.string()),
    ),
    refusedUserMessageUuid: wireOptional(
      "refused_user_message_uuid",
      v.nullable(v.string()),
    ),
    content: wireOptional("content", v.string()),
  },
);
