/**
 * The option `recover`: decides whether a session restarts after its process died, and builds the
 * options of the process that continues it. Pure.
 *
 * @module
 */

import { DeadlineError, ProcessExitError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";

/** Whether a process was lost during a turn, because it died or had to be ended. */
function isLost(error: Error | undefined): error is Error {
  return error instanceof ProcessExitError ||
    error instanceof DeadlineError &&
      (error.code === "stalled" || error.operation === "turn" ||
        error.operation === "interrupt");
}

/** Counts the restarts of one session. */
export class Restarts {
  readonly #options: SessionOptions;
  readonly #isLasting: boolean;
  #count = 0;

  /**
   * @param options Options of the session.
   * @param isLasting Whether only the caller ends the session, as in a pool: even a process that
   *   could not be started is then tried again for the next prompt.
   */
  constructor(options: SessionOptions, isLasting = false) {
    this.#options = options;
    this.#isLasting = isLasting;
  }

  /**
   * Returns the number of the next restart, from 1, or `undefined` if the session ends with its
   * process.
   *
   * @param error Why the process is gone; `undefined` if it was closed.
   */
  next(error: Error | undefined): number | undefined {
    const { recover, signal } = this.#options;
    const isWanted = this.#isLasting
      ? error !== undefined
      : isLost(error) && this.#count < (recover?.attempts ?? 0);
    if (!isWanted || signal?.aborted === true) return undefined;
    return ++this.#count;
  }
}

/**
 * Returns the options of the previous process, without those that apply only to the first start.
 *
 * @param id Id of the session.
 * @param cwd Its working directory, if known.
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

/** Facts about a process that died. */
export interface Lost {
  /** Id of its session, if known. */
  readonly id: string | undefined;
  /** Its working directory, if known. */
  readonly cwd: string | undefined;
  /** Whether the session was written to disk. */
  readonly isWritten: boolean;
  /** Whether another conversation had replaced the first one. */
  readonly wasReset: boolean;
  /** Whether a prompt was sent to the process. */
  readonly hasPrompted: boolean;
}

/**
 * Returns the options for a process that replaces one that died. A session that was never written
 * to disk cannot be resumed; it starts again from the beginning.
 *
 * @param newId An unused UUID.
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
  // The CLI may have written the session after all, and then rejects its id.
  return {
    ...rest,
    ...origin,
    ...sessionId === undefined ? {} : { sessionId: newId },
  };
}

/** Returns the options for the next process of a session, which appends to the same recording. */
export function recordedOn(options: SessionOptions): SessionOptions {
  const { record } = options;
  if (record === undefined) return options;
  const isPlace = typeof record === "string" || record instanceof URL;
  const whole = isPlace ? { path: record } : record;
  return { ...options, record: { ...whole, append: true } };
}
