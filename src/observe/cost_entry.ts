/**
 * The cost log of a session, one entry per turn. Pure.
 *
 * @module
 */

import type { Usage } from "../messages/usage.ts";
import type { Result } from "../messages/result.ts";

/** The cost of one turn. */
export interface CostEntry {
  /** When the turn ended, as ISO 8601 in UTC. */
  readonly time: string;
  /** Id of the session. */
  readonly sessionId: string | null;
  /** The model of the session at that time. */
  readonly model: string | null;
  /** Cost of this turn, in US dollars. */
  readonly costUsd: number;
  /** Cost of the process so far, in US dollars. */
  readonly totalCostUsd: number;
  /** Tokens of this turn. */
  readonly usage: Usage;
  /** Whether the turn failed. */
  readonly isError: boolean;
}

/** Returns the entry for a turn. */
export function costEntry(
  result: Result,
  model: string | undefined,
  time: Date,
): CostEntry {
  return {
    time: time.toISOString(),
    sessionId: result.sessionId ?? null,
    model: model ?? null,
    costUsd: result.costUsd,
    totalCostUsd: result.totalCostUsd,
    usage: result.usage,
    isError: result.isError,
  };
}
