/**
 * What a session does when its process died (the option `recover`), and the options of the process
 * that continues it. Pure.
 *
 * @module
 */

import { DeadlineError, ProcessExitError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";

/** Whether a process was lost in a turn: by its death, or as it had to be ended. */
function isLost(error: Error | undefined): error is Error {
  return error instanceof ProcessExitError ||
    error instanceof DeadlineError &&
      (error.code === "stalled" || error.operation === "turn" ||
        error.operation === "interrupt");
}

/** Counts the restarts of one session. */
export class Restarts {
  readonly #options: SessionOptions;
  #count = 0;

  /** @param options Those of the session. */
  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Says which restart comes, from 1, or `undefined` where the session ends with its
   * process.
   *
   * @param error Why the process is gone; `undefined` where it was closed.
   */
  next(error: Error | undefined): number | undefined {
    const { recover, signal } = this.#options;
    if (
      !isLost(error) || this.#count >= (recover?.attempts ?? 0) ||
      signal?.aborted === true
    ) return undefined;
    return ++this.#count;
  }
}

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

/** What is known of a process that died. */
export interface Lost {
  /** Its session, where it is known. */
  readonly id: string | undefined;
  /** Its working directory, where it is known. */
  readonly cwd: string | undefined;
  /** The session was written to disk. */
  readonly isWritten: boolean;
  /** Another conversation had taken the place of the first one. */
  readonly wasReset: boolean;
  /** It was sent a prompt. */
  readonly hasPrompted: boolean;
}

/**
 * Options for a process that takes the place of one that died. A session of which nothing
 * was written cannot be resumed: it begins again as it began.
 *
 * @param newId A UUID that no session has.
 */
export function recovered(
  before: SessionOptions,
  { id, cwd, isWritten, wasReset, hasPrompted }: Lost,
  newId: string,
): SessionOptions {
  if (isWritten && id !== undefined) return resumed(before, id, cwd);
  if (!hasPrompted && !wasReset) return before;
  const {
    resume,
    resumeAt,
    resumeDropsTurn,
    fork,
    fromPr,
    sessionId,
    ...rest
  } = before;
  const origin = wasReset ? {} : {
    ...resume === undefined ? {} : { resume },
    ...resumeAt === undefined ? {} : { resumeAt },
    ...resumeDropsTurn === undefined ? {} : { resumeDropsTurn },
    ...fork === undefined ? {} : { fork },
    ...fromPr === undefined ? {} : { fromPr },
  };
  // The CLI refuses an id that it has written down after all.
  return {
    ...rest,
    ...origin,
    ...sessionId === undefined ? {} : { sessionId: newId },
  };
}

/** The same options for the next process of a session, which has one recording for all. */
export function recordedOn(options: SessionOptions): SessionOptions {
  const { record } = options;
  if (record === undefined) return options;
  const isPlace = typeof record === "string" || record instanceof URL;
  const whole = isPlace ? { path: record } : record;
  return { ...options, record: { ...whole, append: true } };
}
