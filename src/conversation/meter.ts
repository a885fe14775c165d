/**
 * Asks the CLI during a turn what it has used so far, because results report it too late.
 *
 * @module
 */

import { type PlanUsage, planUsageCall } from "../control/usage.ts";
import { ProtocolError } from "../errors.ts";
import type { Protocol } from "../protocol/mod.ts";
import { type Used, usedBy } from "../decode/usage.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** Minimum interval between two requests, in milliseconds. */
const EVERY_MS = 5_000;

/**
 * How long an answer may take before the next tool result triggers a new request, in milliseconds.
 */
const TIMEOUT_MS = 30_000;

/** Reads the usage of one process, if there is a budget. */
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

  /** Called when a tool has a result, since another API call follows. */
  toolEnded(): void {
    if (this.#isAsked || !this.#protocol.turns.isLimited) return;
    const now = this.#clock.now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + EVERY_MS;
    this.#isAsked = true;
    const { subtype, payload, read } = planUsageCall();
    this.#whole.request(subtype, payload, TIMEOUT_MS, (outcome) => {
      this.#isAsked = false;
      // If the CLI does not report its usage, its results still do.
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
    // Treat an answer in an unknown shape, from another version, as no answer.
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
