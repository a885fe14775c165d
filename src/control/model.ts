/**
 * Control requests about the model: which one, and how it thinks.
 *
 * @module
 */

import * as v from "valibot";
import { shape, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  object,
  order,
  positive,
  text,
  word,
} from "./call.ts";
import type { Effort, ThinkingMode } from "../options/session_options.ts";

/** The outcome of a change of the model. */
export interface ModelChange {
  /** The full name of the model from now on. Not sent by CLI 2.1.197. */
  readonly model?: string;
}

const modelChange = shape<ModelChange>({
  model: wireOptional("model", v.string()),
});

/**
 * Changes the model, from the next call of the API on. The CLI takes any name; a wrong
 * one makes the next turn fail.
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

/**
 * Changes how much the model thinks. It has no separate request; the CLI
 * accepts an unknown level silently and changes nothing.
 */
export function setEffortCall(effort?: Effort): ControlCall<void> {
  return order("apply_flag_settings", {
    settings: {
      effortLevel: effort === undefined
        ? null
        : word("effort", effort, ["low", "medium", "high", "xhigh", "max"]),
    },
  });
}

/**
 * The CLI's own budget. For a model that itself decides how much to think, it only enables
 * thinking.
 */
const USUAL_BUDGET = 31_999;

/**
 * Changes how the model thinks, from the next call of the API on.
 *
 * `null` restores what the session was started with, even if that was no thinking, so
 * only a number turns thinking on again.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson; the effect on
 * requests of the API in tests/live/control_test.ts.
 */
export function setThinkingCall(thinking?: ThinkingMode): ControlCall<void> {
  return order("set_max_thinking_tokens", payloadOf(thinking));
}

function payloadOf(thinking: ThinkingMode | undefined) {
  if (thinking === undefined) {
    return { max_thinking_tokens: null, thinking_display: null };
  }
  if (typeof thinking === "string") {
    const off = word("thinking", thinking, ["adaptive", "off"]) === "off";
    return { max_thinking_tokens: off ? 0 : USUAL_BUDGET };
  }
  const { budgetTokens, display } = object("thinking", thinking);
  return {
    max_thinking_tokens: budgetTokens === undefined
      ? USUAL_BUDGET
      : positive("thinking.budgetTokens", budgetTokens),
    ...display === undefined ? {} : {
      thinking_display: word("thinking.display", display, [
        "summarized",
        "omitted",
      ]),
    },
  };
}
