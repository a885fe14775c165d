/**
 * Finds a session by id, title or other name.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { InfoReader, type SessionInfo } from "./info.ts";
import { filterOf, infosOf, newestFirst } from "./list.ts";
import {
  projectFolders,
  projectsFolder,
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
} from "./place.ts";
import { type SubagentFile, subagentsOf } from "./subagents.ts";

/** What {@linkcode sessionInfo} returns. */
export interface SessionDetails extends SessionInfo {
  /** The transcripts of its subagents, the oldest first. */
  readonly subagents: readonly SubagentFile[];
}

/** Matches the characters of ids; other texts are not searched among file names. */
const ID = /^[\w-]+$/;
/** The shortest beginning of an id that stands for it: fewer letters are a slip. */
const SHORTEST_BEGINNING = 4;

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
  return await detailsOf(file, options);
}

/** Returns the details of a session whose transcript was found. */
export async function detailsOf(
  file: SizedTranscript,
  options: SessionPlaceOptions,
): Promise<SessionDetails> {
  const info = await new InfoReader().read(file);
  if (info === undefined) throw await missing(file.id, options, []);
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
  if (typeof session !== "string") return await listed(session);
  if (session.trim() === "") {
    throw new ConfigError(
      "session",
      `Invalid session: expected an id, a title or "last", got "${session}"`,
    );
  }
  const named = ID.test(session) ? await withId(session, options) : undefined;
  if (named !== undefined) return named;
  const files = await newestFirst(options);
  if (session === "last") return await newest(files, options);
  const begun = session.length < SHORTEST_BEGINNING
    ? []
    : files.filter(({ id }) => id.startsWith(session));
  const [first] = begun;
  if (begun.length === 1 && first !== undefined) return first;
  return await withTitle(session, options, files, begun);
}

/** The transcript of a session that a list returned; it may be gone since. */
async function listed(
  session: Pick<SizedTranscript, "id" | "path">,
): Promise<SizedTranscript> {
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
  const file = await sized({ id, folder, path });
  if (file === undefined) {
    throw new SessionNotFoundError("missing", id, [folder], []);
  }
  return file;
}

async function newest(
  files: readonly SizedTranscript[],
  options: SessionPlaceOptions,
): Promise<SizedTranscript> {
  const fits = await filterOf(options);
  const reader = new InfoReader();
  for (const file of files) {
    const info = await reader.read(file);
    if (info !== undefined && fits(info)) return file;
  }
  throw await missing("last", options, []);
}

/** Looks for the file itself, which is quick among thousands. */
async function withId(
  id: string,
  options: SessionPlaceOptions,
): Promise<SizedTranscript | undefined> {
  let found: SizedTranscript | undefined;
  for (const folder of await projectFolders(options)) {
    const file = await sized({ id, folder, path: `${folder}/${id}.jsonl` });
    if (file === undefined) continue;
    // A session that was copied to another project has the same id there.
    if (found === undefined || file.modifiedMs > found.modifiedMs) found = file;
  }
  return found;
}

async function withTitle(
  title: string,
  options: SessionPlaceOptions,
  files: readonly SizedTranscript[],
  begun: readonly SizedTranscript[],
): Promise<SizedTranscript> {
  const wanted = title.toLowerCase();
  const fits = await filterOf(options);
  const named: SessionInfo[] = [];
  const others: SessionInfo[] = [];
  for await (const info of infosOf(files)) {
    if (!fits(info)) continue;
    const isNamed = info.title?.toLowerCase() === wanted;
    (isNamed ? named : others).push(info);
  }
  const [one] = named;
  if (one !== undefined && named.length === 1) {
    const file = files.find(({ path }) => path === one.path);
    if (file !== undefined) return file;
  }
  const meant = named.length > 1
    ? named
    : others.filter(({ id }) => begun.some((file) => file.id === id));
  if (meant.length > 1) {
    throw new SessionNotFoundError(
      "ambiguous",
      title,
      await placesOf(options),
      meant,
    );
  }
  throw await missing(title, options, nearest(title, others));
}

/** Sessions that may have been meant: those with a word of it, or one letter off. */
function nearest(
  wanted: string,
  infos: readonly SessionInfo[],
): readonly SessionInfo[] {
  const text = wanted.toLowerCase();
  const near = closest(
    wanted,
    infos.flatMap(({ id, title }) => [
      id,
      id.slice(0, wanted.length),
      ...title === undefined ? [] : [title],
    ]),
  );
  return infos.filter(({ id, title, label }) =>
    near !== undefined && (title === near || id.startsWith(near)) ||
    label.toLowerCase().includes(text)
  );
}

/** The error of a search without a hit; it knows of other projects, too. */
async function missing(
  wanted: string,
  options: SessionPlaceOptions,
  near: readonly SessionInfo[],
): Promise<SessionNotFoundError> {
  const places = await placesOf(options);
  const { project: _, ...everywhere } = options;
  if (options.project === undefined || wanted === "last") {
    return new SessionNotFoundError("missing", wanted, places, near);
  }
  try {
    const elsewhere = await sessionInfo(wanted, everywhere);
    return new SessionNotFoundError("missing", wanted, places, [elsewhere]);
  } catch (error) {
    if (!(error instanceof SessionNotFoundError)) throw error;
    return new SessionNotFoundError("missing", wanted, places, near);
  }
}

/** The folders that a search looks in, as an error names them. */
async function placesOf(
  options: SessionPlaceOptions,
): Promise<readonly string[]> {
  return options.project === undefined
    ? [projectsFolder(options)]
    : await projectFolders(options);
}
