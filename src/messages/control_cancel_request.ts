import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "./_define.ts";

/**
 * The CLI no longer waits for the answer to a request of its own, such as a permission
 * request: the turn was interrupted, or something else decided first.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-no-answer-interrupt.ndjson.
 */
export interface RequestCancelled extends EventBase<"request_cancelled"> {
  /** The request; that of a {@linkcode PermissionRequest} is the same. */
  readonly requestId: string;
}

/** Reads {@linkcode RequestCancelled}. */
export const requestCancelled: MessageKind<RequestCancelled> = defineMessage<
  RequestCancelled
>(
  "request_cancelled",
  "control_cancel_request",
  {
    requestId: wire("request_id", v.string()),
  },
);
