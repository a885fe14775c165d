/**
 * Who of a pool's sessions has a process, and who is next. Pure: time and processes come from
 * outside.
 *
 * Sessions wait in one line, each at one place, and come out in the order in which they came. After
 * a turn a session that has another one goes to the end of the line, so that a busy session does
 * not hold up the others.
 *
 * @module
 */

import { DeadlineError, StateError } from "../errors.ts";
import type { Clock } from "../options/clock.ts";
import type { Pass, Work } from "../session/admission.ts";
import type { Due } from "../util/due.ts";
import { type Job, jobOf, type Seat } from "./seat.ts";

/** Bounds of the line. */
export interface LineLimits {
  /** How many processes there may be. */
  readonly maxProcesses: number;
  /** How many calls of counted sessions may wait. */
  readonly maxQueue: number;
  /** How long a call may wait, in milliseconds. */
  readonly queueTimeoutMs: number;
  /** How long a process may be idle, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** What the line needs from its pool. */
export interface LineOwner {
  /** Ends a process that no session uses yet. Returns `false` if there is none. */
  discardSpare(): boolean;
  /** Called when no session waits and there may be room for more. */
  rested(): void;
}

/** The line of one pool. */
export class Line {
  readonly #limits: LineLimits;
  readonly #clock: Pick<Clock, "after">;
  readonly #owner: LineOwner;
  /** The sessions with a process, the one that was used longest ago first. */
  readonly #holders = new Set<Seat>();
  /** The sessions that wait, in order. */
  readonly #waiting = new Set<Seat>();
  /** Processes that are ending. */
  #leaving = 0;
  #isDue = false;

  constructor(
    limits: LineLimits,
    clock: Pick<Clock, "after">,
    owner: LineOwner,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Number of processes, including those that are ending. */
  get processes(): number {
    return this.#holders.size + this.#leaving;
  }

  /** Whether another process may be started. */
  get hasRoom(): boolean {
    return this.processes < this.#limits.maxProcesses;
  }

  /** Whether no session waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Number of calls that wait. */
  get waiting(): number {
    return callsOf([...this.#waiting]);
  }

  /** Number of calls that count towards `maxQueue`. */
  get #counted(): number {
    return callsOf([...this.#waiting].filter(({ isCounted }) => isCounted));
  }

  /** Whether a session has a process, or a place for one. */
  holds(seat: Seat): boolean {
    return this.#holders.has(seat);
  }

  /** Takes a piece of work: it runs now if it can, and waits otherwise. */
  enter(seat: Seat, work: Work, operation: string): Pass {
    const job = jobOf(work, (job) => this.#leave(seat, job));
    if (this.#canRun(seat, work)) {
      this.#use(seat);
      seat.run(job);
      return job;
    }
    const { maxQueue, queueTimeoutMs } = this.#limits;
    if (seat.isCounted && this.#counted >= maxQueue) {
      throw full(operation, maxQueue);
    }
    seat.waiting.add(job);
    this.#waiting.add(seat);
    job.stopTimer = this.#clock.after(queueTimeoutMs, () => {
      if (!seat.waiting.delete(job)) return;
      this.#tidy(seat);
      job.granted.fail(new DeadlineError("queue", queueTimeoutMs));
    });
    this.update();
    return job;
  }

  #canRun(seat: Seat, work: Work): boolean {
    if (!this.#holders.has(seat)) return this.isEmpty && this.hasRoom;
    if (work === "request") return true;
    if (seat.isInTurn || seat.waiting.size > 0) return false;
    // A session that has waited longer may have its process.
    return this.isEmpty || !seat.isIdle;
  }

  /** Gives a session a place for a process, which becomes the one that was used last. */
  #use(seat: Seat): void {
    this.#holders.delete(seat);
    this.#holders.add(seat);
  }

  #grant(seat: Seat): void {
    this.#use(seat);
    this.#waiting.delete(seat);
    seat.admit();
    if (seat.waiting.size > 0) this.#waiting.add(seat);
  }

  #leave(seat: Seat, job: Job): void {
    job.stopTimer();
    if (seat.waiting.delete(job)) {
      this.#tidy(seat);
      return;
    }
    if (!seat.running.delete(job)) return;
    if (job.work === "turn" && this.#waiting.delete(seat)) {
      // Its next turn comes after those that others wait for now.
      this.#waiting.add(seat);
    }
    this.changed(seat);
  }

  #tidy(seat: Seat): void {
    if (seat.waiting.size === 0) this.#waiting.delete(seat);
    this.update();
  }

  /** Called when a session may have become idle, or may have lost its process. */
  changed(seat: Seat): void {
    if (this.#holders.has(seat) && seat.running.size === 0) {
      if (!seat.process.hasProcess) this.release(seat, seat.process.gone);
      else this.#rest(seat);
    }
    this.update();
  }

  #rest(seat: Seat): void {
    seat.stopIdle();
    if (seat.isKept || !seat.isIdle) return;
    const { idleTimeoutMs } = this.#limits;
    seat.stopIdle = this.#clock.after(idleTimeoutMs, () => {
      if (this.#holders.has(seat) && seat.isIdle) this.park(seat);
    });
  }

  /** Ends the process of an idle session. Returns whether it was idle. */
  park(seat: Seat): boolean {
    if (!this.#holders.has(seat) || seat.running.size > 0) return false;
    const gone = seat.process.park();
    if (gone === undefined) return false;
    this.release(seat, gone);
    return true;
  }

  /** Frees the place of a session once its process is gone. */
  release(seat: Seat, gone: Due<unknown> | undefined): void {
    seat.stopIdle();
    if (!this.#holders.delete(seat)) return;
    this.#leaving++;
    const free = () => {
      // After an end that failed, too: otherwise one process that cannot be ended stops the pool.
      this.#leaving--;
      this.update();
    };
    if (gone === undefined) free();
    else gone.whenSettled(free);
  }

  /** Removes a session whose process ends, and fails the calls that wait for it. */
  remove(seat: Seat, error: unknown, gone: Due<unknown> | undefined): void {
    this.#waiting.delete(seat);
    seat.refuse(error);
    this.release(seat, gone);
    this.update();
  }

  /** Gives a session a place for a process, before it has any work. */
  reserve(seat: Seat): void {
    seat.isKept = true;
    this.#holders.add(seat);
  }

  /** Called when a session that was kept ready is handed to a caller. */
  take(seat: Seat, isCounted: boolean): void {
    seat.isKept = false;
    seat.isCounted = isCounted;
    this.#use(seat);
    this.changed(seat);
  }

  /** Lets the next session begin soon, but never inside the call that made room for it. */
  update(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#advance();
    });
  }

  #advance(): void {
    let needed = 0;
    for (const seat of [...this.#waiting]) {
      if (this.#holders.has(seat)) {
        // Its process belongs to the session that waits before it.
        if (!seat.isInTurn && (needed === 0 || !seat.isIdle)) this.#grant(seat);
      } else if (this.hasRoom) this.#grant(seat);
      else needed++;
    }
    while (this.#leaving < needed && this.#makeRoom());
    if (this.isEmpty) this.#owner.rested();
  }

  #makeRoom(): boolean {
    if (this.#owner.discardSpare()) return true;
    for (const seat of this.#holders) if (this.park(seat)) return true;
    return false;
  }
}

function callsOf(seats: readonly Seat[]): number {
  return seats.reduce((sum, { waiting }) => sum + waiting.size, 0);
}

function full(operation: string, maxQueue: number): StateError {
  return new StateError(
    "queue_full",
    "waiting",
    operation,
    `Cannot ${operation}: ${maxQueue} calls wait for a process of the pool already`,
    { hint: "Try again later, or raise maxQueue or maxProcesses" },
  );
}
