/**
 * Finds a session by what people call it.
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

/** How many sessions an error names. */
const NEAR = 5;
/** What ids are made of; nothing else is looked for among the names of files. */
const ID = /^[\w-]+$/;

/**
 * Tells of one session.
 *
 * @param session Its id, a beginning of the id that no other has, its title, or
 * `"last"`: the one that was last written.
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
 *   'Cannot find the session "last"',
 * );
 * ```
 */
export async function sessionInfo(
  session: string,
  options: SessionPlaceOptions = {},
): Promise<SessionDetails> {
  const file = await findTranscript(session, options);
  const info = await new InfoReader().read(file);
  if (info === undefined) throw await notFound(session, options, []);
  return { ...info, subagents: await subagentsOf(file) };
}

/** Finds a transcript by an id, a unique prefix, a title or `"last"`. */
export async function findTranscript(
  session: string,
  options: SessionPlaceOptions,
): Promise<SizedTranscript> {
  if (typeof session !== "string" || session.trim() === "") {
    throw new ConfigError(
      "session",
      `Invalid session: expected an id, a title or "last", got ${
        typeof session === "string" ? `"${session}"` : typeof session
      }`,
    );
  }
  const named = ID.test(session) ? await withId(session, options) : undefined;
  if (named !== undefined) return named;
  const files = await newestFirst(options);
  if (session === "last") {
    const fits = await filterOf(options);
    const reader = new InfoReader();
    for (const file of files) {
      const info = await reader.read(file);
      if (info !== undefined && fits(info)) return file;
    }
    throw await notFound(session, options, []);
  }
  const begun = files.filter(({ id }) => id.startsWith(session));
  const [first] = begun;
  if (begun.length === 1 && first !== undefined) return first;
  return await withTitle(session, options, files, begun);
}

/** Looks for the file itself, which is quick among thousands. */
async function withId(
  id: string,
  options: SessionPlaceOptions,
): Promise<SizedTranscript | undefined> {
  for (const folder of await projectFolders(options)) {
    const file = await sized({ id, folder, path: `${folder}/${id}.jsonl` });
    if (file !== undefined) return file;
  }
  return undefined;
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
  if (named.length > 1 || begun.length > 1) {
    const ids = named.length > 1
      ? named.map(({ id }) => id)
      : begun.map(({ id }) => id);
    throw await notFound(title, options, ids, true);
  }
  throw await notFound(title, options, nearest(title, others));
}

/** Sessions that may have been meant: those with a word of it, or one letter off. */
function nearest(
  wanted: string,
  infos: readonly SessionInfo[],
): readonly string[] {
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
  ).map(({ id }) => id);
}

async function notFound(
  wanted: string,
  options: SessionPlaceOptions,
  candidates: readonly string[],
  isAmbiguous = false,
): Promise<SessionNotFoundError> {
  const folders = await projectFolders(options);
  return new SessionNotFoundError(
    isAmbiguous ? "ambiguous" : "missing",
    wanted,
    options.project === undefined ? [projectsFolder(options)] : folders,
    candidates.slice(0, NEAR),
  );
}
