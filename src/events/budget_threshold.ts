import type { BudgetMetric } from "../errors.ts";
import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * The session has reached one of the thresholds in the option `budget`. Comes right
 * after the result that reached it, once for each threshold, the lowest first. Nothing
 * is stopped: for that there are `limits`.
 *
 * Derived from {@linkcode Result}; the CLI knows nothing of it.
 */
export interface BudgetThreshold extends EventBase<"budget_threshold"> {
  /** What is measured. */
  readonly metric: BudgetMetric;
  /** The threshold as it was given: US dollars, turns or tokens. */
  readonly threshold: number;
  /** Where the session is now, in the same unit. */
  readonly value: number;
}

/** Makes the event; `raw` is that of the result. */
export function budgetThreshold(
  raw: unknown,
  data: Omit<BudgetThreshold, "type" | "raw" | "uuid">,
): BudgetThreshold {
  return makeEvent<BudgetThreshold>(raw, { type: "budget_threshold", ...data });
}
