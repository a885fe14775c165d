import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** Where lines of a transcript belong in a session store. */
export interface MirrorKey {
  /** The project, as the CLI names its folder. */
  readonly projectKey: string;
  /** The session. */
  readonly sessionId: string;
  /** The file below that of the session, such as that of a subagent. */
  readonly subpath?: string;
}

/**
 * Lines of the transcript could not be given to the session store; they are lost there.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface MirrorError extends EventBase<"mirror_error"> {
  /** Why. */
  readonly error: string;
  /** Where they belong. */
  readonly key?: MirrorKey;
}

/** Reads {@linkcode MirrorError}. */
export const mirrorError: MessageKind<MirrorError> = defineMessage<MirrorError>(
  "mirror_error",
  "system/mirror_error",
  {
    error: wire("error", v.string()),
    key: wireOptional(
      "key",
      shape<MirrorKey>({
        projectKey: wire("projectKey", v.string()),
        sessionId: wire("sessionId", v.string()),
        subpath: wireOptional("subpath", v.string()),
      }),
    ),
  },
);
