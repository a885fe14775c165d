/**
 * What a session store is: an append-only copy of the transcripts of sessions, with a lease for
 * each session. Pure.
 *
 * @module
 */

import { SessionStoreError } from "../errors.ts";
import type { WireObject } from "../util/json.ts";

/** Names one session in a store. */
export interface StoredSessionKey {
  /** The project or tenant that the session belongs to. Sessions of two projects never meet. */
  readonly projectKey: string;
  /** Id of the session, a UUID. */
  readonly sessionId: string;
}

/** Names one transcript in a store: that of a session, or of one of its subagents. */
export interface TranscriptKey extends StoredSessionKey {
  /** Path of a subagent's transcript below the session, such as `subagents/agent-1`. Absent for the session's own. */
  readonly subpath?: string;
}

/** One line of a transcript, as the CLI wrote it. */
export type TranscriptEntry = WireObject;

/** Entries that are appended together, or not at all. */
export interface TranscriptBatch {
  /** Token of the lease under which they are written. */
  readonly token: number;
  /**
   * Number of the batch under this lease: 1 for the first one, over all transcripts of the session.
   * A batch that is sent again after a failure has the same number.
   */
  readonly sequence: number;
  /** The entries, in order. */
  readonly entries: readonly TranscriptEntry[];
}

/** How a lease is requested. */
export interface LeaseRequest {
  /** Identifies the holder, and names it in errors of others. No two sessions of a program have the same. */
  readonly holder: string;
  /** How long the lease lasts without a renewal, in milliseconds. 0: it has expired at once. */
  readonly ttlMs: number;
}

/** A lease: the right to write to a session. */
export interface Lease {
  /** Fencing token: greater than that of every earlier lease of the session. */
  readonly token: number;
}

/** A session in the list of a store. */
export interface StoredSessionEntry extends StoredSessionKey {
  /** When it was last appended to, in milliseconds since 1970. */
  readonly updatedMs: number;
  /** Subpaths of its other transcripts, sorted. */
  readonly subpaths: readonly string[];
}

/**
 * A place for the transcripts of sessions, shared by any number of machines. Run
 * `testSessionStore()` of `@claudestream/core/testing` on an implementation.
 */
export interface SessionStore {
  /**
   * Appends entries to a transcript: all of them or none. A batch whose `sequence` is not greater
   * than that of the last one under the same lease was stored before: nothing is stored again.
   *
   * @throws {SessionStoreError} With the reason `lease_lost`, if `token` is not that of the last
   *   lease granted for this session. Any other error means that it may be tried again.
   */
  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void>;
  /** Yields the entries of a transcript in the order in which they were appended; none if there is no such transcript. */
  load(key: TranscriptKey): AsyncIterable<TranscriptEntry>;
  /** Returns what is known about a session, or `undefined` if nothing was appended to it. */
  session(key: StoredSessionKey): Promise<StoredSessionEntry | undefined>;
  /** Yields the sessions of a project, in no order. */
  list(projectKey: string): AsyncIterable<StoredSessionEntry>;
  /** Removes a session with all of its transcripts. Its lease is lost. */
  delete(key: StoredSessionKey): Promise<void>;
  /**
   * Grants the lease of a session if it is free, the last one has expired, or the same holder has it:
   * the answer to its first request may have been lost. The lease that it had is then lost.
   *
   * @throws {SessionStoreError} With the reason `lease_held`, if another one holds it.
   */
  acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease>;
  /**
   * Extends a lease from now on.
   *
   * @throws {SessionStoreError} With the reason `lease_lost`, if another one was granted since.
   */
  renew(key: StoredSessionKey, token: number, ttlMs: number): Promise<void>;
  /** Gives a lease up. Does nothing if it was lost. */
  release(key: StoredSessionKey, token: number): Promise<void>;
}

/** Returns the error for a session that another one writes. */
export function leaseHeld(
  { sessionId }: StoredSessionKey,
  holder: string,
  leftMs: number,
): SessionStoreError {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return new SessionStoreError(
    "lease_held",
    `Cannot write the session "${sessionId}": "${holder}" holds its lease for another ${seconds} s`,
    {
      hint: "Close it there, or try again when the lease has expired",
      sessionId,
    },
  );
}

/** Returns the error for a write under a lease that was lost. */
export function leaseLost({ sessionId }: StoredSessionKey): SessionStoreError {
  return new SessionStoreError(
    "lease_lost",
    `Cannot write the session "${sessionId}": its lease was lost to another one`,
    { hint: "Resume the session to go on from what is stored", sessionId },
  );
}

/** Returns the token of the next lease: greater than the last one, also after a deletion. */
export function nextToken(last: number, nowMs: number): number {
  return Math.max(last + 1, Math.floor(nowMs));
}
