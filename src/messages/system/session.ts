/**
 * Messages `system` about the session itself: its state, its name, its commands, its transcript.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * What the CLI is busy with, or a change of the permission mode. `requesting` (it waits
 * for the API) comes with partial messages only.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson,
 * 2.1.330_01-text-partial.ndjson.
 */
export interface Status extends EventBase<"status"> {
  /** `requesting`, `compacting`, or `null` for neither. */
  readonly status: string | null;
  /** The permission mode from now on. */
  readonly permissionMode?: string;
  /** How a compaction ended: `success` or `failed`. */
  readonly compactResult?: string;
  /** Why it failed, such as `too_few_groups`. */
  readonly compactError?: string;
  /** Length of the summary, in characters. */
  readonly compactOutputChars?: number;
}

/** Reads {@linkcode Status}. */
export const status: MessageKind<Status> = defineMessage<Status>(
  "status",
  "system/status",
  {
    status: wire("status", v.nullable(v.string())),
    permissionMode: wireOptional("permissionMode", v.string()),
    compactResult: wireOptional("compact_result", v.string()),
    compactError: wireOptional("compact_error", v.string()),
    compactOutputChars: wireOptional("compact_output_chars", v.number()),
  },
);

/**
 * Whether the session works or waits. Needs `CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS=1`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-session-state-events.ndjson.
 */
export interface SessionStateChanged
  extends EventBase<"session_state_changed"> {
  /** `running`, `requires_action` (before a permission request) or `idle` (after the result). */
  readonly state: string;
}

/** Reads {@linkcode SessionStateChanged}. */
export const sessionStateChanged: MessageKind<SessionStateChanged> =
  defineMessage<SessionStateChanged>(
    "session_state_changed",
    "system/session_state_changed",
    {
      state: wire("state", v.string()),
    },
  );

/**
 * The session got a name, or another name. The same name can come more than once. Not in
 * the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SessionTitleChanged
  extends EventBase<"session_title_changed"> {
  /** The name. */
  readonly title: string;
}

/** Reads {@linkcode SessionTitleChanged}. */
export const sessionTitleChanged: MessageKind<SessionTitleChanged> =
  defineMessage<SessionTitleChanged>(
    "session_title_changed",
    "system/session_title_changed",
    {
      title: wire("title", v.string()),
    },
  );

/** A slash command or skill. */
export interface SlashCommand {
  /** Its name, without the slash. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** What it takes, such as `<file>`; empty if it takes nothing. */
  readonly argumentHint?: string;
  /** Other names for it. */
  readonly aliases?: readonly string[];
  /** It comes with the CLI. */
  readonly builtin?: boolean;
}

/**
 * All slash commands. Each list replaces the one before. Comes when a skill has appeared.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_22-commands-changed.ndjson.
 */
export interface CommandsChanged extends EventBase<"commands_changed"> {
  /** The commands that there are now. */
  readonly commands: readonly SlashCommand[];
}

/** Reads {@linkcode CommandsChanged}. */
export const commandsChanged: MessageKind<CommandsChanged> = defineMessage<
  CommandsChanged
>(
  "commands_changed",
  "system/commands_changed",
  {
    commands: wire(
      "commands",
      v.array(shape<SlashCommand>({
        name: wire("name", v.string()),
        description: wireOptional("description", v.string()),
        argumentHint: wireOptional("argumentHint", v.string()),
        aliases: wireOptional("aliases", v.array(v.string())),
        builtin: wireOptional("builtin", v.boolean()),
      })),
    ),
  },
);

/** The messages that a compaction kept word for word. */
export interface PreservedMessages {
  /** The message that the first of them now follows. */
  readonly anchorUuid: string;
  /** The messages in their order, by `uuid`. */
  readonly uuids: readonly string[];
  /** The same, with messages that are not part of the conversation. */
  readonly allUuids?: readonly string[];
}

/**
 * The conversation was compacted: a summary replaces what came before.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson.
 */
export interface CompactBoundary extends EventBase<"compact_boundary"> {
  /** `manual` (the command `/compact`) or `auto` (the context was full). */
  readonly trigger: string;
  /** Size of the context before, in tokens. */
  readonly preTokens?: number;
  /** Size of the context after, in tokens. */
  readonly postTokens?: number;
  /** What all compactions of the conversation removed, in tokens. */
  readonly cumulativeDroppedTokens?: number;
  /** How long it took, in milliseconds. */
  readonly durationMs?: number;
  /** The messages that were kept word for word. Absent if all were summarized. */
  readonly preserved?: PreservedMessages;
  /** The last message before it in the transcript. */
  readonly logicalParentUuid?: string;
}

/** Reads {@linkcode CompactBoundary}. */
export const compactBoundary: MessageKind<CompactBoundary> = defineMessage<
  CompactBoundary
>(
  "compact_boundary",
  "system/compact_boundary",
  {
    trigger: wire("compact_metadata.trigger", v.string()),
    preTokens: wireOptional("compact_metadata.pre_tokens", v.number()),
    postTokens: wireOptional("compact_metadata.post_tokens", v.number()),
    cumulativeDroppedTokens: wireOptional(
      "compact_metadata.cumulative_dropped_tokens",
      v.number(),
    ),
    durationMs: wireOptional("compact_metadata.duration_ms", v.number()),
    preserved: wireOptional(
      "compact_metadata.preserved_messages",
      shape<PreservedMessages>({
        anchorUuid: wire("anchor_uuid", v.string()),
        uuids: wire("uuids", v.array(v.string())),
        allUuids: wireOptional("all_uuids", v.array(v.string())),
      }),
    ),
    logicalParentUuid: wireOptional("logical_parent_uuid", v.string()),
  },
);

/**
 * The CLI stopped the turn by itself, so that a prompt sent right after it is answered at
 * once. The result of the stopped turn follows.
 *
 * From the stream schemas of CLI 2.1.330; not seen, and not in the official SDK's types.
 */
export interface TurnPreempted extends EventBase<"turn_preempted"> {
  /** Why, such as `rapid_followup`. */
  readonly reason: string;
  /** The prompt that is answered instead, by the `uuid` it was sent with. */
  readonly preemptedByUuid?: string;
  /** The prompts of the stopped turn. */
  readonly preemptedMessageUuids?: readonly string[];
}

/** Reads {@linkcode TurnPreempted}. */
export const turnPreempted: MessageKind<TurnPreempted> = defineMessage<
  TurnPreempted
>(
  "turn_preempted",
  "system/turn_preempted",
  {
    reason: wire("reason", v.string()),
    preemptedByUuid: wireOptional("preempted_by_uuid", v.string()),
    preemptedMessageUuids: wireOptional(
      "preempted_message_uuids",
      v.array(v.string()),
    ),
  },
);

/**
 * The disk was full, and something was not saved. Comes at most once, at the end of the
 * process.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface SessionWritesLost extends EventBase<"session_writes_lost"> {
  /** `ENOSPC` (the disk was full) or `EDQUOT` (the quota was used up). */
  readonly errorCode: string;
  /** What was not saved: `transcript`, `global_config`. */
  readonly lost: readonly string[];
  /** The sessions whose transcripts miss lines. */
  readonly transcriptSessionIds?: readonly string[];
}

/** Reads {@linkcode SessionWritesLost}. */
export const sessionWritesLost: MessageKind<SessionWritesLost> = defineMessage<
  SessionWritesLost
>(
  "session_writes_lost",
  "system/session_writes_lost",
  {
    errorCode: wire("error_code", v.string()),
    lost: wire("lost", v.array(v.string())),
    transcriptSessionIds: wireOptional(
      "transcript_session_ids",
      v.array(v.string()),
    ),
  },
);

/**
 * A remote worker is about to end. Means something only if nothing follows it.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface WorkerShuttingDown extends EventBase<"worker_shutting_down"> {
  /** Why, in a word: `host_exit`, `remote_control_disabled`, … */
  readonly reason: string;
}

/** Reads {@linkcode WorkerShuttingDown}. */
export const workerShuttingDown: MessageKind<WorkerShuttingDown> =
  defineMessage<WorkerShuttingDown>(
    "worker_shutting_down",
    "system/worker_shutting_down",
    {
      reason: wire("reason", v.string()),
    },
  );
