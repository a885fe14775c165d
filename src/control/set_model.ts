import * as v from "valibot";
import { type Reads, shape, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall, text } from "./call.ts";

/** What became of a change of the model. */
export interface ModelChange {
  /** The full name of the model from now on. Not sent by CLI 2.1.197. */
  readonly model?: string;
}

const modelChange: Reads<ModelChange> = shape<ModelChange>({
  model: wireOptional("model", v.string()),
});

/**
 * Changes the model, from the next call of the API on. The CLI takes any name; a wrong
 * one fails with the next turn.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function setModelCall(model?: string): ControlCall<ModelChange> {
  return call(
    "set_model",
    { model: model === undefined ? null : text("model", model) },
    modelChange,
  );
}
