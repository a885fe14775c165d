/**
 * Sums of tokens. Pure.
 *
 * @module
 */

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

/** Reads them from the wire's `usage`, or from what was read of it. */
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

/** Shares out an amount by weights; all of it goes to the last one if there are none. */
export function shares(
  amount: number,
  weights: readonly number[],
): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, at) =>
    all === 0 ? at === weights.length - 1 ? amount : 0 : amount * weight / all
  );
}
