/**
 * A session as the line of a pool sees it: its work that waits, and its work that runs. Pure.
 *
 * @module
 */

import type { Pass, Work } from "../session/admission.ts";
import { Due } from "../util/due.ts";

/** The process of a session. */
export interface SeatProcess {
  /** Whether there is one. */
  readonly hasProcess: boolean;
  /** Whether it could be ended now without cutting anything off. */
  readonly isParkable: boolean;
  /** Settled when all earlier processes of the session have ended. */
  readonly gone: Due<void> | undefined;
  /** Ends it, to be resumed later. Returns `undefined` if that would cut something off. */
  park(): Due<void> | undefined;
}

/** One piece of work. */
export interface Job extends Pass {
  readonly work: Work;
  /** Cancels the limit of its wait. */
  stopTimer: () => void;
}

/** One session of a pool. */
export class Seat {
  readonly process: SeatProcess;
  /** Whether its waiting work counts towards `maxQueue`. */
  isCounted: boolean;
  /** Work that waits, in order: requests may overtake turns, since they can run beside one. */
  readonly waiting: Set<Job> = new Set();
  /** Work that runs: any number of requests, and one turn. */
  readonly running: Set<Job> = new Set();
  /** Whether its process stays however long it is idle. */
  isKept = false;
  /** Cancels the end of the idle time. */
  stopIdle: () => void = () => {};

  constructor(process: SeatProcess, isCounted = true) {
    this.process = process;
    this.isCounted = isCounted;
  }

  /** Whether one of its turns runs. */
  get isInTurn(): boolean {
    return [...this.running].some(({ work }) => work === "turn");
  }

  /** Whether it could give its process up now. */
  get isIdle(): boolean {
    return this.running.size === 0 && this.process.isParkable;
  }

  /** Starts the work that may run now: all requests, and the next turn if none is running. */
  admit(): void {
    let isFree = !this.isInTurn;
    for (const job of [...this.waiting]) {
      if (job.work === "turn") {
        if (!isFree) continue;
        isFree = false;
      }
      this.run(job);
    }
  }

  /** Starts a piece of work. */
  run(job: Job): void {
    this.waiting.delete(job);
    this.running.add(job);
    job.stopTimer();
    this.stopIdle();
    job.granted.settle();
  }

  /** Fails all work that waits. */
  refuse(error: unknown): void {
    for (const job of [...this.waiting]) {
      this.waiting.delete(job);
      job.stopTimer();
      job.granted.fail(error);
    }
  }
}

/** Creates a piece of work. */
export function jobOf(work: Work, leave: (job: Job) => void): Job {
  const job: Job = {
    work,
    granted: new Due<void>(),
    stopTimer: () => {},
    leave: () => leave(job),
  };
  return job;
}
