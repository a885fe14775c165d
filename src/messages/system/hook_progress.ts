import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * What a hook has written so far. Of hooks from settings files only. Those of
 * `SessionStart` come without being asked for, and before `system_init`; the others need
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
