import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import { call, type ControlCall } from "./call.ts";

const answer: Reads<{ readonly text: string }> = shape<
  { readonly text: string }
>({ text: wire("text", v.string()) });

/**
 * Asks for the cost as a text for people, that of the command `/cost`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function sessionCostCall(): ControlCall<{ readonly text: string }> {
  return call("get_session_cost", {}, answer);
}
