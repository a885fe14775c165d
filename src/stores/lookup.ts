/**
 * Finds a session in a store by id, a beginning of the id, or `"last"`. Pure.
 *
 * @module
 */

import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { closest } from "../util/closest.ts";
import type { SessionStore, StoredSessionEntry } from "./store.ts";

/** The shortest beginning of an id that stands for it: fewer letters are a slip. */
const SHORTEST_BEGINNING = 4;

/**
 * Returns the id of a session. Titles are in the transcripts, which a store does not search.
 *
 * @param wanted Its id, a beginning of the id that no other has, or `"last"`.
 * @throws {SessionNotFoundError} There is none, or more than one.
 */
export async function storedId(
  store: SessionStore,
  projectKey: string,
  wanted: string,
): Promise<string> {
  if (wanted.trim() === "") {
    throw new ConfigError(
      "session",
      `Invalid session: expected an id or "last", got "${wanted}"`,
    );
  }
  if (wanted !== "last") {
    const key = { projectKey, sessionId: wanted };
    if (await store.session(key) !== undefined) return wanted;
  }
  const all = await Array.fromAsync(store.list(projectKey));
  const searched = [`the session store, project "${projectKey}"`];
  const failed = (
    reason: SessionNotFoundError["reason"],
    near: readonly string[],
  ) =>
    new SessionNotFoundError(
      reason,
      wanted,
      searched,
      near.map((id) => ({ id })),
    );
  if (wanted === "last") {
    const [first, ...rest] = all;
    if (first === undefined) throw failed("missing", []);
    return rest.reduce(later, first).sessionId;
  }
  const ids = all.map(({ sessionId }) => sessionId);
  const begun = wanted.length < SHORTEST_BEGINNING
    ? []
    : ids.filter((id) => id.startsWith(wanted));
  const [only, ...others] = begun;
  if (only === undefined) {
    const near = closest(wanted, ids);
    throw failed("missing", near === undefined ? [] : [near]);
  }
  if (others.length > 0) throw failed("ambiguous", begun);
  return only;
}

function later(a: StoredSessionEntry, b: StoredSessionEntry) {
  return b.updatedMs > a.updatedMs ? b : a;
}
