/**
 * Waits until a rate limit resets.
 *
 * @module
 */

import { rateLimitWait } from "../events/session.ts";
import type { Reset } from "../protocol/limit_wait.ts";
import type { Protocol } from "../protocol/mod.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";
import { AFTER_RESET_MS } from "../util/limits.ts";

/**
 * Interval of checks of the wall clock, in milliseconds: the machine may sleep, or its clock may be
 * changed.
 */
const STEP_MS = 60_000;

/** The waits of one conversation. */
export class ResetWaits {
  readonly #maxMs: number;
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #whole: Whole;
  /** Functions that cancel the waits, by turn. */
  readonly #waits = new Map<string, () => void>();
  /** When each turn first started to wait, by the wall clock. */
  readonly #began = new Map<string, number>();
  /** Turns that were already retried for a limit whose reset was in the past. */
  readonly #triedAgain = new Set<string>();

  /** @param maxMs How long a turn may wait in total. */
  constructor(
    maxMs: number,
    protocol: Protocol,
    clock: Clock,
    whole: Whole,
  ) {
    this.#maxMs = maxMs;
    this.#protocol = protocol;
    this.#clock = clock;
    this.#whole = whole;
  }

  /** Ends the wait of a turn, which then continues, or ends with its original failure. */
  #over(turnId: string, continues: boolean): void {
    const promptId = continues ? crypto.randomUUID() : undefined;
    this.#whole.perform(this.#protocol.goOn(turnId, promptId));
  }

  /**
   * Makes a turn wait, or ends it immediately if the wait would be too long. If the reset is in the
   * past, retries the turn once after a moment.
   */
  wait(
    turnId: string,
    { resetsAt, sends }: Reset,
    sessionId: string | undefined,
  ): void {
    const now = this.#clock.date();
    const began = this.#began.get(turnId) ?? now;
    this.#began.set(turnId, began);
    const isPast = resetsAt * 1000 <= now;
    const until = Math.max(resetsAt * 1000, now) + AFTER_RESET_MS;
    if (
      until - began > this.#maxMs || isPast && this.#triedAgain.has(turnId)
    ) {
      this.#over(turnId, false);
      return;
    }
    if (isPast) this.#triedAgain.add(turnId);
    this.#step(turnId, until);
    const event = rateLimitWait({
      ...sessionId === undefined ? {} : { sessionId },
      resetsAt,
      waitMs: until - now,
      sends,
    });
    this.#whole.emit({ events: [event] }, this.#protocol.turns.id);
  }

  #step(turnId: string, until: number): void {
    const left = until - this.#clock.date();
    const stop = this.#clock.after(Math.min(Math.max(left, 0), STEP_MS), () => {
      if (this.#clock.date() < until) this.#step(turnId, until);
      else {
        this.#waits.delete(turnId);
        this.#over(turnId, true);
      }
    });
    this.#waits.set(turnId, stop);
  }

  /** Cancels the wait of a finished turn. */
  end(turnId: string): void {
    this.#waits.get(turnId)?.();
    this.#waits.delete(turnId);
    this.#began.delete(turnId);
    this.#triedAgain.delete(turnId);
  }
}
