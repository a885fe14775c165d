/**
 * Inputs of the hooks around a session, its prompts, its turns and its subagents: start and end,
 * compaction, the model. Pure.
 *
 * @module
 */

import * as v from "valibot";
import { type Reads, wire, wireOptional } from "../messages/_define.ts";
import {
  type HookBackgroundTask,
  hookBackgroundTask,
  type HookCron,
  hookCron,
  hookInput,
  type HookInputBase,
  type ReadsInput,
} from "./input.ts";

/**
 * A session starts. With `source: "startup"` it never reaches a hook of this library:
 * the CLI runs it before it reads the handshake. Seen in CLI 2.1.330 with `compact`.
 */
export interface SessionStartInput extends HookInputBase<"SessionStart"> {
  /** Why it starts: `resume`, `clear`, `compact` or `fork`. */
  readonly source: string;
  /** The model. */
  readonly model?: string;
  /** Title of the session. */
  readonly sessionTitle?: string;
  /** Time since the last reply of a session that continues, in seconds. */
  readonly secondsSinceLastResponse?: number;
  /** Tokens that the next request sends again. */
  readonly contextTokens?: number;
  /** They are most likely no longer in the API's cache. */
  readonly promptCacheLikelyExpired?: boolean;
  /** What it would cost to cache them again, in US dollars. */
  readonly estimatedCacheWriteUsd?: number;
}

/** A session ends, such as with `/clear`. Not when stdin ends: there is no one to answer then. From the types of the official SDK 0.3.330; not seen. */
export interface SessionEndInput extends HookInputBase<"SessionEnd"> {
  /** Why: `clear`, `resume`, `logout`, … */
  readonly reason: string;
}

/** The CLI sets itself up. From the types of the official SDK 0.3.330; not seen. */
export interface SetupInput extends HookInputBase<"Setup"> {
  /** `init` or `maintenance`. */
  readonly trigger: string;
}

/** The conversation is about to be compacted. Seen in CLI 2.1.330. */
export interface PreCompactInput extends HookInputBase<"PreCompact"> {
  /** `manual` or `auto`. */
  readonly trigger: string;
  /** The text after `/compact`. */
  readonly customInstructions: string | null;
}

/** The conversation was compacted. Seen in CLI 2.1.330. */
export interface PostCompactInput extends HookInputBase<"PostCompact"> {
  /** `manual` or `auto`. */
  readonly trigger: string;
  /** The summary that replaces the conversation. */
  readonly compactSummary: string;
}

/** What both hooks around a change of the model see. */
export interface HookModelSwitch {
  /** Full name of the model before. */
  readonly fromModel: string;
  /** Full name of the model after. */
  readonly toModel: string;
  /** What was asked for; `null` for the CLI's own choice. */
  readonly requestedModel: string | null;
  /** Who asked: `sdk` for `setModel()`, `command`, `auto`, `resume`, … */
  readonly source: string;
  /** Tokens that the next request sends again. */
  readonly contextTokens: number;
  /** They are most likely still in the API's cache, for the model before. */
  readonly promptCacheWarm: boolean;
  /** How long the cache holds: `5m` or `1h`. */
  readonly cacheTtl: string;
  /** What it would cost to cache them again, in US dollars. */
  readonly estimatedCacheWriteUsd: number;
  /** Where the price is from: `configured`, `catalog` or `default`. */
  readonly pricing: string;
}

/** The model is about to change; `setModel()` waits for the answer. Seen in CLI 2.1.330. */
export interface PreModelSwitchInput
  extends HookInputBase<"PreModelSwitch">, HookModelSwitch {}

/** The model has changed. Seen in CLI 2.1.330. */
export interface PostModelSwitchInput
  extends HookInputBase<"PostModelSwitch">, HookModelSwitch {}

const text: Reads<string> = v.string();
const amount: Reads<number> = v.number();
const flag: Reads<boolean> = v.boolean();
const textOrNull: Reads<string | null> = v.nullable(v.string());

const modelSwitch = {
  fromModel: wire("from_model", text),
  toModel: wire("to_model", text),
  requestedModel: wire("requested_model", textOrNull),
  source: wire("source", text),
  contextTokens: wire("context_tokens", amount),
  promptCacheWarm: wire("prompt_cache_warm", flag),
  cacheTtl: wire("cache_ttl", text),
  estimatedCacheWriteUsd: wire("estimated_cache_write_usd", amount),
  pricing: wire("pricing", text),
};

/** Reads a {@linkcode SessionStartInput}. */
export const sessionStart: ReadsInput<SessionStartInput> = hookInput<
  SessionStartInput
>({
  source: wire("source", text),
  model: wireOptional("model", text),
  sessionTitle: wireOptional("session_title", text),
  secondsSinceLastResponse: wireOptional("seconds_since_last_response", amount),
  contextTokens: wireOptional("context_tokens", amount),
  promptCacheLikelyExpired: wireOptional("prompt_cache_likely_expired", flag),
  estimatedCacheWriteUsd: wireOptional("estimated_cache_write_usd", amount),
});

/** Reads a {@linkcode SessionEndInput}. */
export const sessionEnd: ReadsInput<SessionEndInput> = hookInput<
  SessionEndInput
>({ reason: wire("reason", text) });

/** Reads a {@linkcode SetupInput}. */
export const setup: ReadsInput<SetupInput> = hookInput<SetupInput>({
  trigger: wire("trigger", text),
});

/** Reads a {@linkcode PreCompactInput}. */
export const preCompact: ReadsInput<PreCompactInput> = hookInput<
  PreCompactInput
>({
  trigger: wire("trigger", text),
  customInstructions: wire("custom_instructions", textOrNull),
});

/** Reads a {@linkcode PostCompactInput}. */
export const postCompact: ReadsInput<PostCompactInput> = hookInput<
  PostCompactInput
>({
  trigger: wire("trigger", text),
  compactSummary: wire("compact_summary", text),
});

/** Reads a {@linkcode PreModelSwitchInput}. */
export const preModelSwitch: ReadsInput<PreModelSwitchInput> = hookInput<
  PreModelSwitchInput
>(modelSwitch);

/** Reads a {@linkcode PostModelSwitchInput}. */
export const postModelSwitch: ReadsInput<PostModelSwitchInput> = hookInput<
  PostModelSwitchInput
>(modelSwitch);

/** A prompt is about to be taken; comes before the turn's `system_init`. Seen in CLI 2.1.330. */
export interface UserPromptSubmitInput
  extends HookInputBase<"UserPromptSubmit"> {
  /** The prompt. */
  readonly prompt: string;
  /** Where it comes from: `sdk`, `system`, `schedule_wakeup`, … */
  readonly source?: string;
  /** Title of the session. */
  readonly sessionTitle?: string;
}

/** A slash command is about to be replaced by its prompt. From the types of the official SDK 0.3.330; not seen. */
export interface UserPromptExpansionInput
  extends HookInputBase<"UserPromptExpansion"> {
  /** `slash_command` or `mcp_prompt`. */
  readonly expansionType: string;
  /** Name of the command. */
  readonly commandName: string;
  /** The text after it. */
  readonly commandArgs: string;
  /** Where the command comes from. */
  readonly commandSource?: string;
  /** The prompt. */
  readonly prompt: string;
}

/** Data about what ends and what continues in the background. */
export interface HookStopFields {
  /** Whether a hook has already made the agent continue in this turn. */
  readonly stopHookActive: boolean;
  /** The text of the last reply. */
  readonly lastAssistantMessage?: string;
  /** What still runs in the background. */
  readonly backgroundTasks?: readonly HookBackgroundTask[];
  /** What will wake the session later. */
  readonly sessionCrons?: readonly HookCron[];
}

/** The turn is about to end; the `result` waits for the answer. Seen in CLI 2.1.330. */
export interface StopInput extends HookInputBase<"Stop">, HookStopFields {}

/** The turn ended with a failure of the API. From the types of the official SDK 0.3.330; not seen. */
export interface StopFailureInput extends HookInputBase<"StopFailure"> {
  /** What failed, such as `rate_limit`. */
  readonly error: string;
  /** Details of the error. */
  readonly errorDetails?: string;
  /** The text of the last reply. */
  readonly lastAssistantMessage?: string;
}

/** A subagent starts. Seen in CLI 2.1.330. */
export interface SubagentStartInput extends HookInputBase<"SubagentStart"> {
  /** The subagent. */
  readonly agentId: string;
  /** Its kind. */
  readonly agentType: string;
}

/** A subagent is about to end; also the CLI's own one that compacts, with `agentType: ""`. Seen in CLI 2.1.330. */
export interface SubagentStopInput
  extends HookInputBase<"SubagentStop">, HookStopFields {
  /** The subagent. */
  readonly agentId: string;
  /** Its kind. */
  readonly agentType: string;
  /** The file that it is written to. */
  readonly agentTranscriptPath: string;
}

/**
 * Lines of a reply are ready to be shown. The `assistant` message comes only when the
 * hook has answered. Seen in CLI 2.1.330.
 */
export interface MessageDisplayInput extends HookInputBase<"MessageDisplay"> {
  /** The turn, a UUID. */
  readonly turnId: string;
  /** The message, a UUID; not the API's id. */
  readonly messageId: string;
  /** How many pieces of the message came before. */
  readonly index: number;
  /** The last piece of the message. */
  readonly final: boolean;
  /** Whole lines since the last piece; may be empty in the last one. */
  readonly delta: string;
}

/** The CLI has something to say to a person. From the types of the official SDK 0.3.330; not seen. */
export interface NotificationInput extends HookInputBase<"Notification"> {
  /** What it says. */
  readonly message: string;
  /** A heading. */
  readonly title?: string;
  /** What it is about. */
  readonly notificationType: string;
}

const stop = {
  stopHookActive: wire("stop_hook_active", v.boolean() as Reads<boolean>),
  lastAssistantMessage: wireOptional("last_assistant_message", text),
  backgroundTasks: wireOptional(
    "background_tasks",
    v.array(hookBackgroundTask) as Reads<readonly HookBackgroundTask[]>,
  ),
  sessionCrons: wireOptional(
    "session_crons",
    v.array(hookCron) as Reads<readonly HookCron[]>,
  ),
};

/** Reads a {@linkcode UserPromptSubmitInput}. */
export const userPromptSubmit: ReadsInput<UserPromptSubmitInput> = hookInput<
  UserPromptSubmitInput
>({
  prompt: wire("prompt", text),
  source: wireOptional("source", text),
  sessionTitle: wireOptional("session_title", text),
});

/** Reads a {@linkcode UserPromptExpansionInput}. */
export const userPromptExpansion: ReadsInput<UserPromptExpansionInput> =
  hookInput<UserPromptExpansionInput>({
    expansionType: wire("expansion_type", text),
    commandName: wire("command_name", text),
    commandArgs: wire("command_args", text),
    commandSource: wireOptional("command_source", text),
    prompt: wire("prompt", text),
  });

/** Reads a {@linkcode StopInput}. */
export const stopInput: ReadsInput<StopInput> = hookInput<StopInput>(stop);

/** Reads a {@linkcode StopFailureInput}. */
export const stopFailure: ReadsInput<StopFailureInput> = hookInput<
  StopFailureInput
>({
  error: wire("error", text),
  errorDetails: wireOptional("error_details", text),
  lastAssistantMessage: wireOptional("last_assistant_message", text),
});

/** Reads a {@linkcode SubagentStartInput}. */
export const subagentStart: ReadsInput<SubagentStartInput> = hookInput<
  SubagentStartInput
>({});

/** Reads a {@linkcode SubagentStopInput}. */
export const subagentStop: ReadsInput<SubagentStopInput> = hookInput<
  SubagentStopInput
>({
  ...stop,
  agentTranscriptPath: wire("agent_transcript_path", text),
});

/** Reads a {@linkcode MessageDisplayInput}. */
export const messageDisplay: ReadsInput<MessageDisplayInput> = hookInput<
  MessageDisplayInput
>({
  turnId: wire("turn_id", text),
  messageId: wire("message_id", text),
  index: wire("index", v.number()),
  final: wire("final", v.boolean()),
  delta: wire("delta", text),
});

/** Reads a {@linkcode NotificationInput}. */
export const notification: ReadsInput<NotificationInput> = hookInput<
  NotificationInput
>({
  message: wire("message", text),
  title: wireOptional("title", text),
  notificationType: wire("notification_type", text),
});
