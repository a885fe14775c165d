/**
 * The session that somebody means: by its id, the beginning of it, its title or `last`.
 *
 * @module
 */

import { detailsOf, type SessionDetails } from "../../sessions/find.ts";
import { lookupNearby } from "../../transcripts/lookup.ts";
import type { SessionPlaceOptions } from "../../transcripts/place.ts";
import { inSlices } from "../../transcripts/steps.ts";
import type { Flags } from "../flags/flags.ts";

/** Where sessions are looked for: those of one directory, or with `--all` of all. */
export function placeOf({ all, cwd, configDir }: Flags): SessionPlaceOptions {
  return {
    ...all === true ? {} : { project: cwd ?? "." },
    ...configDir === undefined ? {} : { configDir },
  };
}

/**
 * Finds a session for a command: one of this directory first, and by another name than
 * `last` one of any. `--resume` finds it in the same order.
 *
 * @throws {SessionNotFoundError} There is none, or more than one.
 */
export async function foundSession(
  name: string,
  flags: Flags,
): Promise<SessionDetails> {
  return await detailsOf(await inSlices(lookupNearby(name, placeOf(flags))));
}
