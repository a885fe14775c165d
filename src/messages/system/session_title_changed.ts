import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * The session has a name, or another one. The same name can come more than once. Not in
 * the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SessionTitleChanged
  extends EventBase<"session_title_changed"> {
  /** The name. */
  readonly title: string;
}

/** Reads {@linkcode SessionTitleChanged}. */
export const sessionTitleChanged: MessageKind<SessionTitleChanged> =
  defineMessage<SessionTitleChanged>(
    "session_title_changed",
    "system/session_title_changed",
    {
      title: wire("title", v.string()),
    },
  );
