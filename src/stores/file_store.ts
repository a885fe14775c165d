/**
 * A session store in a folder.
 *
 * @module
 */

import {
  ConfigError,
  SessionStoreError,
  type SessionStoreReason,
} from "../errors.ts";
import { entriesIn, entryBytes } from "./entry_bytes.ts";
import {
  appended,
  granted,
  isSessionState,
  listed,
  released,
  renewed,
  type SessionState,
  sizeOf,
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
/** Longest part of a name that is written out: file systems take 255 bytes. */
const LONGEST_NAME = 150;

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
   * @throws {ConfigError} It is no path.
   */
  constructor(folder: string | URL) {
    const path = folder instanceof URL
      ? decodeURIComponent(folder.pathname)
      : folder;
    // An empty text would be the root of the file system.
    if (typeof path !== "string" || path === "") {
      throw new ConfigError(
        "sessionStore",
        `Cannot store sessions in a folder: expected its path, got ${
          path === "" ? "an empty text" : typeof path
        }`,
      );
    }
    this.#folder = path.replace(/[\\/]+$/, "");
  }

  /** As in {@linkcode SessionStore}. */
  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    return this.#locked(key, async (folder, state) => {
      const held = stateFor(key, state, batch);
      if (held === undefined) return undefined;
      const bytes = entryBytes(batch.entries);
      const before = sizeOf(held, key);
      const path = `${folder}/${await fileName(key)}`;
      if (before > 0) await checkLength(path, before, "append");
      await writeAt(path, before, bytes);
      const size = before + bytes.length;
      return appended(held, key, batch, size, Date.now());
    });
  }

  /** As in {@linkcode SessionStore}. */
  async *load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    const folder = await this.#folderOf(key);
    const size = sizeOf(await stateIn(folder), key);
    if (size === 0) return;
    const path = `${folder}/${await fileName(key)}`;
    await checkLength(path, size, "load");
    const file = await Deno.open(path);
    yield* entriesIn(file.readable.pipeThrough(firstBytes(size)));
  }

  /** As in {@linkcode SessionStore}. */
  async session(
    key: StoredSessionKey,
  ): Promise<StoredSessionEntry | undefined> {
    return listed(key, await stateIn(await this.#folderOf(key)));
  }

  /** As in {@linkcode SessionStore}. */
  async *list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    const folder = await this.#projectOf(projectKey);
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(folder)) {
        names.push(name);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    for (const name of names) {
      const sessionId = await textOf(name);
      if (sessionId === undefined) continue;
      const entry = await this.session({ projectKey, sessionId });
      if (entry !== undefined) yield entry;
    }
  }

  /** As in {@linkcode SessionStore}. */
  delete(key: StoredSessionKey): Promise<void> {
    return this.#locked(key, async (folder, state) => {
      // The state first: without it the rest does not count, should this stop in the middle.
      if (state !== undefined) await Deno.remove(`${folder}/${STATE}`);
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
    return this.#locked(
      key,
      async (_folder, state) =>
        await renewed(key, state, token, Date.now() + ttlMs),
    );
  }

  /** As in {@linkcode SessionStore}. */
  release(key: StoredSessionKey, token: number): Promise<void> {
    return this.#locked(
      key,
      (_folder, state) => Promise.resolve(released(state, token)),
    );
  }

  async #projectOf(projectKey: string): Promise<string> {
    return `${this.#folder}/${await nameOf(projectKey)}`;
  }

  async #folderOf(
    { projectKey, sessionId }: StoredSessionKey,
  ): Promise<string> {
    const project = await this.#projectOf(projectKey);
    return `${project}/${await nameOf(sessionId)}`;
  }

  /** Changes a session while no other program does. `change` returns its next state, if that changes. */
  async #locked(
    key: StoredSessionKey,
    change: (
      folder: string,
      state: SessionState | undefined,
    ) => Promise<SessionState | undefined>,
  ): Promise<void> {
    const folder = await this.#folderOf(key);
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

/**
 * Returns a file name for any text. Small letters, digits, "_", "-" and "%" only: no way out of the
 * folder, and no two names that a file system takes for the same.
 */
async function nameOf(text: string): Promise<string> {
  let name = "";
  for (const byte of new TextEncoder().encode(text)) {
    const letter = String.fromCharCode(byte);
    name += /[a-z\d_-]/.test(letter) ? letter : `%${hexOf(byte)}`;
  }
  // The empty text needs a name, too.
  if (name === "") return "%";
  if (name.length <= LONGEST_NAME) return name;
  const bytes = new TextEncoder().encode(name);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const rest = Array.from(digest, hexOf).join("");
  return `${name.slice(0, LONGEST_NAME)}%_${rest}`;
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** Returns the text that {@linkcode nameOf} made a name of, or `undefined` if it made no such name. */
async function textOf(name: string): Promise<string | undefined> {
  try {
    const text = decodeURIComponent(name);
    return await nameOf(text) === name ? text : undefined;
  } catch {
    // It is a name of another program, or a shortened one, which no id has.
    return undefined;
  }
}

async function fileName({ subpath = "" }: TranscriptKey): Promise<string> {
  return subpath === ""
    ? "session.jsonl"
    : `sub-${await nameOf(subpath)}.jsonl`;
}

async function stateIn(folder: string): Promise<SessionState | undefined> {
  const path = `${folder}/${STATE}`;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    // It is refused as any other text that is no state.
  }
  if (isSessionState(state)) return state;
  throw damaged("load", path, "it is not what this store writes");
}

/** Checks that a file is at least as long as its recorded length. */
async function checkLength(
  path: string,
  size: number,
  reason: SessionStoreReason,
): Promise<void> {
  let found = 0;
  try {
    found = (await Deno.stat(path)).size;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (found < size) {
    throw damaged(reason, path, `it has ${found} of ${size} bytes`);
  }
}

function damaged(
  reason: SessionStoreReason,
  path: string,
  what: string,
): SessionStoreError {
  return new SessionStoreError(
    reason,
    `The file "${path}" of the session store is damaged: ${what}`,
    { hint: "Bring it back from a copy, or delete the session" },
  );
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
