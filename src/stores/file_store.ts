/**
 * A session store in a folder.
 *
 * @module
 */

import { entriesIn, entryBytes } from "./entry_bytes.ts";
import {
  appended,
  granted,
  heldState,
  listed,
  type SessionState,
  stateFor,
} from "./lease_state.ts";
import type {
  Lease,
  LeaseRequest,
  SessionStore,
  StoredSessionEntry,
  StoredSessionKey,
  TranscriptBatch,
  TranscriptEntry,
  TranscriptKey,
} from "./store.ts";

const STATE = "state.json";
const LOCK = "lock";

/**
 * Keeps sessions as files in a folder, which several programs may share if its file system has
 * locks (`flock`). Files are readable for this user only. Needs `--allow-read` and `--allow-write`
 * for the folder.
 *
 * `state.json` of a session says how much of each file counts. What a program wrote and did not
 * finish is cut off by the next one.
 */
export class FileSessionStore implements SessionStore {
  readonly #folder: string;

  /**
   * Makes nothing yet.
   *
   * @param folder The folder; it is made when it is needed.
   */
  constructor(folder: string | URL) {
    const path = folder instanceof URL
      ? decodeURIComponent(folder.pathname)
      : folder;
    this.#folder = path.replace(/[\\/]+$/, "");
  }

  /** As in {@linkcode SessionStore}. */
  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    return this.#locked(key, async (folder, state) => {
      const held = stateFor(key, state, batch);
      if (held === undefined) return undefined;
      const { subpath = "" } = key;
      const bytes = entryBytes(batch.entries);
      const before = held.sizes[subpath] ?? 0;
      await writeAt(`${folder}/${fileName(subpath)}`, before, bytes);
      const size = before + bytes.length;
      return appended(held, key, batch, size, Date.now());
    });
  }

  /** As in {@linkcode SessionStore}. */
  async *load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    const { subpath = "" } = key;
    const folder = this.#folderOf(key);
    const size = (await stateIn(folder))?.sizes[subpath] ?? 0;
    if (size === 0) return;
    const file = await Deno.open(`${folder}/${fileName(subpath)}`);
    yield* entriesIn(file.readable.pipeThrough(firstBytes(size)));
  }

  /** As in {@linkcode SessionStore}. */
  async session(
    key: StoredSessionKey,
  ): Promise<StoredSessionEntry | undefined> {
    return listed(key, await stateIn(this.#folderOf(key)));
  }

  /** As in {@linkcode SessionStore}. */
  async *list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.#projectOf(projectKey))) {
        names.push(name);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    for (const name of names) {
      const sessionId = decodeURIComponent(name);
      const entry = await this.session({ projectKey, sessionId });
      if (entry !== undefined) yield entry;
    }
  }

  /** As in {@linkcode SessionStore}. */
  delete(key: StoredSessionKey): Promise<void> {
    return this.#locked(key, async (folder) => {
      // The lock file stays: another program may be waiting for it.
      for await (const { name } of Deno.readDir(folder)) {
        if (name !== LOCK) await Deno.remove(`${folder}/${name}`);
      }
      return undefined;
    });
  }

  /** As in {@linkcode SessionStore}. */
  async acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease> {
    let token = 0;
    await this.#locked(key, (_folder, state) => {
      const next = granted(key, state, request, Date.now());
      token = next.token;
      return Promise.resolve(next);
    });
    return { token };
  }

  /** As in {@linkcode SessionStore}. */
  renew(key: StoredSessionKey, token: number, ttlMs: number): Promise<void> {
    return this.#locked(key, (_folder, state) => {
      const held = heldState(key, state, token);
      return Promise.resolve({ ...held, expiresMs: Date.now() + ttlMs });
    });
  }

  /** As in {@linkcode SessionStore}. */
  release(key: StoredSessionKey, token: number): Promise<void> {
    return this.#locked(key, (_folder, state) =>
      Promise.resolve(
        state?.token === token ? { ...state, expiresMs: 0 } : undefined,
      ));
  }

  #projectOf(projectKey: string): string {
    return `${this.#folder}/${nameOf(projectKey)}`;
  }

  #folderOf({ projectKey, sessionId }: StoredSessionKey): string {
    return `${this.#projectOf(projectKey)}/${nameOf(sessionId)}`;
  }

  /** Changes a session while no other program does. `change` returns its next state, if that changes. */
  async #locked(
    key: StoredSessionKey,
    change: (
      folder: string,
      state: SessionState | undefined,
    ) => Promise<SessionState | undefined>,
  ): Promise<void> {
    const folder = this.#folderOf(key);
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    using lock = await Deno.open(`${folder}/${LOCK}`, {
      create: true,
      write: true,
      mode: 0o600,
    });
    await lock.lock(true);
    const state = await change(folder, await stateIn(folder));
    if (state === undefined) return;
    const draft = `${folder}/${STATE}.new`;
    await writeAt(draft, 0, new TextEncoder().encode(JSON.stringify(state)));
    await Deno.rename(draft, `${folder}/${STATE}`);
  }
}

/** Returns a file name for any text: no separators, no dots at its beginning. */
function nameOf(text: string): string {
  const name = encodeURIComponent(text.toWellFormed()).replaceAll(".", "%2E");
  // A name of its own for the empty text.
  return name === "" ? "%" : name;
}

function fileName(subpath: string): string {
  return subpath === "" ? "session.jsonl" : `sub-${nameOf(subpath)}.jsonl`;
}

async function stateIn(folder: string): Promise<SessionState | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(`${folder}/${STATE}`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes bytes at a place and cuts off what was behind it. Returns once they are on disk. */
async function writeAt(
  path: string,
  offset: number,
  bytes: Uint8Array,
): Promise<void> {
  using file = await Deno.open(path, {
    create: true,
    write: true,
    mode: 0o600,
  });
  await file.truncate(offset);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
  await file.sync();
}

/** Passes on the first bytes only. */
function firstBytes(
  size: number,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = size;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}
