import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The model refused, and another one answers instead.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface ModelRefusalFallback
  extends EventBase<"model_refusal_fallback"> {
  /** The model that refused. */
  readonly originalModel: string;
  /** The model that answers. */
  readonly fallbackModel: string;
  /** `refusal`. */
  readonly trigger?: string;
  /** `retry`. */
  readonly direction?: string;
  /**
   * `session`: the session goes on with the other model; `local`: this one answer only,
   * such as that of a subagent. Absent means `session`.
   */
  readonly scope?: string;
  /** Messages that were taken back, by `uuid`: what was shown of them should go. */
  readonly retractedMessageUuids?: readonly string[];
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

/** Reads {@linkcode ModelRefusalFallback}. */
export const modelRefusalFallback: MessageKind<ModelRefusalFallback> =
  defineMessage<ModelRefusalFallback>(
    "model_refusal_fallback",
    "system/model_refusal_fallback",
    {
      originalModel: wire("original_model", v.string()),
      fallbackModel: wire("fallback_model", v.string()),
      trigger: wireOptional("trigger", v.string()),
      direction: wireOptional("direction", v.string()),
      scope: wireOptional("scope", v.string()),
      retractedMessageUuids: wireOptional(
        "retracted_message_uuids",
        v.array(v.string()),
      ),
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
