import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * An estimate of how much was thought so far, also while the thoughts themselves are not
 * shown. Comes before each delta of thinking, with or without partial messages.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_02-thinking.ndjson.
 */
export interface ThinkingTokens extends EventBase<"thinking_tokens"> {
  /** Tokens of this block of thinking so far, about. */
  readonly estimatedTokens: number;
  /** What it grew by. */
  readonly estimatedTokensDelta: number;
  /** The prompt that is being answered, by the `uuid` it was sent with. */
  readonly userMessageUuid?: string;
}

/** Reads {@linkcode ThinkingTokens}. */
export const thinkingTokens: MessageKind<ThinkingTokens> = defineMessage<
  ThinkingTokens
>(
  "thinking_tokens",
  "system/thinking_tokens",
  {
    estimatedTokens: wire("estimated_tokens", v.number()),
    estimatedTokensDelta: wire("estimated_tokens_delta", v.number()),
    userMessageUuid: wireOptional("user_message_uuid", v.string()),
  },
);
