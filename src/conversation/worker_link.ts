/**
 * The link of a thread that blocks: a worker reads and writes, and the waiting thread takes lines,
 * and makes the calls that are due, until what it waits for is there.
 *
 * @module
 */

import { Due } from "../util/due.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { Launch } from "../options/launch.ts";
import { Tail } from "../process/stderr.ts";
import type { CallGuard } from "./call_guard.ts";
import { LineLink, type LinkEnd } from "./line_link.ts";
import type { Link, LinkTaker } from "./link.ts";
import { Timers } from "./timers.ts";

/** The longest single wait: after it the worker is asked for a sign of life. */
const SLICE_MS = 1_000;

/** How long the worker has to end what an ended process left behind. */
const LEFTOVERS_MS = 1_000;

/** How long output is still read, in milliseconds, before a time limit that has passed holds. */
const GRACE_MS = 250;

/** A process behind a worker. */
export class WorkerLink implements Link {
  readonly gone: Due<void> = new Due();
  readonly endFailure = undefined;
  readonly #options: SessionOptions;
  readonly #guard: CallGuard;
  readonly #timers = new Timers();
  readonly #tail = new Tail();
  #lines: LineLink | undefined;
  #taker: LinkTaker | undefined;
  /** What could not wait when it was called. */
  #soon: (() => void) | undefined;
  /** A handler that returned a promise: told to the next call that waits. */
  #misuse: Error | undefined;
  /** When a time limit was first seen to have passed. */
  #lateSince: number | undefined;

  /**
   * @param options Whose functions answer at once.
   * @param guard That of the session, for all its processes.
   */
  constructor(options: SessionOptions, guard: CallGuard) {
    this.#options = options;
    this.#guard = guard;
  }

  get pid(): number | undefined {
    return this.#lines?.pid;
  }

  get stderrTail(): string {
    return this.#tail.toString();
  }

  now(): number {
    return this.#options.clock?.now() ?? performance.now();
  }

  date(): number {
    return this.#options.clock?.date() ?? Date.now();
  }

  after(timeoutMs: number, call: () => void): () => void {
    return (this.#options.clock ?? this.#timers).after(timeoutMs, call);
  }

  start(launch: Launch, taker: LinkTaker): void {
    // The host has nothing to prepare: what would take a promise is refused.
    this.#taker = taker;
    this.#lines = new LineLink(
      this.#options,
      launch,
      this.#tail,
      taker.stderr,
      taker.secrets,
    );
  }

  removeFiles(): void {
    this.#lines?.removeFiles();
  }

  poll(): void {
    while (this.#taker?.isEnded === false && this.#step(0));
  }

  /** Writes a line; until the process is there, the worker keeps it. */
  write(line: string): void {
    this.#lines?.send({ do: "write", line });
  }

  close(eofMs: number): void {
    this.#lines?.send({ do: "close", eofMs });
  }

  /** The worker ends the process, and then itself, without a reader of the ring. */
  terminate(): void {
    this.#lines?.abandon();
  }

  checkWait(operation: string, state: string): void {
    this.#guard.checkWait(operation, state);
  }

  soon(call: () => void): void {
    if (this.#guard.isObserving) this.#soon = call;
    else call();
  }

  #callIfDue(): void {
    const call = this.#soon;
    this.#soon = undefined;
    call?.();
  }

  /** A function of the caller returned a promise: the next call that waits is told. */
  misused(error: Error): void {
    this.#misuse ??= error;
  }

  /** @throws {ConfigError} A function returned a promise. */
  tellMisuse(): void {
    const misuse = this.#misuse;
    this.#misuse = undefined;
    if (misuse !== undefined) throw misuse;
  }

  /**
   * Blocks until something is so, and does what there is to do meanwhile.
   *
   * @throws {ClaudeStreamError} A Ctrl-C ended the process (`interrupted`).
   * @throws {ConfigError} A function returned a promise.
   * @throws {Error} The process ended before.
   */
  wait(isDone: () => boolean): void {
    this.checkWait("wait", this.#taker?.state ?? "new");
    this.#callIfDue();
    this.tellMisuse();
    const lines = this.#lines;
    lines?.enter();
    try {
      while (!isDone()) {
        if (!this.#step(SLICE_MS) && !isDone()) {
          throw this.#taker?.endError("wait") ??
            new TypeError("Cannot wait: the session was not started");
        }
        this.tellMisuse();
      }
    } finally {
      lines?.leave();
      this.#callIfDue();
    }
    this.#tellInterrupted();
  }

  /** The call that waited throws this, even if it has what it waited for: nothing else ends the program. */
  #tellInterrupted(): void {
    const interrupted = this.#lines?.interrupted;
    if (interrupted === undefined) return;
    this.#taker?.fail(interrupted);
    throw interrupted;
  }

  /** Is told nothing of Ctrl-C or misuse: a call that closes does just that. */
  drain(closed: Due<void>, timeoutMs: number): void {
    const lines = this.#lines;
    if (lines === undefined) return;
    const last = performance.now() + timeoutMs;
    try {
      while (!closed.isSettled && this.#taker?.isEnded === false) {
        this.#step(SLICE_MS);
      }
    } finally {
      // The ring has no reader from here on, so the wait is for the worker itself.
      if (lines.waitGone(last - performance.now())) this.gone.settle();
      // The time is up, and says so.
      else this.#timers.run();
    }
  }

  /**
   * Takes one line or record, or waits for one. Returns whether it makes sense to continue:
   * for a step that waits, until the process is gone; for one that does not, while there is
   * something.
   */
  #step(mostMs: number): boolean {
    return this.#guard.step(() => this.#stepOnce(mostMs));
  }

  #stepOnce(mostMs: number): boolean {
    this.#callIfDue();
    const lines = this.#lines;
    const taker = this.#taker;
    if (lines === undefined || taker === undefined || taker.isEnded) {
      return false;
    }
    const line = lines.takeLine();
    if (line !== undefined) {
      taker.receive(line, !lines.hasLine);
      return true;
    }
    if (lines.end !== undefined) {
      this.#over(lines, lines.end, taker);
      return false;
    }
    // What came in time counts, even if its reader did something else meanwhile. But a
    // stream without end must not put off a time limit for good.
    const isLate = this.#timers.leftMs(1) === 0;
    const since = isLate ? this.#lateSince ??= performance.now() : undefined;
    this.#lateSince = since;
    const isGraceOver = since !== undefined &&
      performance.now() - since >= GRACE_MS;
    const most = isLate || mostMs === 0 ? 0 : this.#timers.leftMs(mostMs);
    const read = isGraceOver ? 0 : lines.read(most);
    if (isLate && read === 0) {
      this.#lateSince = undefined;
      this.#timers.run();
      return true;
    }
    return read > 0 || mostMs > 0;
  }

  #over(lines: LineLink, end: LinkEnd, taker: LinkTaker): void {
    const isError = end instanceof Error;
    taker.end(
      lines.interrupted ??
        (isError ? end : { ...end, stderrTail: this.stderrTail }),
    );
    lines.waitGone(isError ? 0 : LEFTOVERS_MS);
  }
}
