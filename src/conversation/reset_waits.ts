/**
 * Waits until the window of a rate limit is over.
 *
 * @module
 */

import { rateLimitWait } from "../events/session.ts";
import type { Reset } from "../protocol/limit_wait.ts";
import type { Protocol } from "../protocol/mod.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** The API's clock and ours may differ a little. */
const AFTER_MS = 1_000;

/** The clock of the wall is looked at so often: a machine may sleep, or have its clock set. */
const STEP_MS = 60_000;

/** The waits of one conversation. */
export class ResetWaits {
  readonly #maxMs: number;
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #whole: Whole;
  /** Takes back a wait, by the turn. */
  readonly #waits = new Map<string, () => void>();
  /** When a turn began to wait for the first time, by the clock of the wall. */
  readonly #began = new Map<string, number>();
  /** Turns that were tried again for a limit whose reset was past. */
  readonly #triedAgain = new Set<string>();

  /** @param maxMs How long a turn may wait, all in all. */
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

  /** The wait of a turn is over: it continues, or ends as it had ended. */
  #over(turnId: string, continues: boolean): void {
    const promptId = continues ? crypto.randomUUID() : undefined;
    this.#whole.perform(this.#protocol.goOn(turnId, promptId));
  }

  /**
   * A turn waits, or ends at once if that would take too long. If the reset is past, there is
   * nothing to wait for: it is tried again after a moment, once.
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
    const until = Math.max(resetsAt * 1000, now) + AFTER_MS;
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

  /** A turn is over. */
  end(turnId: string): void {
    this.#waits.get(turnId)?.();
    this.#waits.delete(turnId);
    this.#began.delete(turnId);
    this.#triedAgain.delete(turnId);
  }
}
