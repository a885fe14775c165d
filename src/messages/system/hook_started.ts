import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * A hook began to run. Of hooks from settings files only. Those of `SessionStart` come
 * without being asked for, and before `system_init`; the others need
 * `--include-hook-events`.
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
