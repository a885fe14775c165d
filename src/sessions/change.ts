/**
 * Changes to sessions on disk.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { transcriptOf } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import type { SessionPlaceOptions } from "../transcripts/place.ts";

const LINE_FEED = 10;

/**
 * Sets the title of a session, as `/rename` does: the CLI shows it, and can resume by it. Adds
 * a record to the transcript, which needs `--allow-write`, also while a CLI writes to it.
 *
 * @param session An id, a beginning of the id that no other has, a title, `"last"`, or
 * what `listSessions` returned.
 * @param title The title; an empty text takes it back.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 *
 * @example
 * ```ts ignore
 * import { renameSession } from "@claudestream/core/sessions";
 *
 * await renameSession("last", "Move to the new parser");
 * ```
 */
export async function renameSession(
  session: string | SessionInfo,
  title: string,
  options: SessionPlaceOptions = {},
): Promise<void> {
  await append(session, options, "title", title, (text) => ({
    type: "custom-title",
    customTitle: text,
  }));
}

/**
 * Sets the tag of a session, replacing an existing one; see `SessionInfo.tag`. Adds a
 * record to the transcript, which needs `--allow-write`.
 *
 * @param session As with `renameSession`.
 * @param tag The tag; an empty text takes it back.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 *
 * @example
 * ```ts ignore
 * import { tagSession } from "@claudestream/core/sessions";
 *
 * await tagSession("last", "release");
 * ```
 */
export async function tagSession(
  session: string | SessionInfo,
  tag: string,
  options: SessionPlaceOptions = {},
): Promise<void> {
  await append(session, options, "tag", tag, (text) => ({
    type: "tag",
    tag: text,
  }));
}

/** Adds a record to a transcript in one write, on its own line. */
async function append(
  session: string | SessionInfo,
  options: SessionPlaceOptions,
  name: string,
  value: unknown,
  recordOf: (text: string) => WireObject,
): Promise<void> {
  if (typeof value !== "string") {
    throw new ConfigError(
      name,
      `Invalid ${name}: expected a text, got ${
        value === null ? "null" : typeof value
      }`,
    );
  }
  const { id, path } = await transcriptOf(session, options);
  const line = JSON.stringify({ ...recordOf(value.trim()), sessionId: id });
  using file = await Deno.open(path, { read: true, append: true });
  // The last writer may have been interrupted in the middle of a line.
  const start = await endsLine(file) ? "" : "\n";
  const bytes = new TextEncoder().encode(`${start}${line}\n`);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
}

async function endsLine(file: Deno.FsFile): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  await file.seek(size - 1, Deno.SeekMode.Start);
  const last = new Uint8Array(1);
  await file.read(last);
  return last[0] === LINE_FEED;
}
