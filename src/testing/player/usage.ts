/** Token counts and costs, as messages and results report them. */

import type { JsonObject, ScriptedUsage } from "../scenario.ts";

/** Tokens and cost of one message. */
export interface Spent {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheCreationTokens: number;
  readonly costUsd: number;
}

/** Adds default values to the usage of a scenario. */
export function spentBy(model: string, usage: ScriptedUsage = {}): Spent {
  const inputTokens = usage.inputTokens ?? 100;
  const outputTokens = usage.outputTokens ?? 20;
  return {
    model,
    inputTokens,
    outputTokens,
    cacheReadTokens: usage.cacheReadTokens ?? 0,
    cacheCreationTokens: usage.cacheCreationTokens ?? 0,
    costUsd: usage.costUsd ?? priceOf(model, inputTokens, outputTokens),
  };
}

/** Prices in dollars per million input tokens and per million output tokens, by model. */
const PRICES: readonly (readonly [string, number, number])[] = [
  ["opus-4-8", 5, 25],
  ["sonnet", 2, 10],
  ["haiku", 0.1, 0.5],
  ["fable", 8, 40],
];

/** Returns the price of tokens in dollars, ignoring the cache. */
export function priceOf(
  model: string,
  inputTokens: number,
  outputTokens: number,
): number {
  const [, input, output] = PRICES.find(([name]) => model.includes(name)) ??
    ["opus", 4, 20];
  return (inputTokens * input + outputTokens * output) / 1e6;
}

/** Returns the sum of all messages, under the name of the first model. */
export function sum(list: readonly Spent[]): Spent {
  const total = {
    model: list[0]?.model ?? "",
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheCreationTokens: 0,
    costUsd: 0,
  };
  for (const spent of list) {
    total.inputTokens += spent.inputTokens;
    total.outputTokens += spent.outputTokens;
    total.cacheReadTokens += spent.cacheReadTokens;
    total.cacheCreationTokens += spent.cacheCreationTokens;
    total.costUsd += spent.costUsd;
  }
  return total;
}

/** Returns `usage` at the start of a message, when the output is not known yet. */
export function startUsage(spent: Spent): JsonObject {
  return {
    input_tokens: spent.inputTokens,
    cache_creation_input_tokens: spent.cacheCreationTokens,
    cache_read_input_tokens: spent.cacheReadTokens,
    output_tokens: 1,
  };
}

/** Returns `usage` of a result. */
export function turnUsage(list: readonly Spent[]): JsonObject {
  const total = sum(list);
  return {
    input_tokens: total.inputTokens,
    cache_creation_input_tokens: total.cacheCreationTokens,
    cache_read_input_tokens: total.cacheReadTokens,
    output_tokens: total.outputTokens,
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    cache_creation: {
      ephemeral_1h_input_tokens: 0,
      ephemeral_5m_input_tokens: 0,
    },
    inference_geo: "",
    iterations: [],
    speed: "standard",
    fallback_credit: null,
  };
}

/** Returns `modelUsage` of a result. */
export function modelUsage(list: readonly Spent[]): JsonObject {
  const models = new Map<string, Spent[]>();
  for (const spent of list) {
    const known = models.get(spent.model);
    if (known === undefined) models.set(spent.model, [spent]);
    else known.push(spent);
  }
  const usage: Record<string, JsonObject> = {};
  for (const [model, all] of models) {
    const total = sum(all);
    usage[model] = {
      inputTokens: total.inputTokens,
      outputTokens: total.outputTokens,
      cacheReadInputTokens: total.cacheReadTokens,
      cacheCreationInputTokens: total.cacheCreationTokens,
      webSearchRequests: 0,
      costUSD: total.costUsd,
      contextWindow: 1000000,
      maxOutputTokens: 128000,
      thinkingTokens: 0,
      cacheCreationEphemeral5mInputTokens: 0,
      cacheCreationEphemeral1hInputTokens: 0,
      canonicalModel: model,
      provider: "firstParty",
      costBasis: "list",
    };
  }
  return usage;
}
