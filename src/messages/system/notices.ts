/**
 * Messages `system` that are meant to be shown: notes, output of commands, summaries, plugins.
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

/** What became of a prompt that did not reach the model. */
export interface PromptSubmitOutcome {
  /** Why, such as `blocked_by_hook`. */
  readonly kind?: string;
  /** Whether the prompt stays in the conversation. */
  readonly promptKept?: boolean;
  /** The reason from the hook. */
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
  /** What it is about, as the CLI names it, such as `hook_callback_failed`. */
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

/**
 * A note for the person at the session, such as that a hook failed. It is not called
 * `Notification`, because that is a global of the web.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_05-hook-prompt-stop.ndjson.
 */
export interface CliNotification extends EventBase<"notification"> {
  /** What it is about; a newer one with the same key replaces it. */
  readonly key: string;
  /** The note. */
  readonly text: string;
  /** `low`, `medium`, `high` or `immediate`. */
  readonly priority?: string;
  /** The color that the CLI itself would show it in. */
  readonly color?: string;
  /** How long the CLI itself would show it, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Reads {@linkcode CliNotification}. */
export const notification: MessageKind<CliNotification> = defineMessage<
  CliNotification
>(
  "notification",
  "system/notification",
  {
    key: wire("key", v.string()),
    text: wire("text", v.string()),
    priority: wireOptional("priority", v.string()),
    color: wireOptional("color", v.string()),
    timeoutMs: wireOptional("timeout_ms", v.number()),
  },
);

/**
 * Output of a slash command that needs no model. CLI 2.1.330 puts it into an `assistant`
 * line with the model `<synthetic>` in the cases that were tried.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface LocalCommandOutput extends EventBase<"local_command_output"> {
  /** The output. */
  readonly content: string;
}

/** Reads {@linkcode LocalCommandOutput}. */
export const localCommandOutput: MessageKind<LocalCommandOutput> =
  defineMessage<LocalCommandOutput>(
    "local_command_output",
    "system/local_command_output",
    {
      content: wire("content", v.string()),
    },
  );

/**
 * A short summary of a turn, written in the background after its end.
 *
 * From the stream schemas of CLI 2.1.330; not seen, and not in the official SDK's types.
 */
export interface PostTurnSummary extends EventBase<"post_turn_summary"> {
  /** The last message of the turn, by its `uuid`. */
  readonly summarizesUuid: string;
  /** The state of the work, in a word. */
  readonly statusCategory?: string;
  /** The state of the work, in a sentence. */
  readonly statusDetail?: string;
  /** What the user has to do; empty if that is nothing. */
  readonly needsAction?: string;
}

/** Reads {@linkcode PostTurnSummary}. */
export const postTurnSummary: MessageKind<PostTurnSummary> = defineMessage<
  PostTurnSummary
>(
  "post_turn_summary",
  "system/post_turn_summary",
  {
    summarizesUuid: wire("summarizes_uuid", v.string()),
    statusCategory: wireOptional("status_category", v.string()),
    statusDetail: wireOptional("status_detail", v.string()),
    needsAction: wireOptional("needs_action", v.string()),
  },
);

/**
 * Plugins are being installed, before `system_init`. Needs `CLAUDE_CODE_SYNC_PLUGIN_INSTALL=1`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-plugin-install.ndjson.
 */
export interface PluginInstall extends EventBase<"plugin_install"> {
  /** `started`, `installed`, `failed` or `completed`. */
  readonly status: string;
  /** The plugin or marketplace. Absent if it is about all of them. */
  readonly name?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** Reads {@linkcode PluginInstall}. */
export const pluginInstall: MessageKind<PluginInstall> = defineMessage<
  PluginInstall
>(
  "plugin_install",
  "system/plugin_install",
  {
    status: wire("status", v.string()),
    name: wireOptional("name", v.string()),
    error: wireOptional("error", v.string()),
  },
);

/**
 * The CLI asks a terminal to draw something again; there is nothing to do. Comes before
 * `system_init`, with `--bare` only. Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-bare-startup.ndjson.
 */
export interface UiInvalidate extends EventBase<"ui_invalidate"> {
  /** What: `ui.render`. */
  readonly event: string;
}

/** Reads {@linkcode UiInvalidate}. */
export const uiInvalidate: MessageKind<UiInvalidate> = defineMessage<
  UiInvalidate
>(
  "ui_invalidate",
  "system/ui_invalidate",
  {
    event: wire("event", v.string()),
  },
);
