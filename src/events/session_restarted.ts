import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * The process died, and the next prompt goes to a new one that resumes the session.
 * Only with the option `recover`. The turn that ran is lost: it fails with the error of
 * the process, and its prompt is not sent again.
 *
 * Made by this library; `raw` is `null`.
 */
export interface SessionRestarted extends EventBase<"session_restarted"> {
  /** Which restart of the session this is, from 1. */
  readonly attempt: number;
  /** What became of the process, in words. */
  readonly reason: string;
  /** The session that is resumed. */
  readonly resumedFrom: string;
}

/** Makes the event. */
export function sessionRestarted(
  attempt: number,
  reason: string,
  resumedFrom: string,
): SessionRestarted {
  return makeEvent<SessionRestarted>(null, {
    type: "session_restarted",
    sessionId: resumedFrom,
    attempt,
    reason,
    resumedFrom,
  });
}
