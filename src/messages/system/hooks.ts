/**
 * Messages `system` about hooks from settings files.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A hook started. Sent for hooks from settings files only. Those of `SessionStart` are
 * always sent, before `system_init`; the others need `--include-hook-events`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_15-settings-hooks-events.ndjson.
 */
export interface HookStarted extends EventBase<"hook_started"> {
  /** Id of this run of the hook; its three messages share it. */
  readonly hookId: string;
  /** The event and what it was matched against, such as `PreToolUse:Bash`. */
  readonly hookName: string;
  /** The event: `PreToolUse`, `SessionStart`, `Stop`, … */
  readonly hookEvent: string;
}

/** Reads {@linkcode HookStarted}. */
export const hookStarted: MessageKind<HookStarted> = defineMessage<HookStarted>(
  "hook_started",
  "system/hook_started",
  {
    hookId: wire("hook_id", v.string()),
    hookName: wire("hook_name", v.string()),
    hookEvent: wire("hook_event", v.string()),
  },
);

/**
 * What a hook has written so far. Sent for hooks from settings files only. Those of
 * `SessionStart` are always sent, before `system_init`; the others need
 * `--include-hook-events`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_15-settings-hooks-events.ndjson.
 */
export interface HookProgress extends EventBase<"hook_progress"> {
  /** Id of this run of the hook; its three messages share it. */
  readonly hookId: string;
  /** The event and what it was matched against, such as `PreToolUse:Bash`. */
  readonly hookName: string;
  /** The event: `PreToolUse`, `SessionStart`, `Stop`, … */
  readonly hookEvent: string;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly output: string;
}

/** Reads {@linkcode HookProgress}. */
export const hookProgress: MessageKind<HookProgress> = defineMessage<
  HookProgress
>(
  "hook_progress",
  "system/hook_progress",
  {
    hookId: wire("hook_id", v.string()),
    hookName: wire("hook_name", v.string()),
    hookEvent: wire("hook_event", v.string()),
    stdout: wire("stdout", v.string()),
    stderr: wire("stderr", v.string()),
    output: wire("output", v.string()),
  },
);

/**
 * A hook ended. Sent for hooks from settings files only. Those of `SessionStart` are
 * always sent, before `system_init`; the others need `--include-hook-events`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_15-settings-hooks-events.ndjson.
 */
export interface HookResponse extends EventBase<"hook_response"> {
  /** Id of this run of the hook; its three messages share it. */
  readonly hookId: string;
  /** The event and what it was matched against, such as `PreToolUse:Bash`. */
  readonly hookName: string;
  /** The event: `PreToolUse`, `SessionStart`, `Stop`, … */
  readonly hookEvent: string;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly output: string;
  /** Exit code of its command. Absent if there is none, such as after a cancellation. */
  readonly exitCode?: number;
  /** `success`, `error` or `cancelled`. */
  readonly outcome: string;
}

/** Reads {@linkcode HookResponse}. */
export const hookResponse: MessageKind<HookResponse> = defineMessage<
  HookResponse
>(
  "hook_response",
  "system/hook_response",
  {
    hookId: wire("hook_id", v.string()),
    hookName: wire("hook_name", v.string()),
    hookEvent: wire("hook_event", v.string()),
    stdout: wire("stdout", v.string()),
    stderr: wire("stderr", v.string()),
    output: wire("output", v.string()),
    exitCode: wireOptional("exit_code", v.number()),
    outcome: wire("outcome", v.string()),
  },
);
