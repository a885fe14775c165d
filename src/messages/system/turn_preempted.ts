import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The CLI stopped the turn by itself, so that a prompt sent right behind it is answered at
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
