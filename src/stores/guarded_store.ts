/**
 * A store as the library calls it: each call has a limit, what it answers is checked, and whatever
 * goes wrong is a `SessionStoreError`.
 *
 * @module
 */

import { SessionStoreError, type SessionStoreReason } from "../errors.ts";
import { thrownText } from "../util/faults.ts";
import { isWireObject } from "../util/json.ts";
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

/** Calls a function after a time. Returns a function that cancels it. */
export type After = (timeoutMs: number, call: () => void) => () => void;

/** What went wrong if a method fails for a reason that the store does not name. */
const REASONS: Readonly<Record<keyof SessionStore, SessionStoreReason>> = {
  append: "append",
  load: "load",
  session: "load",
  list: "load",
  delete: "append",
  acquire: "lease",
  renew: "lease",
  release: "lease",
};

/** Shapes of answers, as errors name them. */
const ENTRY = "entries that are objects";
const LISTED = "{ sessionId, updatedMs, subpaths }";

/** A store whose calls always end. */
export class GuardedStore implements SessionStore {
  readonly #store: SessionStore;
  readonly #timeoutMs: number;
  readonly #after: After;

  /**
   * Calls nothing yet.
   *
   * @param timeoutMs How long each call may take, and each entry of a list.
   */
  constructor(store: SessionStore, timeoutMs: number, after: After) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
    this.#after = after;
  }

  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    return this.#done("append", () => this.#store.append(key, batch));
  }

  load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    return this.#each("load", () => this.#store.load(key), ENTRY);
  }

  async session(
    key: StoredSessionKey,
  ): Promise<StoredSessionEntry | undefined> {
    const found = await this.#answer(
      "session",
      () => this.#store.session(key),
    );
    if (found === undefined || isListed(found)) return found;
    throw garbage("session", LISTED, found);
  }

  list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    return this.#each("list", () => this.#store.list(projectKey), LISTED);
  }

  delete(key: StoredSessionKey): Promise<void> {
    return this.#done("delete", () => this.#store.delete(key));
  }

  async acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease> {
    const lease = await this.#answer(
      "acquire",
      () => this.#store.acquire(key, request),
      // Too late: no one would renew it.
      ({ token }) => this.#store.release(key, token),
    );
    if (typeof lease?.token === "number") return lease;
    throw garbage("acquire", "{ token } with a number", lease);
  }

  renew(key: StoredSessionKey, token: number, ttlMs: number): Promise<void> {
    return this.#done("renew", () => this.#store.renew(key, token, ttlMs));
  }

  release(key: StoredSessionKey, token: number): Promise<void> {
    return this.#done("release", () => this.#store.release(key, token));
  }

  async #done(method: keyof SessionStore, call: () => unknown): Promise<void> {
    await this.#answer(method, call);
  }

  async *#each<T>(
    method: "load" | "list",
    call: () => AsyncIterable<T>,
    expected: string,
  ): AsyncGenerator<T> {
    const iterator = await this.#answer(
      method,
      () => call()[Symbol.asyncIterator](),
    );
    let isOver = false;
    try {
      for (;;) {
        const next = await this.#answer(method, () => iterator.next());
        if (next.done === true) {
          isOver = true;
          return;
        }
        const fits: (value: unknown) => boolean = expected === ENTRY
          ? isWireObject
          : isListed;
        if (!fits(next.value)) throw garbage(method, expected, next.value);
        yield next.value;
      }
    } finally {
      // Not awaited: a generator that hangs does not return either.
      if (!isOver) iterator.return?.()?.catch(() => {});
    }
  }

  /** Waits for what a call answers, for as long as it may take. */
  async #answer<T>(
    method: keyof SessionStore,
    call: () => T | Promise<T>,
    tooLate?: (value: T) => Promise<void>,
  ): Promise<T> {
    const { promise: expired, reject } = Promise.withResolvers<never>();
    let isLate = false;
    const cancel = this.#after(this.#timeoutMs, () => {
      isLate = true;
      reject(failure(method, `no answer within ${this.#timeoutMs} ms`));
    });
    try {
      const answered = (async () => await call())();
      // A call that ends after its limit has no other reader.
      answered.then((value) => {
        if (isLate) return tooLate?.(value);
      }).catch(() => {});
      return await Promise.race([answered, expired]);
    } catch (error) {
      throw error instanceof SessionStoreError
        ? error
        : failure(method, thrownText(error), error);
    } finally {
      cancel();
    }
  }
}

function isListed(value: unknown): value is StoredSessionEntry {
  if (!isWireObject(value)) return false;
  const { sessionId, updatedMs, subpaths } = value;
  return typeof sessionId === "string" && typeof updatedMs === "number" &&
    Array.isArray(subpaths) &&
    subpaths.every((subpath) => typeof subpath === "string");
}

function garbage(
  method: keyof SessionStore,
  expected: string,
  value: unknown,
): SessionStoreError {
  // Its kind only: what the value holds may be secret.
  const kind = value === null
    ? "null"
    : Array.isArray(value)
    ? "an array"
    : typeof value;
  return failure(method, `expected ${expected}, it answered with ${kind}`);
}

function failure(
  method: keyof SessionStore,
  reason: string,
  cause?: unknown,
): SessionStoreError {
  return new SessionStoreError(
    REASONS[method],
    `The session store failed at ${method}(): ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
