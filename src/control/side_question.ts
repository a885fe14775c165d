import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall, text } from "./call.ts";

/**
 * The answer to a question beside the conversation.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SideAnswer {
  /** The answer; `null` where there was none. */
  readonly response: string | null;
  /** The CLI wrote it, not the model. */
  readonly synthetic?: boolean;
}

const sideAnswer: Reads<SideAnswer> = shape<SideAnswer>({
  response: wire("response", v.nullable(v.string())),
  synthetic: wireOptional("synthetic", v.boolean()),
});

/** Asks the model about the conversation without adding to it. It costs a call of the API. */
export function sideQuestionCall(question: string): ControlCall<SideAnswer> {
  return call(
    "side_question",
    { question: text("question", question) },
    sideAnswer,
  );
}
