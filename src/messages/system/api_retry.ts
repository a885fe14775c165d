import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** How long the API was waited for in vain. */
export interface NoResponse {
  /** How long the failed call waited, in milliseconds. */
  readonly waitedMs: number;
  /** How long the next one will wait, in milliseconds. */
  readonly retryWaitMs: number;
}

/**
 * A call of the API failed and will be tried again; this comes before the wait.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-http-429-retry.ndjson.
 */
export interface ApiRetry extends EventBase<"api_retry"> {
  /** Which retry this will be, from 1. */
  readonly attempt: number;
  /** How many there will be at the most. */
  readonly maxRetries: number;
  /** The wait before it, in milliseconds. */
  readonly retryDelayMs: number;
  /** HTTP status of the failed call; `null` where there was no connection. */
  readonly errorStatus: number | null;
  /** `rate_limit`, `overloaded`, `server_error`, `authentication_failed`, `unknown`, … */
  readonly error: string;
  /** Set where the API did not answer at all. From the types of the official SDK 0.3.330; not seen. */
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
