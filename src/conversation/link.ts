/**
 * The connection of a conversation to its process: writes lines, delivers lines, and runs timers.
 * There are two kinds: to a process of this thread (`child_link.ts`), and through a worker for a
 * blocking thread (`worker_link.ts`).
 *
 * @module
 */

import type { Due } from "../util/due.ts";
import type { Clock } from "../options/clock.ts";
import type { Launch } from "../options/launch.ts";
import type { ProcessExit } from "../protocol/mod.ts";
import type { ConversationState } from "../protocol/state.ts";

export type { Clock };

/** Receives lines and news from the process. */
export interface LinkTaker {
  /** State of the conversation. */
  readonly state: ConversationState;
  /** Whether the process has ended or could not be started. */
  readonly isEnded: boolean;
  /** Returns the secrets known so far. */
  readonly secrets: () => readonly string[];
  /** Called with each line of stderr; `undefined` if no observer wants them. */
  readonly stderr: ((line: string) => void) | undefined;
  /**
   * Loads what is needed to answer the process. Returns `undefined` if there is nothing to wait
   * for.
   */
  prepare(): Promise<void> | undefined;
  /**
   * Takes a line.
   *
   * @param isLast Whether to read the clock, which takes as long as reading a line: true for one of
   *   several lines that arrived together.
   * @returns Whether a caller waits for this very line.
   */
  receive(line: string, isLast: boolean): boolean;
  /** Called when the process has ended or could not be started. */
  end(how: ProcessExit | Error): void;
  /** Called when the conversation cannot continue. */
  fail(error: Error): void;
  /** Returns the error of a call after the process has ended. */
  endError(operation: string): Error;
}

/** Connection to one process, whichever thread runs it. */
export interface Link extends Clock {
  /** Id of the process, once it has started. */
  readonly pid: number | undefined;
  /** The end of stderr. */
  readonly stderrTail: string;
  /** Settled once the process is gone. */
  readonly gone: Due<void>;
  /** Why the process could not be ended, if known. */
  readonly endFailure: unknown;
  /** Starts the process. */
  start(launch: Launch, taker: LinkTaker): void;
  /** Removes the files written for the process now, since it has read them. */
  removeFiles(): void;
  /**
   * Takes all lines that are already available. Does nothing on a thread that does not block, which
   * takes lines as they arrive.
   */
  poll(): void;
  /** Writes a line once the process has started. */
  write(line: string): void;
  /**
   * Ends the process by the steps of the options: closes stdin, waits at most `eofMs`, then sends
   * signals.
   */
  close(eofMs: number): void;
  /** Ends the process by signals. Drops its remaining output. */
  terminate(): void;
  /**
   * On a blocking thread, waits until the process is gone, at most `timeoutMs`, and then kills it.
   */
  drain(closed: Due<void>, timeoutMs: number): void;
  /** @throws {StateError} The calling function cannot wait for the session (`session_busy`). */
  checkWait(operation: string, state: string): void;
  /**
   * Calls a function that waits: now, or once the current function of the caller, which may not
   * wait, has returned.
   */
  soon(call: () => void): void;
}
