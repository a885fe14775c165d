/**
 * What a session that could not start tells its caller. Pure.
 *
 * @module
 */

import { ControlError, DOCTOR_HINT, StartupError } from "../errors.ts";

/** The CLI may refuse the handshake, as it may any request; to the caller the start failed. */
export function startFailure(error: unknown, stderrTail: string): Error {
  return error instanceof ControlError
    ? new StartupError(
      "handshake",
      `The CLI refused the handshake: ${error.reason}`,
      { cause: error, stderrTail, hint: DOCTOR_HINT },
    )
    : error as Error;
}

/** A session that continued without a change would run with a mode or a setting that the caller had replaced. */
export function notAsBefore(error: unknown): Error {
  return error instanceof ControlError
    ? new StartupError(
      "handshake",
      `Cannot go on as in the process before: ${error.message}`,
      { cause: error },
    )
    : error as Error;
}
