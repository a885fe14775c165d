/**
 * Finds a session by id, title or other name.
 *
 * @module
 */

import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { InfoReader, type SessionInfo } from "../transcripts/info.ts";
import { lookup } from "../transcripts/lookup.ts";
import {
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
} from "../transcripts/place.ts";
import {
  copyOf,
  type OpenTranscript,
  refusePlace,
  type StoredSessionOptions,
} from "./stored_copy.ts";
import { inSlices } from "../transcripts/steps.ts";
import { type SubagentFile, subagentsOf } from "./subagents.ts";

/** What {@linkcode sessionInfo} returns. */
export interface SessionDetails extends SessionInfo {
  /** The transcripts of its subagents, the oldest first. */
  readonly subagents: readonly SubagentFile[];
}

/**
 * Returns details of one session.
 *
 * @param session Its id, a beginning of the id that no other has (from 4 characters on),
 * its title, `"last"` (the one that was last written), or what `listSessions` returned.
 * @throws {SessionNotFoundError} If there is none, or more than one.
 *
 * @example
 * ```ts
 * import { sessionInfo } from "@claudestream/core/sessions";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => sessionInfo("last", { configDir: "no-such-folder" }),
 *   Error,
 *   "Cannot find the last session",
 * );
 * ```
 */
export async function sessionInfo(
  session: string | SessionInfo,
  options: SessionPlaceOptions = {},
): Promise<SessionDetails> {
  const file = await transcriptOf(session, options);
  return await detailsOf(file);
}

/** Returns the details of a session whose transcript was found. */
export async function detailsOf(
  file: SizedTranscript,
): Promise<SessionDetails> {
  const info = new InfoReader().read(file);
  if (info === undefined) throw isGoneSince(file);
  return { ...info, subagents: await subagentsOf(file) };
}

/**
 * Finds the transcript that a caller means: by an id, a unique beginning of one, a title,
 * `"last"`, or what a list returned. Every function that takes a session finds it here.
 */
export async function transcriptOf(
  session: string | SessionInfo,
  options: SessionPlaceOptions,
): Promise<SizedTranscript> {
  return typeof session === "string"
    ? await inSlices(lookup(session, options))
    : listed(session);
}

/** Finds a transcript on disk, or copies one from a store. */
export async function openTranscript(
  session: string | SessionInfo,
  options: SessionPlaceOptions & Partial<StoredSessionOptions>,
): Promise<OpenTranscript> {
  const { store } = options;
  if (store === undefined) {
    const file = await transcriptOf(session, options);
    return { file, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  refusePlace(options);
  return await copyOf(session, store);
}

/** The transcript of a session that a list returned; it may be gone since. */
function listed(
  session: Pick<SizedTranscript, "id" | "path">,
): SizedTranscript {
  const { id, path } = session ?? {};
  if (typeof id !== "string" || typeof path !== "string") {
    throw new ConfigError(
      "session",
      `Invalid session: expected an id, a title, "last" or what listSessions returned, got ${
        session === null ? "null" : typeof session
      }`,
    );
  }
  const folder = path.slice(0, -`/${id}.jsonl`.length);
  const file = sized({ id, folder, path });
  if (file === undefined) throw isGoneSince({ id, folder });
  return file;
}

function isGoneSince(
  { id, folder }: Pick<SizedTranscript, "id" | "folder">,
): SessionNotFoundError {
  return new SessionNotFoundError("missing", id, [folder], []);
}
