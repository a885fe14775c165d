/**
 * Decides what stops a turn early: an API error that is not worth a retry (`failFastOn`), and the
 * end of the budget (`budget.stopAt`). Also tracks which usage thresholds the session has reached.
 * Pure.
 *
 * @module
 */

import { BudgetExceededError, type BudgetMetric } from "../errors.ts";
import { type BudgetThreshold, budgetThreshold } from "../events/session.ts";
import type { BudgetOptions, FailFast, Threshold } from "./options.ts";
import type { Used } from "../decode/usage.ts";
import type { SessionFacts } from "./facts.ts";
import type { ApiRetry } from "../messages/system/models.ts";
import type { OpenTurn } from "./open_turn.ts";
import type { BudgetMark, Reached, TurnStop } from "./turn_failure.ts";

/** The budget of one session. */
export class BudgetWatch {
  #open: readonly BudgetMark[];
  readonly #stopAt: BudgetMark | undefined;

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
function exceededError(
  reached: Reached,
  sessionId: string | undefined,
): BudgetExceededError {
  const { metric, threshold, value } = reached;
  return new BudgetExceededError(metric, threshold, value, { sessionId });
}

function markOf(threshold: Threshold): BudgetMark {
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

/** The statuses with which the API refuses an account. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Decides when to stop the turns of one session. */
export class TurnStops {
  readonly #facts: SessionFacts;
  readonly #budget: BudgetWatch;
  readonly #maxBudgetUsd: number;
  readonly #failFastOn: readonly FailFast[];

  /** @param facts Facts about the session: each event is noted there before it comes here. */
  constructor(
    options: {
      readonly budget?: BudgetOptions | undefined;
      readonly maxBudgetUsd?: number | undefined;
      readonly failFastOn?: readonly FailFast[] | undefined;
    },
    facts: SessionFacts,
  ) {
    this.#facts = facts;
    this.#maxBudgetUsd = options.maxBudgetUsd ?? Infinity;
    this.#budget = new BudgetWatch(options.budget);
    this.#failFastOn = options.failFastOn ?? [];
  }

  /** The thresholds that the session has reached since the last call. */
  thresholds(): readonly BudgetThreshold[] {
    return this.#budget.take(this.#facts);
  }

  /** Whether the budget can come to its end in the middle of a turn. */
  get isLimited(): boolean {
    return this.#budget.isLimited;
  }

  /** Whether the budget is used up. */
  get isSpent(): boolean {
    return this.#budget.exceeded(this.#facts) !== undefined ||
      this.#isOverLimit;
  }

  /** Whether earlier processes have spent the CLI's limit; each process counts from zero. */
  get #isOverLimit(): boolean {
    const { restartCount, spentUsd } = this.#facts;
    return restartCount > 0 && spentUsd >= this.#maxBudgetUsd;
  }

  /** @throws {BudgetExceededError} The budget is used up. */
  checkBudget(): void {
    const reached = this.#budget.exceeded(this.#facts);
    if (reached !== undefined) throw exceededError(reached, this.#facts.id);
    if (!this.#isOverLimit) return;
    const { id: sessionId, spentUsd } = this.#facts;
    throw new BudgetExceededError("cost", this.#maxBudgetUsd, spentUsd, {
      sessionId,
      hint: "Raise limits.maxBudgetUsd in a session that resumes this one",
    });
  }

  /** Takes what the process counts in the middle of a turn. */
  counted(counted: Used): TurnStop | undefined {
    const used = this.#facts.during(counted);
    const reached = this.#budget.exceeded(this.#facts, used);
    return reached === undefined ? undefined : { why: "budget", reached };
  }

  /**
   * Takes a failed call of the API that the CLI wants to make again.
   *
   * @param hasKey Whether an API key pays: it stays what it is, while the token of a login
   * may be old, and is renewed.
   */
  retry(
    { attempt, errorStatus: status }: ApiRetry,
    open: OpenTurn | undefined,
    hasKey: boolean,
  ): TurnStop | undefined {
    if (status === null) return undefined;
    const stop = { why: "api_status", status } as const;
    if (this.#failFastOn.includes(status)) return stop;
    if (open === undefined || !REFUSED.has(status)) return undefined;
    // Failures before the first one of a call were of another call.
    if (attempt === 1) open.refusals = 0;
    open.refusals++;
    return this.#failFastOn.includes("auth") && (hasKey || open.refusals > 1)
      ? stop
      : undefined;
  }
}
