/**
 * Watches what a session uses, and tells when that reaches a threshold. Pure.
 *
 * @module
 */

import {
  type BudgetMetric,
  type BudgetThreshold,
  budgetThreshold,
} from "../events/budget_threshold.ts";
import type { BudgetOptions } from "../option_types.ts";
import type { SessionFacts } from "./facts.ts";

/** A threshold that was not reached yet. */
interface Open {
  readonly metric: BudgetMetric;
  readonly threshold: number;
}

/** The thresholds of one session. */
export class BudgetWatch {
  #open: readonly Open[];

  /** @param options As the session was given them. */
  constructor({ thresholds = [] }: BudgetOptions = {}) {
    this.#open = thresholds
      .map((threshold): Open => {
        if (threshold.costUsd !== undefined) {
          return { metric: "cost", threshold: threshold.costUsd };
        }
        return threshold.turns !== undefined
          ? { metric: "turns", threshold: threshold.turns }
          : { metric: "tokens", threshold: threshold.tokens };
      })
      .sort((a, b) => a.threshold - b.threshold);
  }

  /** What was reached since the last time. To be asked after each result. */
  take(facts: SessionFacts): readonly BudgetThreshold[] {
    if (this.#open.length === 0) return [];
    const values = valuesOf(facts);
    const reached = this.#open.filter(({ metric, threshold }) =>
      values[metric] >= threshold
    );
    if (reached.length === 0) return [];
    this.#open = this.#open.filter((open) => !reached.includes(open));
    const { lastResult } = facts;
    const { sessionId } = lastResult ?? {};
    return reached.map(({ metric, threshold }) =>
      budgetThreshold(lastResult?.raw, {
        ...sessionId === undefined ? {} : { sessionId },
        metric,
        threshold,
        value: values[metric],
      })
    );
  }
}

function valuesOf(facts: SessionFacts): Record<BudgetMetric, number> {
  const { usage } = facts;
  return {
    cost: facts.totalCostUsd,
    turns: facts.turnCount,
    tokens: usage.inputTokens + usage.outputTokens +
      usage.cacheReadInputTokens + usage.cacheCreationInputTokens,
  };
}
