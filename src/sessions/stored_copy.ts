/**
 * A session of a store as files on this machine.
 *
 * @module
 */

import { removeFolder } from "../process/launch_files.ts";
import { restoreSession } from "../process/restored_session.ts";
import { GuardedStore } from "../stores/guarded_store.ts";
import { storedId } from "../stores/lookup.ts";
import type { SessionStore } from "../stores/store.ts";
import {
  type SessionStoreOptions,
  storeOptions,
} from "../stores/store_options.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { sized, type SizedTranscript } from "../transcripts/place.ts";

/** Options that name a store. */
export interface StoredSessionOptions {
  /** The store. */
  readonly store: SessionStore | SessionStoreOptions;
}

/** A transcript that can be read until it is disposed of. */
export interface OpenTranscript extends AsyncDisposable {
  /** The file. */
  readonly file: SizedTranscript;
}

/** Writes a session of a store to a private folder, which is removed when the copy is disposed of. */
export async function copyOf(
  session: string | SessionInfo,
  given: StoredSessionOptions["store"],
): Promise<OpenTranscript> {
  const { store, projectKey } = guarded(given);
  const wanted = typeof session === "string" ? session : session.id;
  const id = await storedId(store, projectKey, wanted);
  const { folder, path } = await restoreSession(store, {
    projectKey,
    sessionId: id,
  });
  const file = sized({ id, folder, path });
  if (file === undefined) throw new Deno.errors.NotFound(path);
  return { file, [Symbol.asyncDispose]: () => removeFolder(folder) };
}

/** Returns the options for a store whose calls always end. */
export function guarded(given: StoredSessionOptions["store"]) {
  const options = storeOptions(given);
  const store = new GuardedStore(options.store, options.timeoutMs, after);
  return { ...options, store };
}

function after(timeoutMs: number, call: () => void): () => void {
  const timer = setTimeout(call, timeoutMs);
  return () => clearTimeout(timer);
}
