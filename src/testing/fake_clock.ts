/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */

import type { Clock } from "../options/clock.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/**
 * A clock that stands still until a test moves it: a value for the option `clock` of a
 * session and of `MemoryClaude`. Limits of time (those of tools, too), silence, the
 * wait for a reset and the pauses of a scenario come when {@linkcode FakeClock.advance} says so, however slow
 * the machine is. What waits for a real process (how it starts and ends) takes its real
 * time.
 *
 * The thread of a `SyncSession` blocks: there only its own functions (policies, tools,
 * hooks, listeners) can move the clock.
 *
 * @example A turn that takes ten minutes, at once
 * ```ts
 * import { AsyncSession, DeadlineError } from "@claudestream/core";
 * import { FakeClock, MemoryClaude, step } from "@claudestream/core/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const clock = new FakeClock();
 * const claude = new MemoryClaude(
 *   step.conversation([[step.text("wait"), step.pause(600_000), step.text("done")]]),
 *   { clock },
 * );
 * await using session = new AsyncSession({
 *   spawn: claude.spawn,
 *   clock,
 *   turnTimeoutMs: 60_000,
 * });
 * await assertRejects(async () => {
 *   for await (const event of session.send("go")) {
 *     if (event.type === "assistant_text") clock.advance(60_000);
 *   }
 * }, DeadlineError);
 * ```
 */
export class FakeClock implements Clock {
  #now = 0;
  readonly #began: number;
  #timers: Timer[] = [];

  /**
   * Makes a clock that stands still.
   *
   * @param date What time it is at first. Default: the beginning of 2026, UTC.
   * @throws {RangeError} It is no date.
   */
  constructor(date: Date | string = "2026-01-01T00:00:00.000Z") {
    this.#began = new Date(date).getTime();
    if (Number.isNaN(this.#began)) {
      throw new RangeError(`Cannot set the clock: "${date}" is no date`);
    }
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Milliseconds since 1970. */
  date(): number {
    return this.#began + this.#now;
  }

  /** Calls a function once the clock was moved so far. Returns a function that cancels it. */
  after(timeoutMs: number, call: () => void): () => void {
    if (timeoutMs === Infinity) return () => {};
    const timer = { at: this.#now + timeoutMs, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How long until the next call is due, in milliseconds; `undefined` if there is none. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.at - this.#now;
  }

  /**
   * Moves the clock, and makes the calls that are due, in their order, each at its time.
   *
   * @param ms How far.
   * @throws {RangeError} It is below 0, or no number: time does not go back.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new RangeError(
        `Cannot move the clock: expected 0 ms or more, got ${ms}`,
      );
    }
    const until = this.#now + ms;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = until;
  }

  #next(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) =>
        first === undefined || timer.at < first.at ? timer : first,
      undefined,
    );
  }
}
