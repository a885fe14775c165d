/**
 * Finds the transcript of a session by id, the beginning of an id, title or `"last"`. Everything that
 * takes a session finds it here.
 *
 * @module
 */

import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { closest } from "../util/closest.ts";
import type { SessionInfo } from "./info.ts";
import { infosOf, newestFirst, projectFilter } from "./newest.ts";
import {
  projectFolders,
  projectsFolder,
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
  transcripts,
} from "./place.ts";
import type { Steps } from "./steps.ts";
import { isUuid } from "../util/uuid.ts";

/** Matches the characters of ids; other texts are not searched among file names. */
const ID = /^[\w-]+$/;
/** The shortest beginning of an id that stands for it: fewer letters are a slip. */
const SHORTEST_BEGINNING = 4;

/** How many ids that are like a wrong one an error names. */
const MOST_NEAR = 5;

/** The shortest text that is compared with beginnings of ids. */
const SHORTEST_COMPARED = 6;

/**
 * Finds a session of a place. Names of files decide if they can; titles are read only if no
 * name of a file fits.
 *
 * @param session An id, a beginning of one that no other has, a title, or `"last"`.
 * @throws {SessionNotFoundError} There is none, or more than one. It knows of other projects, too.
 */
export function* lookup(
  session: string,
  options: SessionPlaceOptions,
): Steps<SizedTranscript> {
  try {
    return yield* found(session, options);
  } catch (error) {
    const { project, ...everywhere } = options;
    if (!isMissing(error) || project === undefined || session === "last") {
      throw error;
    }
    const elsewhere = yield* ifFound(session, everywhere);
    if (elsewhere === undefined) throw error;
    const [info = elsewhere] = infosOf([elsewhere]);
    throw new SessionNotFoundError("missing", session, error.searched, [info]);
  }
}

/**
 * Finds a session of the project, or else one of any project. `"last"` is always one of the project.
 *
 * @throws {SessionNotFoundError} There is none, or more than one.
 */
export function* lookupNearby(
  session: string,
  options: SessionPlaceOptions,
): Steps<SizedTranscript> {
  const { project, ...everywhere } = options;
  if (session === "last" || project === undefined) {
    return yield* found(session, options);
  }
  // Names of files everywhere come before titles, for which files have to be read.
  return named(session, options) ?? named(session, everywhere) ??
    (yield* ifFound(session, options)) ?? (yield* found(session, everywhere));
}

/** Returns `undefined` if there is none; more than one is still an error. */
function* ifFound(
  session: string,
  options: SessionPlaceOptions,
): Steps<SizedTranscript | undefined> {
  try {
    return yield* found(session, options);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return undefined;
  }
}

function isMissing(error: unknown): error is SessionNotFoundError {
  return error instanceof SessionNotFoundError && error.reason === "missing";
}

function* found(
  session: string,
  options: SessionPlaceOptions,
): Steps<SizedTranscript> {
  if (session.trim() === "") {
    throw new ConfigError(
      "session",
      `Invalid session: expected an id, a title or "last", got "${session}"`,
    );
  }
  if (session === "last") return yield* newest(options);
  const file = named(session, options);
  if (file !== undefined) return file;
  if (isUuid(session)) {
    const near = idsLike(session, idsIn(options)).flatMap((id) =>
      withId(id, options) ?? []
    );
    throw missing(session, options, [...infosOf(near)].filter(isThere));
  }
  return yield* withTitle(session, options);
}

/** Finds a session by its id, or a beginning of the id that no other has. */
function named(
  session: string,
  options: SessionPlaceOptions,
): SizedTranscript | undefined {
  if (!ID.test(session)) return undefined;
  const file = withId(session, options);
  if (file !== undefined) return file;
  const [only, ...others] = idsBegunBy(session, options);
  return only === undefined || others.length > 0
    ? undefined
    : withId(only, options);
}

function idsIn(options: SessionPlaceOptions): readonly string[] {
  return [...new Set([...transcripts(options)].map(({ id }) => id))];
}

function idsBegunBy(
  start: string,
  options: SessionPlaceOptions,
): readonly string[] {
  return start.length < SHORTEST_BEGINNING
    ? []
    : idsIn(options).filter((id) => id.startsWith(start));
}

/** Ids that begin like a wrong one, or differ in a few letters. */
function idsLike(id: string, ids: readonly string[]): readonly string[] {
  const start = id.slice(0, SHORTEST_BEGINNING);
  const alike = ids.filter((each) => each.startsWith(start));
  if (alike.length > 0) return alike.toSorted().slice(0, MOST_NEAR);
  const near = closest(id, ids);
  return near === undefined ? [] : [near];
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** Looks for the file itself, which is quick among thousands. */
function withId(
  id: string,
  options: SessionPlaceOptions,
): SizedTranscript | undefined {
  let found: SizedTranscript | undefined;
  for (const folder of projectFolders(options)) {
    const file = sized({ id, folder, path: `${folder}/${id}.jsonl` });
    if (file === undefined) continue;
    // A session that was copied to another project has the same id there.
    if (found === undefined || file.modifiedMs > found.modifiedMs) found = file;
  }
  return found;
}

function* newest(options: SessionPlaceOptions): Steps<SizedTranscript> {
  const files = yield* newestFirst(options);
  const fits = projectFilter(options);
  let at = 0;
  for (const info of infosOf(files)) {
    const file = files[at++];
    if (info !== undefined && file !== undefined && fits(info)) return file;
    yield;
  }
  throw missing("last", options, []);
}

function* withTitle(
  title: string,
  options: SessionPlaceOptions,
): Steps<SizedTranscript> {
  const wanted = title.toLowerCase();
  const begun = idsBegunBy(title, options);
  const files = yield* newestFirst(options);
  const fits = projectFilter(options);
  const named: SessionInfo[] = [];
  const others: SessionInfo[] = [];
  for (const info of infosOf(files)) {
    yield;
    if (info === undefined || !fits(info)) continue;
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
    : others.filter(({ id }) => begun.includes(id));
  if (meant.length > 1) {
    const places = placesOf(options);
    throw new SessionNotFoundError("ambiguous", title, places, meant);
  }
  throw missing(title, options, nearest(title, others));
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
      // Any few letters are similar to the beginning of some id.
      ...wanted.length < SHORTEST_COMPARED ? [] : [id.slice(0, wanted.length)],
      ...title === undefined ? [] : [title],
    ]),
  );
  return infos.filter(({ id, title, label }) =>
    near !== undefined && (title === near || id.startsWith(near)) ||
    id.startsWith(text) || label.toLowerCase().includes(text)
  );
}

function missing(
  wanted: string,
  options: SessionPlaceOptions,
  near: readonly SessionInfo[],
): SessionNotFoundError {
  return new SessionNotFoundError("missing", wanted, placesOf(options), near);
}

/** The folders that a search looks in, as an error names them. */
function placesOf(options: SessionPlaceOptions): readonly string[] {
  return options.project === undefined
    ? [projectsFolder(options)]
    : projectFolders(options);
}
