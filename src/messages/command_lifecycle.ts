import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
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
  /** Which timer started it: `loop_wakeup`, `schedule_wakeup`. Absent for a prompt that somebody sent. */
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
