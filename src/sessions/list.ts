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
  const all = await inSlices(newestFirst(options), signal);
  const files = all.filter((file) =>
    isInTime(file, options) && (after === undefined || isBehind(file, after))
  );
  const fits = filterOf(options);
  const pause = new Pause();
  const sessions: SessionInfo[] = [];
  for (const info of infosOf(files)) {
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

function isInTime(
  { modifiedMs }: SizedTranscript,
  { since, before }: ListSessionsOptions,
): boolean {
  return (since === undefined || modifiedMs >= since.getTime()) &&
    (before === undefined || modifiedMs < before.getTime());
}

/** Returns a filter for the options other than times. */
export function filterOf(
  options: ListSessionsOptions,
): (info: SessionInfo) => boolean {
  const wanted = options.text?.toLowerCase();
  const isOfProject = projectFilter(options);
  return (info) =>
    isOfProject(info) &&
    (wanted === undefined || textOf(info).includes(wanted));
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
