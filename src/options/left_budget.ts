/**
 * What a later process of a session may spend. Pure.
 *
 * @module
 */

import { roundUsd } from "../decode/usage.ts";
import type { SessionOptions } from "./session_options.ts";

/** The CLI takes no limit of 0; without any money left no prompt is sent to it. */
const LEAST_USD = 0.000001;

/**
 * Returns the options for a process of a session that has spent this much: each process of the CLI
 * counts from zero, and would let the session spend its whole limit again.
 */
export function withLeftBudget(
  options: SessionOptions,
  spentUsd: number,
): SessionOptions {
  const { limits } = options;
  if (limits?.maxBudgetUsd === undefined || spentUsd === 0) return options;
  const leftUsd = roundUsd(limits.maxBudgetUsd - spentUsd);
  const maxBudgetUsd = Math.max(leftUsd, LEAST_USD);
  return { ...options, limits: { ...limits, maxBudgetUsd } };
}
