/**
 * The order of the folders of `src/`, for `deno task imports`: a file may import from its
 * own folder and from those below, whether types or values.
 *
 * @module
 */

/**
 * The floors of the house, the highest first. Folders on one floor do not know each other.
 * `"errors"` is the one file that is a room of its own.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ["cli"],
  ["doctor"],
  ["sessions", "testing"],
  ["session"],
  ["drivers"],
  ["process"],
  ["host"],
  ["control", "verification"],
  ["options"],
  ["questions"],
  ["permissions", "hooks"],
  ["tools"],
  ["protocol"],
  ["decode"],
  ["structured", "observe"],
  ["events"],
  ["messages"],
  ["prompt", "errors", "capabilities"],
  ["util"],
];

/**
 * Files that lie in `src/` itself, and the folder that each belongs to. Not all of these
 * folders exist yet. A file that is moved into its folder leaves this table.
 */
export const LOOSE_FILES: Readonly<Record<string, string>> = {
  "broadcast.ts": "session",
  "call_aside.ts": "util",
  "closest.ts": "util",
  "cost.ts": "util",
  "decode.ts": "decode",
  "errors.ts": "errors",
  "facts_view.ts": "session",
  "feed.ts": "session",
  "json_copy.ts": "util",
  "live_changes.ts": "drivers",
  "media.ts": "util",
  "object_schema.ts": "structured",
  "one_shot.ts": "session",
  "one_shot_sync.ts": "session",
  "option_types.ts": "options",
  "options.ts": "options",
  "pushed.ts": "session",
  "pushed_sync.ts": "session",
  "restarts.ts": "session",
  "resumed.ts": "session",
  "secret_values.ts": "util",
  "secrets.ts": "util",
  "session.ts": "session",
  "session_common.ts": "session",
  "session_core.ts": "session",
  "session_sync.ts": "session",
  "soon.ts": "util",
  "standard_schema.ts": "util",
  "sync_options.ts": "options",
  "thrown.ts": "util",
  "time_limit.ts": "util",
  "totals.ts": "decode",
  "turn.ts": "session",
  "turn_sync.ts": "session",
  "version.ts": "util",
};
