/**
 * Asks the CLI, in the middle of a turn, what it has used so far: results only tell when
 * it is too late.
 *
 * @module
 */

import { type PlanUsage, planUsageCall } from "../control/usage.ts";
import { ProtocolError } from "../errors.ts";
import type { Protocol } from "../protocol/mod.ts";
import { type Used, usedBy } from "../decode/usage.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** How often, at most. */
const EVERY_MS = 5_000;

/** How long an answer may take before the next result of a tool asks again. */
const TIMEOUT_MS = 30_000;

/** Reads the counter of one process, if there is a budget to keep. */
export class Meter {
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #whole: Whole;
  #nextAt = -Infinity;
  #isAsked = false;

  constructor(protocol: Protocol, clock: Clock, whole: Whole) {
    this.#protocol = protocol;
    this.#clock = clock;
    this.#whole = whole;
  }

  /** A tool has a result: another call of the API follows. */
  toolEnded(): void {
    if (this.#isAsked || !this.#protocol.turns.isLimited) return;
    const now = this.#clock.now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + EVERY_MS;
    this.#isAsked = true;
    const { subtype, payload, read } = planUsageCall();
    this.#whole.request(subtype, payload, TIMEOUT_MS, (outcome) => {
      this.#isAsked = false;
      // A CLI that does not tell has its results all the same.
      if (!outcome.ok || !this.#protocol.turns.isLimited) return;
      const used = usedOf(() => read(outcome.response));
      if (used === undefined) return;
      this.#whole.perform(this.#protocol.counted(used));
    });
  }
}

function usedOf(read: () => PlanUsage): Used | undefined {
  try {
    const { totalCostUsd, modelUsage = {} } = read();
    const { usage } = usedBy(Object.values(modelUsage));
    return { costUsd: totalCostUsd, usage };
  } catch (error) {
    // The same as one that does not tell: the answer of another CLI, in a shape of its own.
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
