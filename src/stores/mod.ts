/**
 * Session stores: keep the transcripts of sessions where other machines can resume them. The option
 * `sessionStore` takes one. Nothing of a database is loaded before a store of its kind is opened.
 *
 * @example
 * ```ts ignore
 * import { AsyncSession } from "@claudestream/core";
 * import { PostgresSessionStore } from "@claudestream/core/stores";
 *
 * await using store = await PostgresSessionStore.open("postgres://me@db/agents");
 * await using session = new AsyncSession({
 *   sessionStore: store,
 *   resume: "8a6e0804-2bd0-4672-b79d-d97027f9071a",
 * });
 * ```
 *
 * @module
 */

export type {
  Lease,
  LeaseRequest,
  SessionStore,
  StoredSessionEntry,
  StoredSessionKey,
  TranscriptBatch,
  TranscriptEntry,
  TranscriptKey,
} from "./store.ts";
export type { SessionStoreOptions } from "./store_options.ts";
export { MemorySessionStore } from "./memory_store.ts";
export { FileSessionStore } from "./file_store.ts";
export {
  DenoKvSessionStore,
  type DenoKvStoreOptions,
  type KvDatabase,
  type KvPart,
  type KvTransaction,
  type KvValue,
} from "./kv_store.ts";
export {
  type PostgresClient,
  type PostgresQueries,
  type PostgresQuery,
  type PostgresRow,
  PostgresSessionStore,
  type PostgresStoreOptions,
} from "./postgres_store.ts";
export {
  ClaudeStreamError,
  type ErrorCode,
  type ErrorDetails,
  SessionStoreError,
  type SessionStoreReason,
} from "../errors.ts";
export type { WireObject } from "../util/json.ts";
