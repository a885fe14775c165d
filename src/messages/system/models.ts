/**
 * Messages `system` about calls of the API: retries, refusals, other models, thinking.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** How long the failed call waited for the API, and how long the next one will. */
export interface NoResponse {
  /** How long the failed call waited, in milliseconds. */
  readonly waitedMs: number;
  /** How long the next one will wait, in milliseconds. */
  readonly retryWaitMs: number;
}

/**
 * A call of the API failed and will be tried again. Comes before the wait.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-http-429-retry.ndjson.
 */
export interface ApiRetry extends EventBase<"api_retry"> {
  /** Which retry this will be, from 1. */
  readonly attempt: number;
  /** Maximum number of retries. */
  readonly maxRetries: number;
  /** The wait before it, in milliseconds. */
  readonly retryDelayMs: number;
  /** HTTP status of the failed call; `null` if there was no connection. */
  readonly errorStatus: number | null;
  /** `rate_limit`, `overloaded`, `server_error`, `authentication_failed`, `unknown`, … */
  readonly error: string;
  /** Set if the API did not answer at all. From the types of the official SDK 0.3.330; not seen. */
  readonly noResponse?: NoResponse;
}

/** Reads {@linkcode ApiRetry}. */
export const apiRetry: MessageKind<ApiRetry> = defineMessage<ApiRetry>(
  "api_retry",
  "system/api_retry",
  {
    attempt: wire("attempt", v.number()),
    maxRetries: wire("max_retries", v.number()),
    retryDelayMs: wire("retry_delay_ms", v.number()),
    errorStatus: wire("error_status", v.nullable(v.number())),
    error: wire("error", v.string()),
    noResponse: wireOptional(
      "no_response",
      shape<NoResponse>({
        waitedMs: wire("waited_ms", v.number()),
        retryWaitMs: wire("retry_wait_ms", v.number()),
      }),
    ),
  },
);

/**
 * The model failed, and the fallback model takes over for the rest of the turn. Not in the
 * official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-fallback-model.ndjson.
 */
export interface ModelFallback extends EventBase<"model_fallback"> {
  /** The model that failed. */
  readonly originalModel: string;
  /** The model that takes over. */
  readonly fallbackModel: string;
  /**
   * Why: `overloaded`, `server_error`, `model_not_found`, `permission_denied`,
   * `last_resort`, `model_blocked`.
   */
  readonly trigger?: string;
  /** A sentence about it, for people. */
  readonly content?: string;
}

/** Reads {@linkcode ModelFallback}. */
export const modelFallback: MessageKind<ModelFallback> = defineMessage<
  ModelFallback
>(
  "model_fallback",
  "system/model_fallback",
  {
    originalModel: wire("original_model", v.string()),
    fallbackModel: wire("fallback_model", v.string()),
    trigger: wireOptional("trigger", v.string()),
    content: wireOptional("content", v.string()),
  },
);

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
   * `session`: the session continues with the other model; `local`: this one answer only,
   * such as that of a subagent. Absent means `session`.
   */
  readonly scope?: string;
  /** Messages that were taken back, by `uuid`: remove what was shown of them. */
  readonly retractedMessageUuids?: readonly string[];
  /** The API's id of the refused request. */
  readonly requestId?: string | null;
  /** Kind of the refusal, such as `cyber`; `null` if the API named none. */
  readonly category?: string | null;
  /** The API's explanation, for people. */
  readonly explanation?: string | null;
  /** The prompt that was refused, to edit and send again; `null` if no person typed it. */
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
  /** Kind of the refusal, such as `cyber`; `null` if the API named none. */
  readonly category?: string | null;
  /** The API's explanation, for people. */
  readonly explanation?: string | null;
  /** The prompt that was refused, to edit and send again; `null` if no person typed it. */
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

/**
 * An estimate of how much the model has thought so far, also if the thoughts themselves
 * are not shown. Comes before each delta of thinking, with or without partial messages.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_02-thinking.ndjson.
 */
export interface ThinkingTokens extends EventBase<"thinking_tokens"> {
  /** Tokens of this block of thinking so far, estimated. */
  readonly estimatedTokens: number;
  /** How many of them are new since the last message. */
  readonly estimatedTokensDelta: number;
  /** The prompt that is being answered, by the `uuid` it was sent with. */
  readonly userMessageUuid?: string;
}

/** Reads {@linkcode ThinkingTokens}. */
export const thinkingTokens: MessageKind<ThinkingTokens> = defineMessage<
  ThinkingTokens
>(
  "thinking_tokens",
  "system/thinking_tokens",
  {
    estimatedTokens: wire("estimated_tokens", v.number()),
    estimatedTokensDelta: wire("estimated_tokens_delta", v.number()),
    userMessageUuid: wireOptional("user_message_uuid", v.string()),
  },
);
