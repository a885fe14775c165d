/**
 * The list of sessions.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { infosOf, newestFirst, projectFilter } from "../transcripts/newest.ts";
import type {
  SessionPlaceOptions,
  SizedTranscript,
} from "../transcripts/place.ts";
import {
  refusePlace,
  storedInfos,
  type StoredSessionInfo,
  type StoredSessionOptions,
} from "./stored_copy.ts";
import { inSlices, Pause } from "../transcripts/steps.ts";

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

/** Options of {@linkcode listSessions} for the sessions of a store, which are in no folder. */
export type ListStoredSessionsOptions =
  & Omit<ListSessionsOptions, keyof SessionPlaceOptions>
  & StoredSessionOptions;

/** What {@linkcode listSessions} returns for a store. */
export interface StoredSessionPage {
  /** The sessions, the one that was last appended to first. */
  readonly sessions: readonly StoredSessionInfo[];
  /** For the next page; absent on the last one. */
  readonly nextCursor?: string;
}

/** What {@linkcode listSessions} returns. */
export interface SessionPage {
  /** The sessions, the one that was last written first. */
  readonly sessions: readonly SessionInfo[];
  /** For the next page; absent on the last one. */
  readonly nextCursor?: string;
}

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
  options?: ListSessionsOptions & { readonly store?: never },
): Promise<SessionPage>;
/**
 * Lists the sessions of a store, the one that was last appended to first. Reads the transcript of
 * each session of the page, and with `text` those of others, too.
 *
 * @throws {ConfigError} If an option is invalid.
 * @throws {SessionStoreError} If the store fails.
 */
export async function listSessions(
  options: ListStoredSessionsOptions,
): Promise<StoredSessionPage>;
export async function listSessions(
  options: ListSessionsOptions & Partial<StoredSessionOptions> = {},
): Promise<StoredSessionPage> {
  const { limit = Infinity, signal, store } = options;
  if (!(limit >= 1)) {
    throw new ConfigError(
      "limit",
      `Invalid option "limit": expected a number from 1, got ${limit}`,
    );
  }
  const after = options.cursor === undefined
    ? undefined
    : positionOf(options.cursor);
  const isWanted = (file: TimedSession) =>
    isInTime(file, options) && (after === undefined || isBehind(file, after));
  const page = { limit, signal };
  signal?.throwIfAborted();
  if (store !== undefined) {
    refusePlace(options);
    const infos = storedInfos(store, isWanted);
    return await pageOf(infos, textFilter(options), page);
  }
  const all = await inSlices(newestFirst(options), signal);
  return await pageOf(
    infosOf(all.filter(isWanted)),
    filterOf(options),
    page,
  );
}

async function pageOf<T extends StoredSessionInfo>(
  infos: Iterable<T | undefined> | AsyncIterable<T>,
  fits: (info: T) => boolean,
  { limit, signal }: {
    readonly limit: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<{ readonly sessions: readonly T[]; readonly nextCursor?: string }> {
  const pause = new Pause();
  const sessions: T[] = [];
  for await (const info of infos) {
    signal?.throwIfAborted();
    await pause.ifDue();
    if (info === undefined || !fits(info)) continue;
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

/** When a session was last written. */
type TimedSession = Pick<SizedTranscript, "id" | "modifiedMs">;

function isInTime(
  { modifiedMs }: TimedSession,
  { since, before }: ListSessionsOptions,
): boolean {
  return (since === undefined || modifiedMs >= since.getTime()) &&
    (before === undefined || modifiedMs < before.getTime());
}

/** Returns a filter for the options other than times. */
export function filterOf(
  options: ListSessionsOptions,
): (info: SessionInfo) => boolean {
  const hasText = textFilter(options);
  const isOfProject = projectFilter(options);
  return (info) => isOfProject(info) && hasText(info);
}

function textFilter(
  { text }: Pick<ListSessionsOptions, "text">,
): (info: StoredSessionInfo) => boolean {
  const wanted = text?.toLowerCase();
  return (info) => wanted === undefined || textOf(info).includes(wanted);
}

function textOf(info: StoredSessionInfo): string {
  const { title, generatedTitle, tag, firstPrompt, lastPrompt } = info;
  return [title, generatedTitle, tag, firstPrompt, lastPrompt]
    .filter((text) => text !== undefined).join("\n").toLowerCase();
}

/** Where a page ended. */
interface Position {
  readonly modifiedMs: number;
  readonly id: string;
}

function cursorOf({ modifiedAt, id }: StoredSessionInfo): string {
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

function isBehind(file: TimedSession, after: Position): boolean {
  return file.modifiedMs < after.modifiedMs ||
    file.modifiedMs === after.modifiedMs && file.id > after.id;
}
