/**
 * The session that somebody means: by its id, the beginning of it, its title or `last`.
 *
 * @module
 */

import { SessionNotFoundError } from "../../errors.ts";
import { type SessionDetails, sessionInfo } from "../../sessions/find.ts";
import type { SessionPlaceOptions } from "../../sessions/place.ts";
import type { Flags } from "../flags/flags.ts";
import { UsageError } from "../failure/usage_error.ts";

/** Where sessions are looked for: those of one directory, or with `--all` of all. */
export function placeOf({ all, cwd, configDir }: Flags): SessionPlaceOptions {
  return {
    ...all === true ? {} : { project: cwd ?? "." },
    ...configDir === undefined ? {} : { configDir },
  };
}

/**
 * Finds a session for a command: one of this directory first, and by another name than
 * `last` one of any.
 *
 * @throws {SessionNotFoundError} There is none, or more than one.
 */
export async function foundSession(
  name: string,
  flags: Flags,
): Promise<SessionDetails> {
  const here = placeOf(flags);
  try {
    return await sessionInfo(name, here);
  } catch (error) {
    if (!isMissing(error) || here.project === undefined || name === "last") {
      throw error;
    }
    return await sessionInfo(name, placeOf({ ...flags, all: true }));
  }
}

/**
 * The id of the session that `--resume` names. The CLI resumes in the directory that a session
 * belongs to, so it has to be one of this directory. A name that matches nothing on disk is
 * returned unchanged, because the CLI may look elsewhere.
 *
 * @throws {SessionNotFoundError} There is more than one, or one with nearly that name.
 * @throws {UsageError} It belongs to another directory.
 */
export async function resumedId(name: string, flags: Flags): Promise<string> {
  const { all: _, ...others } = flags;
  try {
    return (await sessionInfo(name, placeOf(others))).id;
  } catch (error) {
    // The CLI itself knows ids and titles.
    if (error instanceof Deno.errors.NotCapable) return name;
    if (!isMissing(error)) throw error;
    if (error.near.length === 0) return name;
    await refuseForeign(name, error.near, flags);
    throw error;
  }
}

async function refuseForeign(
  name: string,
  near: readonly string[],
  flags: Flags,
): Promise<void> {
  const [first = "", ...others] = near;
  if (others.length > 0) return;
  const { id, title, cwd } = await sessionInfo(
    first,
    placeOf({ ...flags, all: true }),
  );
  const isMeant = id.startsWith(name) ||
    title?.toLowerCase() === name.toLowerCase();
  if (!isMeant || cwd === undefined) return;
  throw new UsageError(
    `Cannot resume the session ${
      JSON.stringify(name)
    } here: it belongs to ${cwd}`,
    `Resume it there with: --cwd ${JSON.stringify(cwd)}`,
  );
}

function isMissing(error: unknown): error is SessionNotFoundError {
  return error instanceof SessionNotFoundError && error.reason === "missing";
}
