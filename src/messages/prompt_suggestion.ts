import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "./_define.ts";

/**
 * What the user may want to say next. Comes after the result. Needs prompt suggestions.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-prompt-suggestion.ndjson.
 */
export interface PromptSuggestion extends EventBase<"prompt_suggestion"> {
  /** The suggested prompt. */
  readonly suggestion: string;
}

/** Reads {@linkcode PromptSuggestion}. */
export const promptSuggestion: MessageKind<PromptSuggestion> = defineMessage<
  PromptSuggestion
>(
  "prompt_suggestion",
  "prompt_suggestion",
  {
    suggestion: wire("suggestion", v.string()),
  },
);
