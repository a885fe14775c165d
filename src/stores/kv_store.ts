/**
 * A session store in Deno KV.
 *
 * @module
 */

import { ConfigError, SessionStoreError } from "../errors.ts";
import { entriesIn, entryBytes } from "./entry_bytes.ts";
import {
  appended,
  granted,
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

/** Largest piece of a transcript in one value, in bytes: a value holds 64 KiB at most. */
const PIECE_BYTES = 60 * 1024;
/** Pieces written at once: a transaction holds 800 KiB at most. */
const PIECES_AT_ONCE = 10;
/** How often a transaction is tried that another change of the session got in the way of. */
const TRIES = 20;

/** The part of `Deno.Kv` that the store needs. */
export interface KvDatabase {
  /** Reads a value. */
  get(key: readonly KvPart[]): Promise<KvValue>;
  /** Reads values in the order of their keys. */
  list(
    selector: { readonly prefix: readonly KvPart[] },
  ): AsyncIterable<KvValue & { readonly key: readonly KvPart[] }>;
  /** Begins a transaction. */
  atomic(): KvTransaction;
  /** Closes the database. */
  close(): void;
}

/** A part of a key. */
export type KvPart = Uint8Array | string | number | bigint | boolean | symbol;

/** A value with its version; both are null if there is none. */
export interface KvValue {
  /** The value. */
  readonly value: unknown;
  /** Its version. */
  readonly versionstamp: string | null;
}

/** A transaction. */
export interface KvTransaction {
  /** Fails the transaction if the version is another one. */
  check(
    check: {
      readonly key: readonly KvPart[];
      readonly versionstamp: string | null;
    },
  ): this;
  /** Writes a value. */
  set(key: readonly KvPart[], value: unknown): this;
  /** Removes a value. */
  delete(key: readonly KvPart[]): this;
  /** Ends the transaction. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** Options of {@linkcode DenoKvSessionStore.open}. */
export interface DenoKvStoreOptions {
  /** Path or address of the database. By default the one of the program. */
  readonly path?: string;
  /** First part of all keys. Default `"claudestream"`. */
  readonly prefix?: string;
}

/**
 * Keeps sessions in Deno KV, in pieces that fit into its values. Needs `--unstable-kv`. Leases go
 * by the clocks of the machines that share the database, which must not differ by more than a
 * fraction of `leaseMs`; a write under a lost lease is refused whatever the clocks say.
 */
export class DenoKvSessionStore implements SessionStore, Disposable {
  readonly #kv: KvDatabase;
  readonly #prefix: string;

  /**
   * Takes a database that is open.
   *
   * @param prefix First part of all keys.
   */
  constructor(kv: KvDatabase, prefix = "claudestream") {
    this.#kv = kv;
    this.#prefix = prefix;
  }

  /**
   * Opens a database.
   *
   * @throws {ConfigError} Deno runs without `--unstable-kv`.
   */
  static async open(
    { path, prefix }: DenoKvStoreOptions = {},
  ): Promise<DenoKvSessionStore> {
    // Without the flag it is not even declared.
    const { openKv } = Deno as unknown as {
      readonly openKv?: (path?: string) => Promise<KvDatabase>;
    };
    if (openKv === undefined) {
      throw new ConfigError(
        "sessionStore",
        "Cannot open Deno KV: Deno.openKv is not available",
        { hint: "Run Deno with --unstable-kv" },
      );
    }
    return new DenoKvSessionStore(await openKv(path), prefix);
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    this.#kv.close();
  }

  /** As in {@linkcode SessionStore}. */
  async append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    const pieces = piecesOf(entryBytes(batch.entries));
    await this.#change(key, async (state, transaction, isFree) => {
      const held = stateFor(key, state, batch);
      if (held === undefined) return undefined;
      const before = sizeOf(held, key);
      const last = Math.max(0, pieces.length - PIECES_AT_ONCE);
      // Pieces behind the size do not count yet.
      for (let at = 0; at < last; at += PIECES_AT_ONCE) {
        const part = this.#kv.atomic();
        isFree(part);
        const end = Math.min(at + PIECES_AT_ONCE, last);
        for (let piece = at; piece < end; piece++) {
          part.set(this.#piece(key, before + piece), pieces[piece]);
        }
        if (!(await part.commit()).ok) return "again";
      }
      for (let piece = last; piece < pieces.length; piece++) {
        transaction.set(this.#piece(key, before + piece), pieces[piece]);
      }
      const size = before + pieces.length;
      return appended(held, key, batch, size, Date.now());
    });
  }

  /** As in {@linkcode SessionStore}. */
  async *load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    const size = sizeOf((await this.#state(key)).state, key);
    let at = 0;
    const bytes = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        if (at === size) return controller.close();
        const { value } = await this.#kv.get(this.#piece(key, at++));
        if (value instanceof Uint8Array) controller.enqueue(value.slice());
        else controller.error(deleted(key));
      },
    });
    yield* entriesIn(bytes);
  }

  /** As in {@linkcode SessionStore}. */
  async session(
    key: StoredSessionKey,
  ): Promise<StoredSessionEntry | undefined> {
    return listed(key, (await this.#state(key)).state);
  }

  /** As in {@linkcode SessionStore}. */
  async *list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    const prefix = [this.#prefix, "state", projectKey];
    for await (const { key, value } of this.#kv.list({ prefix })) {
      const sessionId = String(key.at(-1));
      const entry = listed({ projectKey, sessionId }, value as SessionState);
      if (entry !== undefined) yield entry;
    }
  }

  /** As in {@linkcode SessionStore}. */
  async delete(key: StoredSessionKey): Promise<void> {
    const { projectKey, sessionId } = key;
    // The state first: from then on no holder can write.
    await this.#kv.atomic().delete(this.#stateKey(key)).commit();
    const prefix = [this.#prefix, "piece", projectKey, sessionId];
    const absent = { key: this.#stateKey(key), versionstamp: null };
    for await (const { key: piece } of this.#kv.list({ prefix })) {
      const { ok } = await this.#kv.atomic().check(absent).delete(piece)
        .commit();
      // A new holder may have written this piece. It overwrites what is left before it counts.
      if (!ok) return;
    }
  }

  /** As in {@linkcode SessionStore}. */
  async acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease> {
    let token = 0;
    await this.#change(key, (state) => {
      const next = granted(key, state, request, Date.now());
      token = next.token;
      return next;
    });
    return { token };
  }

  /** As in {@linkcode SessionStore}. */
  async renew(
    key: StoredSessionKey,
    token: number,
    ttlMs: number,
  ): Promise<void> {
    await this.#change(
      key,
      (state) => renewed(key, state, token, Date.now() + ttlMs),
    );
  }

  /** As in {@linkcode SessionStore}. */
  async release(key: StoredSessionKey, token: number): Promise<void> {
    await this.#change(key, (state) => released(state, token));
  }

  /** Changes the state of a session in a transaction that fails if the state has changed meanwhile. */
  async #change(
    key: StoredSessionKey,
    change: (
      state: SessionState | undefined,
      transaction: KvTransaction,
      isFree: (transaction: KvTransaction) => void,
    ) => Soon<SessionState | "again" | undefined>,
  ): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { state, versionstamp } = await this.#state(key);
      const isFree = (transaction: KvTransaction) => {
        transaction.check({ key: this.#stateKey(key), versionstamp });
      };
      const transaction = this.#kv.atomic();
      isFree(transaction);
      const next = await change(state, transaction, isFree);
      if (next === undefined) return;
      if (next === "again") continue;
      transaction.set(this.#stateKey(key), next);
      if ((await transaction.commit()).ok) return;
    }
    throw new SessionStoreError(
      "append",
      `Cannot write the session "${key.sessionId}": it was changed by another one at each of ${TRIES} tries`,
      { sessionId: key.sessionId },
    );
  }

  async #state(key: StoredSessionKey): Promise<{
    readonly state: SessionState | undefined;
    readonly versionstamp: string | null;
  }> {
    const { value, versionstamp } = await this.#kv.get(this.#stateKey(key));
    return { state: (value ?? undefined) as SessionState, versionstamp };
  }

  #stateKey({ projectKey, sessionId }: StoredSessionKey): readonly string[] {
    return [this.#prefix, "state", projectKey, sessionId];
  }

  #piece(
    { projectKey, sessionId, subpath = "" }: TranscriptKey,
    index: number,
  ): readonly KvPart[] {
    return [this.#prefix, "piece", projectKey, sessionId, subpath, index];
  }
}

type Soon<T> = T | Promise<T>;

function piecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.slice(at, at + PIECE_BYTES));
  }
  return pieces;
}

function deleted({ sessionId }: StoredSessionKey): SessionStoreError {
  return new SessionStoreError(
    "load",
    `Cannot read the session "${sessionId}": it was deleted meanwhile`,
    { sessionId },
  );
}
