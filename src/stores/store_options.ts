/**
 * How a session uses its store. Pure.
 *
 * @module
 */

import type { SessionStore } from "./store.ts";

/** How a session uses its store. */
export interface SessionStoreOptions {
  /** The store. */
  readonly store: SessionStore;
  /** The project or tenant that its sessions belong to. Default `"default"`. */
  readonly projectKey?: string;
  /**
   * Names this program in errors of others that want the lease. Each session adds an id of its own,
   * so that sessions of the same name do not share a lease. Default `"claudestream"`.
   */
  readonly holder?: string;
  /**
   * How long the lease lasts if this program can no longer renew it, in milliseconds: another machine
   * has to wait this long after a crash. Default 30,000.
   */
  readonly leaseMs?: number;
  /**
   * How long a call of the store may take, and each entry that it loads, in milliseconds; then the
   * call has failed. Goes by the clock of the session. Default 10,000.
   */
  readonly timeoutMs?: number;
  /** How often it is tried to append entries, with growing pauses. Default 4. */
  readonly attempts?: number;
  /**
   * What happens if entries cannot be stored. With `"fail"` the session fails with a
   * {@linkcode SessionStoreError}. With `"report"` a `MirrorError` event says so, and the entries
   * are tried again with the next ones; `close()` throws the error if they are still not stored at
   * the end. A lost lease always fails the session. Default `"fail"`.
   */
  readonly onFailure?: "fail" | "report";
}

const METHODS = [
  "append",
  "load",
  "session",
  "list",
  "delete",
  "acquire",
  "renew",
  "release",
] as const satisfies readonly (keyof SessionStore)[];

/** Whether a value has the methods of a store. */
export function isSessionStore(value: unknown): value is SessionStore {
  return typeof value === "object" && value !== null &&
    METHODS.every((name) =>
      typeof (value as Readonly<Record<string, unknown>>)[name] === "function"
    );
}

/** Returns the options of one holder of leases: all of its requests have the same identity. */
export function holderOptions(
  given: SessionStore | SessionStoreOptions,
): Required<SessionStoreOptions> {
  const options = storeOptions(given);
  return {
    ...options,
    holder: `${options.holder} (${crypto.randomUUID()})`,
  };
}

/** Returns the options for a store that may be given alone. */
export function storeOptions(
  given: SessionStore | SessionStoreOptions,
): Required<SessionStoreOptions> {
  const options = isSessionStore(given) ? { store: given } : given;
  return {
    projectKey: "default",
    holder: "claudestream",
    leaseMs: 30_000,
    timeoutMs: 10_000,
    attempts: 4,
    onFailure: "fail",
    ...options,
  };
}
