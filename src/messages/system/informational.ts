import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** What became of a prompt that did not reach the model. */
export interface PromptSubmitOutcome {
  /** Why, such as `blocked_by_hook`. */
  readonly kind?: string;
  /** Whether the prompt stays in the conversation. */
  readonly promptKept?: boolean;
  /** The reason that the hook gave. */
  readonly reason?: string;
}

/**
 * A line of text from the CLI itself, not from the model: the reason of a hook that
 * stopped a prompt, a notice, a warning.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_05-hook-prompt-stop.ndjson.
 */
export interface Informational extends EventBase<"informational"> {
  /** The text. */
  readonly content: string;
  /** `info`, `notice`, `suggestion` or `warning`. */
  readonly level?: string;
  /** The turn ends here. */
  readonly preventContinuation?: boolean;
  /** The call that it is about. */
  readonly toolUseId?: string;
  /** What it is about, in a word of the CLI, such as `hook_callback_failed`. */
  readonly tag?: string;
  /** What became of a prompt that did not reach the model. */
  readonly promptSubmitOutcome?: PromptSubmitOutcome;
  /** Meant for the model rather than for people. */
  readonly isMeta?: boolean;
  /** When it was written, in ISO 8601. */
  readonly timestamp?: string;
}

/** Reads {@linkcode Informational}. */
export const informational: MessageKind<Informational> = defineMessage<
  Informational
>(
  "informational",
  "system/informational",
  {
    content: wire("content", v.string()),
    level: wireOptional("level", v.string()),
    preventContinuation: wireOptional("prevent_continuation", v.boolean()),
    toolUseId: wireOptional("tool_use_id", v.string()),
    tag: wireOptional("tag", v.string()),
    promptSubmitOutcome: wireOptional(
      "prompt_submit_outcome",
      shape<PromptSubmitOutcome>({
        kind: wireOptional("kind", v.string()),
        promptKept: wireOptional("prompt_kept", v.boolean()),
        reason: wireOptional("reason", v.string()),
      }),
    ),
    isMeta: wireOptional("isMeta", v.boolean()),
    timestamp: wireOptional("timestamp", v.string()),
  },
);
