/**
 * Control requests of ours that wait for the CLI's answer.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Output, Protocol } from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import { isEndless } from "../util/time_limit.ts";
import { afterInTime } from "./limits.ts";
import type { Clock } from "./link.ts";

/** The requests of one conversation. */
export class ControlRequests {
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #perform: (outputs: readonly Output[]) => void;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  /** @param perform Does what the protocol says. */
  constructor(
    protocol: Protocol,
    clock: Clock,
    perform: (outputs: readonly Output[]) => void,
  ) {
    this.#protocol = protocol;
    this.#clock = clock;
    this.#perform = perform;
  }

  /** Makes a request. Returns a function that withdraws it, for a reason. */
  make(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    const id = crypto.randomUUID();
    const outputs = this.#protocol.request(id, subtype, payload, timeoutMs);
    this.expect(id, timeoutMs, settle);
    this.#perform(outputs);
    return (reason) => this.#perform(this.#protocol.abandon(id, reason));
  }

  /** Waits for the answer to a request of this id, which the protocol writes. */
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
      () => this.#perform(this.#protocol.expire(id)),
    );
    this.#waiting.set(id, (outcome) => {
      stop();
      settle(outcome);
    });
  }

  /** The answer is there, or will never be. */
  settle(id: string, outcome: Outcome): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(outcome);
  }
}
