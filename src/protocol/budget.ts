/**
 * Watches what a session uses: which thresholds it has reached, and whether the budget is
 * used up. Pure.
 *
 * @module
 */

import { BudgetExceededError } from "../errors.ts";
import { type BudgetThreshold, budgetThreshold } from "../events/session.ts";
import type { BudgetMetric } from "../errors.ts";
import type { BudgetOptions, Threshold } from "./options.ts";
import type { Used } from "../decode/totals.ts";
import type { SessionFacts } from "./facts.ts";

/** A threshold. */
interface Mark {
  readonly metric: BudgetMetric;
  readonly threshold: number;
}

/** A threshold that was reached. */
export interface Reached extends Mark {
  /** What was used, in the unit of the threshold. */
  readonly value: number;
}

/** The budget of one session. */
export class BudgetWatch {
  #open: readonly Mark[];
  readonly #stopAt: Mark | undefined;

  /** @param options As the session was given them. */
  constructor({ thresholds = [], stopAt }: BudgetOptions = {}) {
    this.#open = thresholds.map(markOf)
      .sort((a, b) => a.threshold - b.threshold);
    this.#stopAt = stopAt === undefined ? undefined : markOf(stopAt);
  }

  /** Whether the budget has an end that can be reached in the middle of a turn. */
  get isLimited(): boolean {
    return this.#stopAt !== undefined && this.#stopAt.metric !== "turns";
  }

  /** The thresholds that were reached since the last call. To be called after each result. */
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

  /**
   * The end of the budget, if the session has reached it.
   *
   * @param used What the session has used, if that is more than its results say.
   */
  exceeded(
    facts: SessionFacts,
    used: Used = usedBy(facts),
  ): Reached | undefined {
    if (this.#stopAt === undefined) return undefined;
    const value = valuesOf(facts, used)[this.#stopAt.metric];
    return value >= this.#stopAt.threshold
      ? { ...this.#stopAt, value }
      : undefined;
  }
}

/** The error of a prompt for which no budget is left. */
export function exceededError(
  reached: Reached,
  sessionId: string | undefined,
): BudgetExceededError {
  const { metric, threshold, value } = reached;
  return new BudgetExceededError(metric, threshold, value, { sessionId });
}

function markOf(threshold: Threshold): Mark {
  if (threshold.costUsd !== undefined) {
    return { metric: "cost", threshold: threshold.costUsd };
  }
  return threshold.turns !== undefined
    ? { metric: "turns", threshold: threshold.turns }
    : { metric: "tokens", threshold: threshold.tokens };
}

function usedBy({ totalCostUsd: costUsd, usage }: SessionFacts): Used {
  return { costUsd, usage };
}

function valuesOf(
  facts: SessionFacts,
  { costUsd, usage }: Used = usedBy(facts),
): Record<BudgetMetric, number> {
  return {
    cost: costUsd,
    turns: facts.turnCount,
    tokens: usage.inputTokens + usage.outputTokens +
      usage.cacheReadInputTokens + usage.cacheCreationInputTokens,
  };
}
