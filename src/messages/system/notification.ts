import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A note for whoever looks at the session, such as that a hook failed. (`Notification` is
 * a name of the web.)
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_05-hook-prompt-stop.ndjson.
 */
export interface CliNotification extends EventBase<"notification"> {
  /** What it is about; a newer one with the same key takes its place. */
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
