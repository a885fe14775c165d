/**
 * The list of sessions.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { InfoReader, type SessionInfo } from "./info.ts";
import {
  projectFolderName,
  projectPath,
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
  transcripts,
} from "./place.ts";

/** Options of {@linkcode listSessions}. */
export interface ListSessionsOptions extends SessionPlaceOptions {
  /** Only sessions that were written at this time or later. */
  readonly since?: Date;
  /** Only sessions that were written before this time. */
  readonly before?: Date;
  /**
   * Only sessions with this text in their title, tag, first or last prompt, upper and
   * lower case alike. For what was said in them, see `searchSessions`.
   */
  readonly text?: string;
  /** The most sessions to return. Default: all. */
  readonly limit?: number;
  /** Continues after a page: its `nextCursor`. */
  readonly cursor?: string;
  /** Cancels the listing. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode listSessions} returns. */
export interface SessionPage {
  /** The sessions, the one that was last written first. */
  readonly sessions: readonly SessionInfo[];
  /** For the next page; absent on the last one. */
  readonly nextCursor?: string;
}

/** How many files are asked about at once. */
const AT_ONCE = 16;

/**
 * Lists the sessions on disk, the one that was last written first. Reads the first and
 * the last 64 KiB of each transcript, whatever their size, and starts no process.
 *
 * @throws {ConfigError} If an option is invalid.
 *
 * @example
 * ```ts
 * import { listSessions } from "@claudestream/core/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const { sessions, nextCursor } = await listSessions({
 *   configDir: "tests/fixtures/no-such-folder",
 *   text: "refactor",
 *   limit: 20,
 * });
 * for (const { id, label, modifiedAt } of sessions) {
 *   console.log(id, label, modifiedAt.toISOString());
 * }
 * assertEquals(nextCursor, undefined);
 * ```
 */
export async function listSessions(
  options: ListSessionsOptions = {},
): Promise<SessionPage> {
  const { limit = Infinity, signal } = options;
  if (!(limit >= 1)) {
    throw new ConfigError(
      "limit",
      `Invalid option "limit": expected a number from 1, got ${limit}`,
    );
  }
  const after = options.cursor === undefined
    ? undefined
    : positionOf(options.cursor);
  signal?.throwIfAborted();
  const files = (await newestFirst(options)).filter((file) =>
    isInTime(file, options) && (after === undefined || isBehind(file, after))
  );
  const fits = await filterOf(options);
  const sessions: SessionInfo[] = [];
  for await (const info of infosOf(files, signal)) {
    if (!fits(info)) continue;
    // One more than a page shows that there is a next one.
    if (sessions.length === limit) {
      const last = sessions.at(-1);
      return last === undefined
        ? { sessions }
        : { sessions, nextCursor: cursorOf(last) };
    }
    sessions.push(info);
  }
  return { sessions };
}

/** All transcripts of a place, the one that was last written first. */
export async function newestFirst(
  options: SessionPlaceOptions,
): Promise<SizedTranscript[]> {
  const files: SizedTranscript[] = [];
  const asking: Promise<SizedTranscript | undefined>[] = [];
  const drain = async () => {
    for (const file of await Promise.all(asking.splice(0))) {
      if (file !== undefined) files.push(file);
    }
  };
  for await (const file of transcripts(options)) {
    asking.push(sized(file));
    if (asking.length === AT_ONCE) await drain();
  }
  await drain();
  return files.sort((a, b) =>
    b.modifiedMs - a.modifiedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** How many transcripts are read at once: reading waits more than it computes. */
const READERS = 4;

/** Reads information from the transcripts, in order; skips those that are gone. */
export async function* infosOf(
  files: readonly SizedTranscript[],
  signal?: AbortSignal,
): AsyncGenerator<SessionInfo> {
  const readers = Array.from({ length: READERS }, () => new InfoReader());
  for (let at = 0; at < files.length; at += READERS) {
    signal?.throwIfAborted();
    const infos = await Promise.all(
      files.slice(at, at + READERS).map((file, index) =>
        readers[index]?.read(file)
      ),
    );
    for (const info of infos) if (info !== undefined) yield info;
  }
}

function isInTime(
  { modifiedMs }: SizedTranscript,
  { since, before }: ListSessionsOptions,
): boolean {
  return (since === undefined || modifiedMs >= since.getTime()) &&
    (before === undefined || modifiedMs < before.getTime());
}

/** Returns a filter for the options other than times. */
export async function filterOf(
  { project, text }: ListSessionsOptions,
): Promise<(info: SessionInfo) => boolean> {
  const wanted = text?.toLowerCase();
  const path = project === undefined ? undefined : await projectPath(project);
  return (info) =>
    (path === undefined || !isNamesake(info, path)) &&
    (wanted === undefined || textOf(info).includes(wanted));
}

/** Whether a session is of another project that shares its folder with this one. */
function isNamesake({ cwd }: SessionInfo, path: string): boolean {
  return cwd !== undefined && cwd !== path &&
    projectFolderName(cwd) === projectFolderName(path);
}

function textOf(info: SessionInfo): string {
  const { title, generatedTitle, tag, firstPrompt, lastPrompt } = info;
  return [title, generatedTitle, tag, firstPrompt, lastPrompt]
    .filter((text) => text !== undefined).join("\n").toLowerCase();
}

/** Where a page ended. */
interface Position {
  readonly modifiedMs: number;
  readonly id: string;
}

function cursorOf({ modifiedAt, id }: SessionInfo): string {
  return `${modifiedAt.getTime()}.${id}`;
}

function positionOf(cursor: string): Position {
  const [, time, id] = /^(\d+)\.(.+)$/s.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    throw new ConfigError(
      "cursor",
      `Invalid option "cursor": expected the nextCursor of a page, got "${cursor}"`,
    );
  }
  return { modifiedMs: Number(time), id };
}

function isBehind(file: SizedTranscript, after: Position): boolean {
  return file.modifiedMs < after.modifiedMs ||
    file.modifiedMs === after.modifiedMs && file.id > after.id;
}
