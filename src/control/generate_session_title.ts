import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import { call, type ControlCall, text, yesOrNo } from "./call.ts";

const answer: Reads<{ readonly title: string | null }> = shape<
  { readonly title: string | null }
>({ title: wire("title", v.nullable(v.string())) });

/**
 * Has a title made of a description, and with `persist` gives it to the session. It
 * costs a call of the API. `null` where the CLI makes none.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function generateTitleCall(
  description: string,
  persist: boolean,
): ControlCall<{ readonly title: string | null }> {
  return call("generate_session_title", {
    description: text("description", description),
    persist: yesOrNo("persist", persist),
  }, answer);
}
