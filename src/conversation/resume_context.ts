/**
 * Which session a process is told to resume, for the error of one that cannot be resumed.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { pathOf } from "../options/launch.ts";
import type { ResumeContext } from "../protocol/end_error.ts";

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
