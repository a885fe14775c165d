import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * The process died, and the next prompt goes to a new one that resumes the session, or
 * begins it again where nothing of it was written to disk yet.
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
  /** The session that is resumed. Absent where it begins again. */
  readonly resumedFrom?: string;
}

/** Makes the event. */
export function sessionRestarted(
  attempt: number,
  reason: string,
  resumedFrom: string | undefined,
  sessionId: string | undefined = resumedFrom,
): SessionRestarted {
  return makeEvent<SessionRestarted>(null, {
    type: "session_restarted",
    ...sessionId === undefined ? {} : { sessionId },
    attempt,
    reason,
    ...resumedFrom === undefined ? {} : { resumedFrom },
  });
}
