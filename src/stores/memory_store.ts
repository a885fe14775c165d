/**
 * A session store in the memory of this program.
 *
 * @module
 */

import {
  appended,
  granted,
  listed,
  released,
  renewed,
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

interface Held extends StoredSessionKey {
  state: SessionState;
  /** The lines of each transcript, by subpath. */
  readonly lines: Map<string, string[]>;
}

/**
 * Keeps sessions in the memory of this program: for tests, and for servers with a single process
 * whose sessions may end with it.
 *
 * @example
 * ```ts
 * import { MemorySessionStore } from "@claudestream/core/stores";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemorySessionStore();
 * const key = { projectKey: "demo", sessionId: crypto.randomUUID() };
 * const { token } = await store.acquire(key, { holder: "me", ttlMs: 30_000 });
 * await store.append(key, { token, sequence: 1, entries: [{ type: "user" }] });
 * assertEquals(await Array.fromAsync(store.load(key)), [{ type: "user" }]);
 * ```
 */
export class MemorySessionStore implements SessionStore {
  readonly #sessions = new Map<string, Held>();

  /** As in {@linkcode SessionStore}. */
  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    return attempt(() => {
      const held = this.#sessions.get(idOf(key));
      const state = stateFor(key, held?.state, batch);
      if (state === undefined || held === undefined) return;
      const { subpath = "" } = key;
      // Serialize all before anything is changed.
      const added = batch.entries.map((entry) => JSON.stringify(entry));
      const lines = held.lines.get(subpath) ?? [];
      for (const line of added) lines.push(line);
      held.lines.set(subpath, lines);
      held.state = appended(state, key, batch, lines.length, Date.now());
    });
  }

  /** As in {@linkcode SessionStore}. */
  async *load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    const { subpath = "" } = key;
    const lines = this.#sessions.get(idOf(key))?.lines.get(subpath) ?? [];
    for (const line of lines.slice()) yield await JSON.parse(line);
  }

  /** As in {@linkcode SessionStore}. */
  session(key: StoredSessionKey): Promise<StoredSessionEntry | undefined> {
    return attempt(() => listed(key, this.#sessions.get(idOf(key))?.state));
  }

  /** As in {@linkcode SessionStore}. */
  async *list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    for (const held of [...this.#sessions.values()]) {
      if (held.projectKey !== projectKey) continue;
      const entry = await listed(held, held.state);
      if (entry !== undefined) yield entry;
    }
  }

  /** As in {@linkcode SessionStore}. */
  delete(key: StoredSessionKey): Promise<void> {
    return attempt(() => {
      this.#sessions.delete(idOf(key));
    });
  }

  /** As in {@linkcode SessionStore}. */
  acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease> {
    return attempt(() => {
      const held = this.#sessions.get(idOf(key));
      const state = granted(key, held?.state, request, Date.now());
      if (held !== undefined) held.state = state;
      else {
        const { projectKey, sessionId } = key;
        const made = { projectKey, sessionId, state, lines: new Map() };
        this.#sessions.set(idOf(key), made);
      }
      return { token: state.token };
    });
  }

  /** As in {@linkcode SessionStore}. */
  renew(key: StoredSessionKey, token: number, ttlMs: number): Promise<void> {
    return attempt(() => {
      const held = this.#sessions.get(idOf(key));
      const expiresMs = Date.now() + ttlMs;
      const state = renewed(key, held?.state, token, expiresMs);
      if (held !== undefined) held.state = state;
    });
  }

  /** As in {@linkcode SessionStore}. */
  release(key: StoredSessionKey, token: number): Promise<void> {
    return attempt(() => {
      const held = this.#sessions.get(idOf(key));
      const state = released(held?.state, token);
      if (held !== undefined && state !== undefined) held.state = state;
    });
  }
}

function idOf({ projectKey, sessionId }: StoredSessionKey): string {
  return JSON.stringify([projectKey, sessionId]);
}

/** Calls a function; what it throws becomes a rejection. */
async function attempt<T>(call: () => T): Promise<T> {
  return await call();
}
