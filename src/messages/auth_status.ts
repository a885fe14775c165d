import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "./_define.ts";

/**
 * How signing in goes. Needs `--enable-auth-status`; the first comes before `system_init`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-auth-status.ndjson.
 */
export interface AuthStatus extends EventBase<"auth_status"> {
  /** Whether it is going on. */
  readonly isAuthenticating: boolean;
  /** Lines to show, such as an address to open. */
  readonly output?: readonly string[];
  /** Why it failed. */
  readonly error?: string;
}

/** Reads {@linkcode AuthStatus}. */
export const authStatus: MessageKind<AuthStatus> = defineMessage<AuthStatus>(
  "auth_status",
  "auth_status",
  {
    isAuthenticating: wire("isAuthenticating", v.boolean()),
    output: wireOptional("output", v.array(v.string())),
    error: wireOptional("error", v.string()),
  },
);
