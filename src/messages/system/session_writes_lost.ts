import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The disk was full, and something was not saved. Comes at most once, at the end of the
 * process.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface SessionWritesLost extends EventBase<"session_writes_lost"> {
  /** `ENOSPC` (the disk was full) or `EDQUOT` (the quota was used up). */
  readonly errorCode: string;
  /** What was not saved: `transcript`, `global_config`. */
  readonly lost: readonly string[];
  /** The sessions whose transcripts miss lines. */
  readonly transcriptSessionIds?: readonly string[];
}

/** Reads {@linkcode SessionWritesLost}. */
export const sessionWritesLost: MessageKind<SessionWritesLost> = defineMessage<
  SessionWritesLost
>(
  "session_writes_lost",
  "system/session_writes_lost",
  {
    errorCode: wire("error_code", v.string()),
    lost: wire("lost", v.array(v.string())),
    transcriptSessionIds: wireOptional(
      "transcript_session_ids",
      v.array(v.string()),
    ),
  },
);
