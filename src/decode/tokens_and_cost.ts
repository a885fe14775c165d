/**
 * Tokens with their cost: sums, even parts, and shares by model. Pure.
 *
 * @module
 */

import type { ModelUsage } from "../messages/usage.ts";
import {
  addUsage,
  combineUsage,
  lessUsage,
  NO_TOKENS,
  roundUsd,
  type SessionUsage,
  tokensOf,
} from "./usage.ts";

/** Tokens, and what they cost. */
export interface TokensAndCost extends SessionUsage {
  /** Cost, in US dollars. */
  readonly costUsd: number;
}

/** No tokens, at no cost. */
export const NO_COST: TokensAndCost = { ...NO_TOKENS, costUsd: 0 };

/** Divides tokens into this many parts, as even as whole numbers can be; at least one part. */
export function partsOf(
  tokens: SessionUsage,
  count: number,
): readonly SessionUsage[] {
  const parts: SessionUsage[] = [];
  let left = tokens;
  for (let rest = Math.max(count, 1); rest > 0; rest--) {
    const part = combineUsage(left, NO_TOKENS, (all) => Math.floor(all / rest));
    left = lessUsage(left, part);
    parts.push(part);
  }
  return parts;
}

/** Returns the name under which the CLI counts a model: it may lack a date or a mark. */
export function keyOf(
  model: string,
  models: Readonly<Record<string, ModelUsage>>,
): string | undefined {
  if (model in models) return model;
  const names = Object.keys(models);
  const plain = plainName(model);
  return names.find((name) =>
    plainName(name) === plain || models[name]?.canonicalModel === plain
  ) ?? (names.length === 1 ? names[0] : undefined);
}

function plainName(model: string): string {
  return model.replace(/\[[^\]]*\]$/, "").replace(/-\d{8}$/, "");
}

/** Returns what was used since a result; for a CLI that reports running totals only. */
export function grownBy(
  now: Readonly<Record<string, ModelUsage>> | undefined,
  before: Readonly<Record<string, ModelUsage>> | undefined,
): Readonly<Record<string, ModelUsage>> | undefined {
  if (now === undefined || before === undefined) return now;
  const isNew = Object.entries(before).some(([name, { costUsd }]) =>
    (now[name]?.costUsd ?? 0) < costUsd
  );
  if (isNew) return now;
  return Object.fromEntries(
    Object.entries(now).map(([name, used]) => {
      const earlier = before[name];
      return [
        name,
        earlier === undefined ? used : {
          ...lessUsage(tokensOf(used), tokensOf(earlier)),
          costUsd: Math.max(0, used.costUsd - earlier.costUsd),
        },
      ];
    }),
  );
}

/** Returns the factor by which the costs of the models add up to the cost of the turn. */
export function scaleOf(
  models: readonly ModelUsage[],
  costUsd: number,
): number {
  const all = models.reduce((so, model) => so + model.costUsd, 0);
  return all === 0 ? 1 : costUsd / all;
}

/** Adds tokens and cost. */
export function sum(a: TokensAndCost, b: TokensAndCost): TokensAndCost {
  return { ...addUsage(a, b), costUsd: a.costUsd + b.costUsd };
}

/** Rounds the cost, as sums of fractions are not exact. */
export function rounded(used: TokensAndCost): TokensAndCost {
  return { ...used, costUsd: roundUsd(used.costUsd) };
}
