/**
 * What a session has cost, turn by turn. Pure.
 *
 * @module
 */

import type { Usage } from "../messages/usage.ts";
import type { Result } from "../messages/result.ts";

/** The cost of one turn. */
export interface CostEntry {
  /** When it ended, as ISO 8601 in UTC. */
  readonly time: string;
  /** The session. */
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

/** The entry of a turn. */
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
