/**
 * Messages about the course of the conversation: prompts, goals, compaction, resets.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  isWireObject,
  type MessageKind,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "./_define.ts";

/**
 * What became of a prompt or slash command that was sent with a `uuid`: `queued`, then
 * `started`, then one of the others. Not sent by CLI 2.1.197, and not in the official
 * SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_01-queued-turns.ndjson.
 */
export interface CommandLifecycle extends EventBase<"command_lifecycle"> {
  /** The prompt, by the `uuid` it was sent with. */
  readonly commandUuid: string;
  /** `queued`, `started`, `completed`, `cancelled`, `discarded` or `refused`. */
  readonly state: string;
  /** Which timer started it: `loop_wakeup`, `schedule_wakeup`. Absent for a prompt of a caller. */
  readonly wakeupSource?: string;
  /** When that timer was set for, in **milliseconds** since 1970, as on the wire. */
  readonly scheduledFor?: number;
}

/** Reads {@linkcode CommandLifecycle}. */
export const commandLifecycle: MessageKind<CommandLifecycle> = defineMessage<
  CommandLifecycle
>(
  "command_lifecycle",
  "command_lifecycle",
  {
    commandUuid: wire("command_uuid", v.string()),
    state: wire("state", v.string()),
    wakeupSource: wireOptional("wakeup_source", v.string()),
    scheduledFor: wireOptional("scheduled_for", v.number()),
  },
);

/**
 * The CLI no longer waits for the answer to a request of its own, such as a permission
 * request: the turn was interrupted, or something else decided first.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-no-answer-interrupt.ndjson.
 */
export interface RequestCancelled extends EventBase<"request_cancelled"> {
  /** Id of the request: the `requestId` of its {@linkcode PermissionRequest}. */
  readonly requestId: string;
}

/** Reads {@linkcode RequestCancelled}. */
export const requestCancelled: MessageKind<RequestCancelled> = defineMessage<
  RequestCancelled
>(
  "request_cancelled",
  "control_cancel_request",
  {
    requestId: wire("request_id", v.string()),
  },
);

/**
 * A new conversation replaced the old one, such as after `/clear`; the process stays.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson.
 */
export interface ConversationReset extends EventBase<"conversation_reset"> {
  /** Id of the session from now on, a UUID. */
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

/** A goal that was set with `/goal`. */
export interface Goal {
  /** The condition to meet. */
  readonly condition: string;
  /** How often it was checked. */
  readonly iterations?: number;
  /** When it was set, in milliseconds since 1970. */
  readonly setAt?: number;
  /** Tokens that the session had used by then. */
  readonly tokensAtStart?: number;
  /** Why it was not met at the last check. */
  readonly lastReason?: string;
}

/**
 * The goal that was set with `/goal`, and its state.
 *
 * Written only if the variable `CLAUDE_CODE_REMOTE` is `1`: seen with CLI 2.1.332 in
 * 2.1.332_p-goal-remote-cli332.ndjson, and none without it in 2.1.330_30-goal.ndjson.
 */
export interface ActiveGoal extends EventBase<"active_goal"> {
  /** The goal; `null` if there is no goal now. */
  readonly goal: Goal | null;
}

/** Reads {@linkcode ActiveGoal}. */
export const activeGoal: MessageKind<ActiveGoal> = defineMessage<ActiveGoal>(
  "active_goal",
  "active_goal",
  {
    goal: wire(
      "value",
      v.nullable(shape<Goal>({
        condition: wire("condition", v.string()),
        iterations: wireOptional("iterations", v.number()),
        setAt: wireOptional("set_at", v.number()),
        tokensAtStart: wireOptional("tokens_at_start", v.number()),
        lastReason: wireOptional("last_reason", v.string()),
      })),
    ),
  },
);

/** When the CLI compacts the conversation automatically. */
export interface Autocompact {
  /** Whether it does so at all. */
  readonly enabled: boolean;
  /** Tokens of the context window that can be used. */
  readonly effectiveWindow: number;
  /** How many tokens make it compact. */
  readonly threshold: number;
  /** The conversation cannot grow beyond the threshold. */
  readonly enforced: boolean;
  /** Where the threshold comes from, such as `model-default`. */
  readonly source: string;
}

/**
 * When the CLI compacts the conversation by itself. Written at the start and after each
 * change, if the variable `CLAUDE_CODE_REMOTE` is `1`.
 *
 * Seen with CLI 2.1.332 in 2.1.332_p-goal-remote-cli332.ndjson; the official SDK 0.3.332 has
 * no type for it.
 */
export interface AutocompactState extends EventBase<"autocompact_state"> {
  /** The state now, or `null` if there is none. */
  readonly autocompact: Autocompact | null;
}

/** Reads {@linkcode AutocompactState}. */
export const autocompactState: MessageKind<AutocompactState> = defineMessage<
  AutocompactState
>(
  "autocompact_state",
  "autocompact_state",
  {
    autocompact: wire(
      "value",
      v.nullable(shape<Autocompact>({
        enabled: wire("enabled", v.boolean()),
        effectiveWindow: wire("effective_window", v.number()),
        threshold: wire("threshold", v.number()),
        enforced: wire("enforced", v.boolean()),
        source: wire("source", v.string()),
      })),
    ),
  },
);

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

/**
 * Lines that were written to the transcript on disk, for a copy elsewhere. Needs
 * `--session-mirror`; may come after the last result. Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-transcript-mirror.ndjson.
 */
export interface TranscriptMirror extends EventBase<"transcript_mirror"> {
  /** The file they were written to. */
  readonly filePath: string;
  /** The lines as they are in the file, unchanged. */
  readonly entries: readonly WireObject[];
}

/** Reads {@linkcode TranscriptMirror}. */
export const transcriptMirror: MessageKind<TranscriptMirror> = defineMessage<
  TranscriptMirror
>(
  "transcript_mirror",
  "transcript_mirror",
  {
    filePath: wire("filePath", v.string()),
    entries: wire("entries", v.array(v.custom<WireObject>(isWireObject))),
  },
);
