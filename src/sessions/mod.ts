/**
 * Sessions on disk: the list of them, what they are, what was said in them. Reads the
 * transcripts that the CLI writes; no process is started. Reading needs `--allow-read` for the
 * CLI's configuration folder, and `--allow-env` unless the option `configDir` names it.
 *
 * @example
 * ```ts
 * import { listSessions, readSession } from "@claudestream/core/sessions";
 *
 * const configDir = "tests/fixtures/config";
 * const { sessions } = await listSessions({ configDir, limit: 1 });
 * for (const session of sessions) {
 *   for await (const event of readSession(session, { configDir })) {
 *     if (event.type === "assistant_text") console.log(event.text);
 *   }
 * }
 * ```
 *
 * @module
 */

export { SessionNotFoundError, SessionStoreError } from "../errors.ts";
export { renameSession, tagSession } from "./change.ts";
export { deferred, type DeferredOptions } from "./deferred.ts";
export type { DeferredCall } from "../events/permissions.ts";
export { deleteSession } from "./delete.ts";
export {
  type ExportFormat,
  exportSession,
  type ExportSessionOptions,
} from "./export.ts";
export { type SessionDetails, sessionInfo } from "./find.ts";
export { forkSession, type ForkSessionOptions } from "./fork.ts";
export type { SessionInfo } from "../transcripts/info.ts";
export {
  listSessions,
  type ListSessionsOptions,
  type ListStoredSessionsOptions,
  type SessionPage,
  type StoredSessionPage,
} from "./list.ts";
export {
  projectFolderName,
  type SessionPlaceOptions,
} from "../transcripts/place.ts";
export { readSession, type ReadSessionOptions } from "./read.ts";
export type { RecordAgent } from "./records.ts";
export { importSession, type ImportSessionOptions } from "./import.ts";
export type { StoredSessionInfo, StoredSessionOptions } from "./stored_copy.ts";
export type { SessionStore } from "../stores/store.ts";
export type { SessionStoreOptions } from "../stores/store_options.ts";
export {
  searchSessions,
  type SearchSessionsOptions,
  type SessionMatch,
} from "./search.ts";
export type { SubagentFile } from "./subagents.ts";
export { sessionTally, type SessionTallyOptions } from "./tally.ts";
export { watchSession, type WatchSessionOptions } from "./watch.ts";
