/**
 * Deletes sessions on disk.
 *
 * @module
 */

import { belongings, checkPlace } from "./belongings.ts";
import { transcriptOf } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { isGone, type SessionPlaceOptions } from "../transcripts/place.ts";

/**
 * Deletes a session for good, with what belongs to it: its transcript, those of its
 * subagents, the large results of its tools, its copies of files and its shell
 * environment. Needs `--allow-write`. A fork of it stays, and so does what other programs
 * wrote. Links are removed, never what they lead to; what is not in the CLI's own folders
 * is not touched. End the process of a session first: one that runs begins a new file.
 *
 * @param session As with `readSession`.
 * @returns The files and folders that were removed, by path.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 * @throws {ConfigError} If the transcript is not in the folder of a project.
 *
 * @example
 * ```ts ignore
 * import { deleteSession, listSessions } from "@claudestream/core/sessions";
 *
 * const before = new Date(Date.now() - 90 * 24 * 60 * 60 * 1000);
 * for (const session of (await listSessions({ before })).sessions) {
 *   await deleteSession(session);
 * }
 * ```
 */
export async function deleteSession(
  session: string | SessionInfo,
  options: SessionPlaceOptions = {},
): Promise<readonly string[]> {
  const file = await transcriptOf(session, options);
  await checkPlace(file, options);
  const removed: string[] = [];
  // The transcript goes last: what fails before it can be tried again.
  for (const path of [...await belongings(file, options), file.path]) {
    try {
      await Deno.remove(path, { recursive: path !== file.path });
      removed.push(path);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return removed;
}
