/**
 * Tokens and costs: sums of them, and the totals of a session. Pure.
 *
 * @module
 */

import type { ModelUsage } from "../messages/usage.ts";
import type { Result } from "../messages/result.ts";

/** Tokens of a session, a turn or a part of one. */
export interface SessionUsage {
  /** Tokens sent that no cache held. */
  readonly inputTokens: number;
  /** Tokens of the replies. */
  readonly outputTokens: number;
  /** Tokens read from the cache. */
  readonly cacheReadInputTokens: number;
  /** Tokens written to the cache. */
  readonly cacheCreationInputTokens: number;
}

/** None. */
export const NO_TOKENS: SessionUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
};

/** Reads tokens from the wire's `usage`, or from its parsed form. */
export function tokensOf(usage: object): SessionUsage {
  const number = (...names: readonly string[]) => {
    for (const name of names) {
      const value = (usage as Readonly<Record<string, unknown>>)[name];
      if (typeof value === "number") return value;
    }
    return 0;
  };
  return {
    inputTokens: number("inputTokens", "input_tokens"),
    outputTokens: number("outputTokens", "output_tokens"),
    cacheReadInputTokens: number(
      "cacheReadInputTokens",
      "cache_read_input_tokens",
    ),
    cacheCreationInputTokens: number(
      "cacheCreationInputTokens",
      "cache_creation_input_tokens",
    ),
  };
}

/** Both together. */
export function addUsage(a: SessionUsage, b: SessionUsage): SessionUsage {
  return combineUsage(a, b, (one, other) => one + other);
}

/** What of the first is not in the second. */
export function lessUsage(a: SessionUsage, b: SessionUsage): SessionUsage {
  return combineUsage(a, b, (one, other) => Math.max(one - other, 0));
}

/** Combines two counts, field by field. */
export function combineUsage(
  a: SessionUsage,
  b: SessionUsage,
  combine: (one: number, other: number) => number,
): SessionUsage {
  return {
    inputTokens: combine(a.inputTokens, b.inputTokens),
    outputTokens: combine(a.outputTokens, b.outputTokens),
    cacheReadInputTokens: combine(
      a.cacheReadInputTokens,
      b.cacheReadInputTokens,
    ),
    cacheCreationInputTokens: combine(
      a.cacheCreationInputTokens,
      b.cacheCreationInputTokens,
    ),
  };
}

/** What tokens cost, in the price of one that is sent. */
export function weightOf(tokens: SessionUsage): number {
  // The prices of the models differ; how they relate to each other does not.
  return tokens.inputTokens + 5 * tokens.outputTokens +
    0.1 * tokens.cacheReadInputTokens + 1.25 * tokens.cacheCreationInputTokens;
}

/** Divides an amount by weights; if all weights are zero, the last part gets everything. */
export function shares(
  amount: number,
  weights: readonly number[],
): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, at) =>
    all === 0 ? at === weights.length - 1 ? amount : 0 : amount * weight / all
  );
}

/** What was used. */
export interface Used {
  /** Cost, in US dollars. */
  readonly costUsd: number;
  /** Tokens. */
  readonly usage: SessionUsage;
}

/** Nothing yet. */
export const NOTHING_USED: Used = {
  costUsd: 0,
  usage: NO_TOKENS,
};

/** Returns the usage of all models together. */
export function usedBy(models: readonly ModelUsage[]): Used {
  return models.reduce<Used>(
    (sum, model) =>
      add(sum, {
        costUsd: model.costUsd,
        usage: {
          inputTokens: model.inputTokens,
          outputTokens: model.outputTokens,
          cacheReadInputTokens: model.cacheReadInputTokens ?? 0,
          cacheCreationInputTokens: model.cacheCreationInputTokens ?? 0,
        },
      }),
    NOTHING_USED,
  );
}

/**
 * Returns the usage of a process before its first turn, from the result of that turn; `undefined`
 * if the CLI does not report it (2.1.197).
 */
export function usedBefore(first: Result): Used | undefined {
  const { modelUsageSinceLastResult: since } = first;
  if (since === undefined) return undefined;
  const turn = usedBy(Object.values(since));
  const total = usedBy(Object.values(first.modelUsage ?? {}));
  return {
    costUsd: Math.max(roundUsd(first.totalCostUsd - turn.costUsd), 0),
    usage: combineUsage(
      total.usage,
      turn.usage,
      (all, one) => Math.max(all - one, 0),
    ),
  };
}

/**
 * Whether a process that does not report it continues from the session's earlier cost, judging by
 * its first result: its total is then larger, or equal after a turn without usage. A process that
 * starts at zero and whose first turn costs more than all earlier turns cannot be distinguished
 * (CLI 2.1.278 to 2.1.309).
 */
export function goesOnFrom(earlierCostUsd: number, first: Result): boolean {
  const { totalCostUsd, usage } = first;
  if (totalCostUsd !== earlierCostUsd) return totalCostUsd > earlierCostUsd;
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) === 0;
}

/** The totals of one session. */
export class Totals {
  /** What the processes before used. */
  readonly #earlier: Used;
  /** What of that this process does not count; known from its first result on. */
  #missing: Used | undefined;
  #used: Used;
  /** What the process counted at its last result. */
  #counted: Used = NOTHING_USED;
  /** Whether another conversation has replaced the first one since then. */
  #mayBeginAnew = false;

  /** Whether this process may count on from what the session had cost. */
  readonly #mayGoOn: boolean;

  /**
   * @param earlier What the processes before used.
   * @param mayGoOn Whether a process of this CLI may count on from there.
   */
  constructor(earlier: Used = NOTHING_USED, mayGoOn = true) {
    this.#earlier = earlier;
    this.#mayGoOn = mayGoOn;
    this.#used = earlier;
  }

  /** What the session used. */
  get used(): Used {
    return this.#used;
  }

  /**
   * Called when another conversation starts, as by `/clear`: since CLI 2.1.215 the process then
   * counts from zero.
   */
  beginAnew(): void {
    this.#mayBeginAnew = true;
  }

  /** A turn ended. */
  take(result: Result): void {
    const models = Object.values(result.modelUsage ?? {});
    const known = result.modelUsage === undefined
      ? this.#used.usage
      : undefined;
    const now = { ...usedBy(models), costUsd: result.totalCostUsd };
    this.#missing ??= this.#missingOf(result);
    if (this.#mayBeginAnew && now.costUsd < this.#counted.costUsd) {
      this.#missing = add(this.#missing, this.#counted);
    }
    this.#mayBeginAnew = false;
    this.#counted = now;
    const sum = add(now, this.#missing);
    const costUsd = this.#missing.costUsd === 0
      ? now.costUsd
      : roundUsd(sum.costUsd);
    this.#used = {
      costUsd: Math.max(costUsd, this.#used.costUsd),
      usage: known ?? sum.usage,
    };
  }

  #missingOf(first: Result): Used {
    const before = usedBefore(first);
    if (before !== undefined) return less(this.#earlier, before);
    return this.#mayGoOn && goesOnFrom(this.#earlier.costUsd, first)
      ? NOTHING_USED
      : this.#earlier;
  }

  /** What the session has used in the middle of a turn, by what its process counts. */
  during(counted: Used): Used {
    const sum = add(counted, this.#missing ?? NOTHING_USED);
    // Before the first result it is unknown where a process starts counting.
    return {
      costUsd: Math.max(roundUsd(sum.costUsd), this.#used.costUsd),
      usage: combineUsage(sum.usage, this.#used.usage, Math.max),
    };
  }
}

function add(a: Used, b: Used): Used {
  return {
    costUsd: a.costUsd + b.costUsd,
    usage: combineUsage(a.usage, b.usage, (one, other) => one + other),
  };
}

/** What of `a` is not in `b`. */
function less(a: Used, b: Used): Used {
  return {
    costUsd: Math.max(roundUsd(a.costUsd - b.costUsd), 0),
    usage: combineUsage(
      a.usage,
      b.usage,
      (one, other) => Math.max(one - other, 0),
    ),
  };
}

/** Rounds a cost to remove the floating-point noise of sums; prices have far fewer digits. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}
