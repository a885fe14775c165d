/**
 * Errors for a session that could not start, and the session that it should resume.
 *
 * @module
 */

import { ControlError, DOCTOR_HINT, StartupError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { pathOf } from "../options/launch.ts";
import type { ResumeContext } from "../protocol/end_error.ts";
import { isGranted } from "../process/runtime.ts";

/**
 * Returns the error of a failed start. If the CLI refuses the handshake, this is a `StartupError`
 * for the caller.
 */
export function startFailure(error: unknown, stderrTail: string): Error {
  return error instanceof ControlError
    ? new StartupError(
      "handshake",
      `The CLI refused the handshake: ${error.reason}`,
      { cause: error, stderrTail, hint: DOCTOR_HINT },
    )
    : error as Error;
}

/**
 * Returns the error if a successor process refuses a change: without it the session would continue
 * with a mode or setting that the caller had replaced.
 */
export function notAsBefore(error: unknown): Error {
  return error instanceof ControlError
    ? new StartupError(
      "handshake",
      `Cannot go on as in the process before: ${error.message}`,
      { cause: error },
    )
    : error as Error;
}

/** Returns the session that these options resume; `undefined` if none. */
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

/** Returns the working directory of this program, if Deno may read it. */
function ownDirectory(): string | undefined {
  return isGranted({ name: "read" }) ? Deno.cwd() : undefined;
}
