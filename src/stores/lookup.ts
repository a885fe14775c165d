/**
 * Finds a session in a store by id, a beginning of the id, its title, or `"last"`. Pure.
 *
 * @module
 */

import { ConfigError, SessionNotFoundError } from "../errors.ts";
import { closest } from "../util/closest.ts";
import { isUuid } from "../util/uuid.ts";
import type { SessionStore, StoredSessionEntry } from "./store.ts";

/** The shortest beginning of an id that stands for it: fewer letters are a slip. */
const SHORTEST_BEGINNING = 4;

/**
 * Returns the id of a session. Only if no id fits, all transcripts of the project are read for their
 * titles.
 *
 * @param wanted Its id, a beginning of the id that no other has, its title in any case, or `"last"`.
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
      `Invalid session: expected an id, a title or "last", got "${wanted}"`,
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
  if (begun[0] !== undefined && begun.length === 1) return begun[0];
  const titles = isUuid(wanted) ? [] : await titlesOf(store, all);
  const named = titles.filter(({ title }) =>
    title.toLowerCase() === wanted.toLowerCase()
  ).map(({ id }) => id);
  if (named[0] !== undefined && named.length === 1) return named[0];
  const meant = named.length > 1 ? named : begun;
  if (meant.length > 1) throw failed("ambiguous", meant);
  const near = closest(wanted, [...ids, ...titles.map(({ title }) => title)]);
  throw failed(
    "missing",
    near === undefined
      ? []
      : [titles.find(({ title }) => title === near)?.id ?? near],
  );
}

/** Titles that users gave to sessions. */
async function titlesOf(
  store: SessionStore,
  sessions: readonly StoredSessionEntry[],
): Promise<readonly { readonly id: string; readonly title: string }[]> {
  const titles: { readonly id: string; readonly title: string }[] = [];
  for (const { projectKey, sessionId: id } of sessions) {
    let title = "";
    for await (const entry of store.load({ projectKey, sessionId: id })) {
      if (entry.type !== "custom-title") continue;
      // The last one holds; an empty one removes those before it.
      if (typeof entry.customTitle === "string") title = entry.customTitle;
    }
    if (title !== "") titles.push({ id, title });
  }
  return titles;
}

function later(a: StoredSessionEntry, b: StoredSessionEntry) {
  return b.updatedMs > a.updatedMs ? b : a;
}
