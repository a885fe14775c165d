import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

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
