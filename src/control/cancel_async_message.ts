import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import { call, type ControlCall, text } from "./call.ts";

const answer: Reads<{ readonly cancelled: boolean }> = shape<
  { readonly cancelled: boolean }
>({ cancelled: wire("cancelled", v.boolean()) });

/**
 * Takes a prompt back that waits. `cancelled` is `false` where it waits no more.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function cancelMessageCall(
  uuid: string,
): ControlCall<{ readonly cancelled: boolean }> {
  return call(
    "cancel_async_message",
    { message_uuid: text("uuid", uuid) },
    answer,
  );
}
