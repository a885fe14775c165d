/**
 * What a session that could not start tells its caller.
 *
 * @module
 */

import { ControlError, DOCTOR_HINT, StartupError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { pathOf } from "../options/launch.ts";
import type { ResumeContext } from "../protocol/end_error.ts";

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

/** The session that these options resume; `undefined` if none. */
export function resumeContext(
  { resume, resumeAt: at, cwd }: SessionOptions,
): ResumeContext | undefined {
  if (resume === undefined) return undefined;
  return {
    at,
    id: resume === "last" ? undefined : resume,
    cwd: cwd === undefined ? ownDirectory() : pathOf("cwd", cwd),
  };
}

/** The directory of this process, if Deno may tell it. */
function ownDirectory(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "read" });
  return state === "granted" ? Deno.cwd() : undefined;
}
