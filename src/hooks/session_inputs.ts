/**
 * Inputs of the hooks around a session: its start and end, compaction, its model. Pure.
 *
 * @module
 */

import * as v from "valibot";
import { type Reads, wire, wireOptional } from "../messages/_define.ts";
import { hookInput, type HookInputBase, type ReadsInput } from "./input.ts";

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
  /** What is left of it. */
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
