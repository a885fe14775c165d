import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * How far a control request of ours has come, for those that call the API.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ControlRequestProgress
  extends EventBase<"control_request_progress"> {
  /** Id of our request. */
  readonly requestId: string;
  /** `started` or `api_retry`. */
  readonly status: string;
  /** Which retry this will be, from 1. With `api_retry`. */
  readonly attempt?: number;
  /** How many there will be at the most. */
  readonly maxRetries?: number;
  /** The wait before it, in milliseconds. */
  readonly retryDelayMs?: number;
  /** HTTP status of the failed call; `null` where there was no connection. */
  readonly errorStatus?: number | null;
}

/** Reads {@linkcode ControlRequestProgress}. */
export const controlRequestProgress: MessageKind<ControlRequestProgress> =
  defineMessage<ControlRequestProgress>(
    "control_request_progress",
    "system/control_request_progress",
    {
      requestId: wire("request_id", v.string()),
      status: wire("status", v.string()),
      attempt: wireOptional("attempt", v.number()),
      maxRetries: wireOptional("max_retries", v.number()),
      retryDelayMs: wireOptional("retry_delay_ms", v.number()),
      errorStatus: wireOptional("error_status", v.nullable(v.number())),
    },
  );
