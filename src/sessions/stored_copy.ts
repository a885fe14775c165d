/**
 * A session of a store as files on this machine.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { systemClock } from "../options/system_clock.ts";
import { removeFolder } from "../process/launch_files.ts";
import { restoreSession } from "../process/restored_session.ts";
import { GuardedStore } from "../stores/guarded_store.ts";
import { storedId } from "../stores/lookup.ts";
import type { SessionStore } from "../stores/store.ts";
import {
  type SessionStoreOptions,
  storeOptions,
} from "../stores/store_options.ts";
import { InfoLines, type SessionInfo } from "../transcripts/info.ts";
import {
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
} from "../transcripts/place.ts";

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

/** A session in a store: as on disk, but without a path. */
export type StoredSessionInfo = Omit<SessionInfo, "path">;

/** Yields what the transcripts of a store tell of their sessions, the one that was last appended to first. */
export async function* storedInfos(
  given: StoredSessionOptions["store"],
  isWanted: (session: { id: string; modifiedMs: number }) => boolean,
): AsyncGenerator<StoredSessionInfo> {
  const { store, projectKey } = guarded(given);
  const all = (await Array.fromAsync(store.list(projectKey)))
    .map(({ sessionId: id, updatedMs: modifiedMs }) => ({ id, modifiedMs }))
    .sort((a, b) => b.modifiedMs - a.modifiedMs || (a.id < b.id ? -1 : 1));
  for (const { id, modifiedMs } of all.filter(isWanted)) {
    const lines = new InfoLines();
    for await (const entry of store.load({ projectKey, sessionId: id })) {
      lines.add(JSON.stringify(entry));
    }
    yield lines.info(id, modifiedMs);
  }
}

/** Throws if options name a place on disk beside a store. */
export function refusePlace(options: SessionPlaceOptions): void {
  for (const option of ["configDir", "project"] as const) {
    if (options[option] === undefined) continue;
    throw new ConfigError(
      option,
      `Cannot use the option "${option}" with a store: its sessions are in no folder`,
    );
  }
}

/** Returns the options for a store whose calls always end. */
export function guarded(given: StoredSessionOptions["store"]) {
  const options = storeOptions(given);
  const store = new GuardedStore(
    options.store,
    options.timeoutMs,
    systemClock.after,
  );
  return { ...options, store };
}
