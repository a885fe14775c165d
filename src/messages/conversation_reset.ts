import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "./_define.ts";

/**
 * A new conversation took the place of the old one, as by `/clear`; the process lives on.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson.
 */
export interface ConversationReset extends EventBase<"conversation_reset"> {
  /** Id of the session from here on, a UUID. */
  readonly newConversationId: string;
  /** `clear`, `plan_mode_exit`, `fresh_session` or `onboarding`. */
  readonly trigger?: string;
  /** The prompt that held `/clear`, by the `uuid` it was sent with. */
  readonly userMessageUuid?: string;
  /** When, in ISO 8601. */
  readonly timestamp?: string;
}

/** Reads {@linkcode ConversationReset}. */
export const conversationReset: MessageKind<ConversationReset> = defineMessage<
  ConversationReset
>(
  "conversation_reset",
  "conversation_reset",
  {
    newConversationId: wire("new_conversation_id", v.string()),
    trigger: wireOptional("trigger", v.string()),
    userMessageUuid: wireOptional("user_message_uuid", v.string()),
    timestamp: wireOptional("timestamp", v.string()),
  },
);
