/**
 * A conversation's way to its process: lines out, lines in, time. There are two: to a process
 * of this thread (`child_link.ts`), and through a worker for a thread that blocks
 * (`worker_link.ts`).
 *
 * @module
 */

import type { Due } from "../util/due.ts";
import type { Clock } from "../options/clock.ts";
import type { Launch } from "../options/launch.ts";
import type { ProcessExit } from "../protocol/mod.ts";
import type { ConversationState } from "../protocol/state.ts";

export type { Clock };

/** Takes what comes from the process. */
export interface LinkTaker {
  /** Where the conversation is. */
  readonly state: ConversationState;
  /** Whether the process is gone, or never came to be. */
  readonly isEnded: boolean;
  /** The secrets that are known by now. */
  readonly secrets: () => readonly string[];
  /** Hears each line of stderr; `undefined` if no observer does. */
  readonly stderr: ((line: string) => void) | undefined;
  /** Loads what it takes to answer the process; `undefined` if nothing has to be waited for. */
  prepare(): Promise<void> | undefined;
  /**
   * Takes a line.
   *
   * @param isLast Whether the clock is to be looked at, which takes as long as to read a line:
   * for one of those that came together.
   * @returns Whether a caller waits for just this line.
   */
  receive(line: string, isLast: boolean): boolean;
  /** The process is gone, or never came to be. */
  end(how: ProcessExit | Error): void;
  /** The conversation cannot continue. */
  fail(error: Error): void;
  /** The error of a call that finds the process gone. */
  endError(operation: string): Error;
}

/** One process, wherever it runs. */
export interface Link extends Clock {
  /** Id of the process, once there is one. */
  readonly pid: number | undefined;
  /** The end of stderr. */
  readonly stderrTail: string;
  /** Settled once the process is gone. */
  readonly gone: Due<void>;
  /** Why the process cannot be ended, as far as that is known. */
  readonly endFailure: unknown;
  /** Starts the process. */
  start(launch: Launch, taker: LinkTaker): void;
  /** Removes at once what was written for the process, which has read it. */
  removeFiles(): void;
  /** Takes all lines that are there already. A thread that does not block has taken them. */
  poll(): void;
  /** Writes a line, once the process is there. */
  write(line: string): void;
  /** Ends the process by the steps of the options, from the end of stdin, which gets at most this long. */
  close(eofMs: number): void;
  /** Ends the process by signals. What it still writes is dropped. */
  terminate(): void;
  /**
   * Blocks until the process is gone, if this thread blocks at all, and for no longer than
   * the time: then it kills the process.
   */
  drain(closed: Due<void>, timeoutMs: number): void;
  /** @throws {StateError} The calling function cannot wait for the session (`session_busy`). */
  checkWait(operation: string, state: string): void;
  /** Calls a function that waits: now, or as soon as the function returns that cannot wait. */
  soon(call: () => void): void;
}
