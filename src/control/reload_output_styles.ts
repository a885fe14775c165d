import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import { call, type ControlCall } from "./call.ts";

const answer: Reads<{ readonly outputStyles: readonly string[] }> = shape<
  { readonly outputStyles: readonly string[] }
>({ outputStyles: wire("available_output_styles", v.array(v.string())) });

/**
 * Reads output styles again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function reloadOutputStylesCall(): ControlCall<
  { readonly outputStyles: readonly string[] }
> {
  return call("reload_output_styles", {}, answer);
}
