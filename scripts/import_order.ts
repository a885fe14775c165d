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
  ["agents", "pool", "sessions", "testing"],
  ["session"],
  ["conversation"],
  ["process"],
  ["transcripts"],
  ["host"],
  ["control", "verification"],
  ["options"],
  ["questions"],
  ["permissions", "hooks"],
  ["tools"],
  ["protocol"],
  ["decode"],
  ["structured", "observe", "stores"],
  ["events", "prompt", "checks"],
  ["errors"],
  ["messages"],
  ["capabilities"],
  ["util"],
];

/** Files that may lie in `src/` itself, each a room of its own. */
export const LOOSE_FILES: Readonly<Record<string, string>> = {
  "errors.ts": "errors",
};
