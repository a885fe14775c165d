/**
 * Tracks control requests to the CLI that wait for an answer.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Protocol } from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import { isEndless } from "../util/limits.ts";
import { afterInTime } from "./limits.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** The requests of one conversation. */
export class ControlRequests {
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #whole: Pick<Whole, "perform">;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  constructor(
    protocol: Protocol,
    clock: Clock,
    whole: Pick<Whole, "perform">,
  ) {
    this.#protocol = protocol;
    this.#clock = clock;
    this.#whole = whole;
  }

  /** Makes a request. Returns a function that withdraws it with a reason. */
  make(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    const id = crypto.randomUUID();
    const outputs = this.#protocol.request(id, subtype, payload, timeoutMs);
    this.expect(id, timeoutMs, settle);
    this.#whole.perform(outputs);
    return (reason) => this.#whole.perform(this.#protocol.abandon(id, reason));
  }

  /** Registers for the answer to a request with this id, which the protocol writes. */
  expect(
    id: string,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): void {
    if (isEndless(timeoutMs)) {
      this.#waiting.set(id, settle);
      return;
    }
    const stop = afterInTime(
      this.#clock,
      timeoutMs,
      () => this.#whole.perform(this.#protocol.expire(id)),
    );
    this.#waiting.set(id, (outcome) => {
      stop();
      settle(outcome);
    });
  }

  /** Settles a request with its answer, or with the reason why there will be none. */
  settle(id: string, outcome: Outcome): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(outcome);
  }
}
