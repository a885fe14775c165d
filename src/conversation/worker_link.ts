/**
 * The link of a blocking thread: a worker reads and writes, and the waiting thread takes lines and
 * makes due calls until its wait is over.
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

/** Longest single wait in milliseconds, after which the worker is probed for a sign of life. */
const SLICE_MS = 1_000;

/** How long the worker may take to end the leftovers of an ended process, in milliseconds. */
const LEFTOVERS_MS = 1_000;

/**
 * How long output is still read after a time limit has passed before the limit takes effect, in
 * milliseconds.
 */
const GRACE_MS = 250;

/** Link to a process that a worker runs. */
export class WorkerLink implements Link {
  readonly gone: Due<void> = new Due();
  readonly endFailure = undefined;
  readonly #options: SessionOptions;
  readonly #guard: CallGuard;
  readonly #timers = new Timers();
  readonly #tail = new Tail();
  #lines: LineLink | undefined;
  #taker: LinkTaker | undefined;
  /** A call that was deferred because waiting was not possible. */
  #soon: (() => void) | undefined;
  /** Error about a handler that returned a promise; thrown by the next call that waits. */
  #misuse: Error | undefined;
  /** When an expired time limit was first noticed. */
  #lateSince: number | undefined;

  /**
   * @param options Options whose functions are synchronous.
   * @param guard The guard of the session, shared by all its processes.
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
    // The host has nothing to prepare, since functions that return promises are refused.
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

  /** Writes a line; the worker keeps it until the process has started. */
  write(line: string): void {
    this.#lines?.send({ do: "write", line });
  }

  close(eofMs: number): void {
    this.#lines?.send({ do: "close", eofMs });
  }

  /** The worker ends the process, and then itself, even without a reader of the ring. */
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

  /**
   * Notes that a caller's function returned a promise; the next call that waits throws this error.
   */
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
   * Blocks until a condition is met, and processes lines and timers meanwhile.
   *
   * @throws {ClaudeStreamError} A Ctrl-C ended the process (`interrupted`).
   * @throws {ConfigError} A function returned a promise.
   * @throws {Error} The process ended first.
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

  /** Throws after Ctrl-C, even if the call has its result: nothing else would end the program. */
  #tellInterrupted(): void {
    const interrupted = this.#lines?.interrupted;
    if (interrupted === undefined) return;
    this.#taker?.fail(interrupted);
    throw interrupted;
  }

  /** Does not report Ctrl-C or misuse, because the call is already closing the session. */
  drain(closed: Due<void>, timeoutMs: number): void {
    const lines = this.#lines;
    if (lines === undefined) return;
    const last = performance.now() + timeoutMs;
    try {
      while (!closed.isSettled && this.#taker?.isEnded === false) {
        this.#step(SLICE_MS);
      }
    } finally {
      // The ring no longer has a reader, so wait for the worker itself.
      if (lines.waitGone(last - performance.now())) this.gone.settle();
      // The time is up: run the timer that reports it.
      else this.#timers.run();
    }
  }

  /**
   * Takes one line or record, or waits for one. Returns whether to continue: a waiting step, until
   * the process is gone; a step without waiting, while there is more.
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
    // Output that arrived in time counts, even if this thread was busy meanwhile. But an endless
    // stream must not postpone a time limit forever.
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
