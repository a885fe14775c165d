import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "./_define.ts";

/** Tokens of one or more calls of the API. */
export interface Usage {
  /** Tokens sent that were not in the cache. */
  readonly inputTokens: number;
  /** Tokens of the reply. */
  readonly outputTokens: number;
  /** Tokens written to the cache. */
  readonly cacheCreationInputTokens?: number;
  /** Tokens read from the cache. */
  readonly cacheReadInputTokens?: number;
  /** Tokens of the reply that were thinking. */
  readonly thinkingTokens?: number;
  /** Web searches that the API made. */
  readonly webSearchRequests?: number;
  /** Pages that the API fetched. */
  readonly webFetchRequests?: number;
  /** `standard`, `priority` or `batch`. */
  readonly serviceTier?: string;
}

/** Reads {@linkcode Usage}. */
export const usage: Reads<Usage> = shape<Usage>({
  inputTokens: wire("input_tokens", v.number()),
  outputTokens: wire("output_tokens", v.number()),
  cacheCreationInputTokens: wireOptional(
    "cache_creation_input_tokens",
    v.number(),
  ),
  cacheReadInputTokens: wireOptional("cache_read_input_tokens", v.number()),
  thinkingTokens: wireOptional(
    "output_tokens_details.thinking_tokens",
    v.number(),
  ),
  webSearchRequests: wireOptional(
    "server_tool_use.web_search_requests",
    v.number(),
  ),
  webFetchRequests: wireOptional(
    "server_tool_use.web_fetch_requests",
    v.number(),
  ),
  serviceTier: wireOptional("service_tier", v.string()),
});

/** What one model has used since the start of the process. */
export interface ModelUsage {
  /** Tokens sent that were not in the cache. */
  readonly inputTokens: number;
  /** Tokens of the replies. */
  readonly outputTokens: number;
  /** Tokens read from the cache. */
  readonly cacheReadInputTokens?: number;
  /** Tokens written to the cache. */
  readonly cacheCreationInputTokens?: number;
  /** Those of them that the cache holds for five minutes. From the types of the official SDK 0.3.332; not seen. */
  readonly cacheCreation5mInputTokens?: number;
  /** Those of them that the cache holds for an hour. From the types of the official SDK 0.3.332; not seen. */
  readonly cacheCreation1hInputTokens?: number;
  /** Tokens of the replies that were thinking. */
  readonly thinkingTokens?: number;
  /** Web searches made. */
  readonly webSearchRequests?: number;
  /** Cost in US dollars. */
  readonly costUsd: number;
  /** Size of the model's context, in tokens. */
  readonly contextWindow?: number;
  /** The most tokens in one reply. */
  readonly maxOutputTokens?: number;
  /** Its name without a date or the like. */
  readonly canonicalModel?: string;
  /** Who serves it, such as `firstParty`. */
  readonly provider?: string;
  /** Whose prices the cost is based on: `list`, `managed`, or `unknown`, which makes the cost a guess. From the types of the official SDK 0.3.332; not seen. */
  readonly costBasis?: string;
}

/** Reads a {@linkcode ModelUsage} for each model, by the model's name. */
export const modelUsage: Reads<Readonly<Record<string, ModelUsage>>> = v.record(
  v.string(),
  shape<ModelUsage>({
    inputTokens: wire("inputTokens", v.number()),
    outputTokens: wire("outputTokens", v.number()),
    cacheReadInputTokens: wireOptional("cacheReadInputTokens", v.number()),
    cacheCreationInputTokens: wireOptional(
      "cacheCreationInputTokens",
      v.number(),
    ),
    thinkingTokens: wireOptional("thinkingTokens", v.number()),
    webSearchRequests: wireOptional("webSearchRequests", v.number()),
    costUsd: wire("costUSD", v.number()),
    contextWindow: wireOptional("contextWindow", v.number()),
    maxOutputTokens: wireOptional("maxOutputTokens", v.number()),
    canonicalModel: wireOptional("canonicalModel", v.string()),
    provider: wireOptional("provider", v.string()),
    cacheCreation5mInputTokens: wireOptional(
      "cacheCreationEphemeral5mInputTokens",
      v.number(),
    ),
    cacheCreation1hInputTokens: wireOptional(
      "cacheCreationEphemeral1hInputTokens",
      v.number(),
    ),
    costBasis: wireOptional("costBasis", v.string()),
  }),
) as Reads<Readonly<Record<string, ModelUsage>>>;
