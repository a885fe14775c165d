import type { ThinkingMode } from "../options/session_options.ts";
import { type ControlCall, object, order, positive, word } from "./call.ts";

/** The CLI's own budget, which to a model that judges by itself only says: think. */
const USUAL_BUDGET = 31_999;

/**
 * Changes how the model thinks, from the next call of the API on.
 *
 * `null` gives what the session was started with, also where that was no thinking, so
 * that only a number turns it on again.
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
