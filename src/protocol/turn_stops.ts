/**
 * What stops a turn before its end: an answer of the API that is not worth another try
 * (`failFastOn`), and the end of the budget (`budget.stopAt`). Pure.
 *
 * @module
 */

import type { Used } from "../decode/totals.ts";
import type { BudgetThreshold } from "../events/session.ts";
import type { ApiRetry } from "../messages/system/models.ts";
import { BudgetWatch, exceededError } from "./budget.ts";
import type { SessionFacts } from "./facts.ts";
import type { OpenTurn } from "./open_turn.ts";
import type { BudgetOptions, FailFast } from "./options.ts";
import type { TurnStop } from "./turn_failure.ts";

/** The statuses with which the API refuses an account. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** What can stop the turns of one session. */
export class TurnStops {
  readonly #facts: SessionFacts;
  readonly #budget: BudgetWatch;
  readonly #failFastOn: readonly FailFast[];

  /** @param facts What is known of the session: each event is noted there before it comes here. */
  constructor(
    options: {
      readonly budget?: BudgetOptions | undefined;
      readonly failFastOn?: readonly FailFast[] | undefined;
    },
    facts: SessionFacts,
  ) {
    this.#facts = facts;
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
    return this.#budget.exceeded(this.#facts) !== undefined;
  }

  /** @throws {BudgetExceededError} The budget is used up. */
  checkBudget(): void {
    const reached = this.#budget.exceeded(this.#facts);
    if (reached !== undefined) throw exceededError(reached, this.#facts.id);
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
