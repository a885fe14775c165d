/**
 * What a store without transactions keeps for each session, and the rules of leases and batches. Pure.
 *
 * @module
 */

import { isWireObject } from "../util/json.ts";
import {
  type Lease,
  leaseHeld,
  leaseLost,
  type LeaseRequest,
  nextToken,
  type StoredSessionEntry,
  type StoredSessionKey,
  type TranscriptBatch,
  type TranscriptKey,
} from "./store.ts";

/** State of one session. */
export interface SessionState {
  /** Token of the last lease. */
  readonly token: number;
  /** Who holds it. */
  readonly holder: string;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresMs: number;
  /** Number of the last batch under it. */
  readonly sequence: number;
  /** When the session was last appended to. Absent if never. */
  readonly updatedMs?: number;
  /** How much of each transcript is stored, by subpath, in units of the store; `""` for the session's own. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Whether a value is a state. */
export function isSessionState(value: unknown): value is SessionState {
  if (!isWireObject(value)) return false;
  const { token, holder, expiresMs, sequence, updatedMs, sizes } = value;
  return typeof holder === "string" && isWireObject(sizes) &&
    [token, expiresMs, sequence, updatedMs ?? 0, ...Object.values(sizes)]
      .every((amount) => typeof amount === "number");
}

/** Returns how much of a transcript is stored. */
export function sizeOf(
  state: SessionState | undefined,
  { subpath = "" }: TranscriptKey,
): number {
  // A transcript may have the name of something that every object has, such as "constructor".
  return state !== undefined && Object.hasOwn(state.sizes, subpath)
    ? state.sizes[subpath] ?? 0
    : 0;
}

/** Returns the state after a lease was granted. */
export function granted(
  key: StoredSessionKey,
  state: SessionState | undefined,
  { holder, ttlMs }: LeaseRequest,
  nowMs: number,
): SessionState & Lease {
  const isHeld = state !== undefined && state.expiresMs > nowMs;
  // The answer to an earlier request of this holder may have been lost.
  if (isHeld && state.holder !== holder) {
    throw leaseHeld(key, state.holder, state.expiresMs - nowMs);
  }
  return {
    sizes: {},
    ...state,
    token: nextToken(state?.token ?? 0, nowMs),
    holder,
    expiresMs: nowMs + ttlMs,
    sequence: 0,
  };
}

/** Returns the state, if the token is that of its lease. */
function heldState(
  key: StoredSessionKey,
  state: SessionState | undefined,
  token: number,
): SessionState {
  if (state === undefined || state.token !== token) throw leaseLost(key);
  return state;
}

/** Returns the state after a lease was renewed. */
export function renewed(
  key: StoredSessionKey,
  state: SessionState | undefined,
  token: number,
  expiresMs: number,
): SessionState {
  return { ...heldState(key, state, token), expiresMs };
}

/** Returns the state after a lease was released, or `undefined` if another one was granted since. */
export function released(
  state: SessionState | undefined,
  token: number,
): SessionState | undefined {
  return state?.token === token ? { ...state, expiresMs: 0 } : undefined;
}

/** Returns the state for a batch to append, or `undefined` if the batch was stored before. */
export function stateFor(
  key: TranscriptKey,
  state: SessionState | undefined,
  { token, sequence }: TranscriptBatch,
): SessionState | undefined {
  const held = heldState(key, state, token);
  return sequence <= held.sequence ? undefined : held;
}

/** Returns the state after a batch was appended. */
export function appended(
  state: SessionState,
  { subpath = "" }: TranscriptKey,
  { sequence }: TranscriptBatch,
  size: number,
  nowMs: number,
): SessionState {
  return {
    ...state,
    sequence,
    updatedMs: nowMs,
    sizes: { ...state.sizes, [subpath]: size },
  };
}

/** Returns the entry of a session in a list, or `undefined` if nothing was appended to it. */
export function listed(
  { projectKey, sessionId }: StoredSessionKey,
  state: SessionState | undefined,
): StoredSessionEntry | undefined {
  if (state?.updatedMs === undefined) return undefined;
  const subpaths = Object.keys(state.sizes).filter((name) => name !== "")
    .sort();
  return { projectKey, sessionId, updatedMs: state.updatedMs, subpaths };
}
