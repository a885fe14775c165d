/**
 * Options for a process that goes on with the session of another. Pure.
 *
 * @module
 */

import type { SessionOptions } from "./options.ts";

/**
 * The options of the process before, with what only its start was about left out.
 *
 * @param id The session.
 * @param cwd Its working directory, where it is known.
 */
export function resumed(
  before: SessionOptions,
  id: string,
  cwd: string | undefined,
): SessionOptions {
  const {
    sessionId: _sessionId,
    fork: _fork,
    fromPr: _fromPr,
    resumeAt: _resumeAt,
    resumeDropsTurn: _resumeDropsTurn,
    worktree,
    ...options
  } = before;
  const isElsewhere = worktree !== undefined && worktree !== false &&
    cwd !== undefined;
  return { ...options, resume: id, ...isElsewhere ? { cwd } : {} };
}

/** The same options for the next process of a session, which has one recording for all. */
export function recordedOn(options: SessionOptions): SessionOptions {
  const { record } = options;
  if (record === undefined) return options;
  const isPlace = typeof record === "string" || record instanceof URL;
  const whole = isPlace ? { path: record } : record;
  return { ...options, record: { ...whole, append: true } };
}
