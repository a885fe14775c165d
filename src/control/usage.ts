/**
 * Control requests about what is used: the context, the plan, the cost.
 *
 * @module
 */

import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import {
  type ModelUsage,
  modelUsage,
  type Usage,
  usage,
} from "../messages/usage.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  listOf,
  orNull,
  word,
  yesOrNo,
} from "./call.ts";

/** Options of `contextUsage()`. */
export interface ContextUsageOptions extends ControlOptions {
  /**
   * `"full"` counts each part, which may call the API; `"summary"` estimates from the
   * last reply. Default `"full"`.
   */
  readonly detail?: "summary" | "full";
}

/** A part of the context. */
export interface ContextCategory {
  /** Which part, such as `system_prompt`. Not sent by CLI 2.1.197. */
  readonly id?: string;
  /** Its name for people. */
  readonly name: string;
  /** Its size. */
  readonly tokens: number;
  /** `used`, `free`, `buffer` (kept for compaction) or `deferred` (not in the context). */
  readonly kind?: string;
}

/** A tool, file, agent or skill that takes space in the context. */
export interface ContextItem {
  /** Its name, or for a file its path. */
  readonly name: string;
  /** Its size. */
  readonly tokens: number;
  /** Where it comes from: an MCP server, a kind of file, a source of agents or skills. */
  readonly from?: string;
}

/**
 * What fills the model's context.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ContextUsage {
  /** Its parts, free space included. */
  readonly categories: readonly ContextCategory[];
  /** Tokens in use. */
  readonly totalTokens: number;
  /** Tokens that fit before compaction. */
  readonly maxTokens: number;
  /** Size of the model's context. */
  readonly rawMaxTokens?: number;
  /** How full it is, from 0 to 100. */
  readonly percentage: number;
  /** Full name of the model. */
  readonly model: string;
  /** Number of tokens at which it is compacted. */
  readonly autoCompactThreshold?: number;
  /** Whether it is compacted automatically. */
  readonly isAutoCompactEnabled?: boolean;
  /** Files such as `CLAUDE.md`. */
  readonly memoryFiles: readonly ContextItem[];
  /** Tools of MCP servers. */
  readonly mcpTools: readonly ContextItem[];
  /** Kinds of subagents. */
  readonly agents: readonly ContextItem[];
  /** Skills. */
  readonly skills: readonly ContextItem[];
  /** Tokens of the last reply, as the API counted them; `null` before the first. */
  readonly apiUsage: Usage | null;
}

function items(name: string, from: string): Reads<readonly ContextItem[]> {
  return v.optional(
    listOf(shape<ContextItem>({
      name: wire(name, v.string()),
      tokens: wire("tokens", v.number()),
      from: wireOptional(from, v.string()),
    })),
    [],
  ) as Reads<readonly ContextItem[]>;
}

const contextUsage = shape<ContextUsage>({
  categories: wire(
    "categories",
    listOf(shape<ContextCategory>({
      id: wireOptional("id", v.string()),
      name: wire("name", v.string()),
      tokens: wire("tokens", v.number()),
      kind: wireOptional("kind", v.string()),
    })),
  ),
  totalTokens: wire("totalTokens", v.number()),
  maxTokens: wire("maxTokens", v.number()),
  rawMaxTokens: wireOptional("rawMaxTokens", v.number()),
  percentage: wire("percentage", v.number()),
  model: wire("model", v.string()),
  autoCompactThreshold: wireOptional("autoCompactThreshold", v.number()),
  isAutoCompactEnabled: wireOptional("isAutoCompactEnabled", v.boolean()),
  memoryFiles: wire("memoryFiles", items("path", "type")),
  mcpTools: wire("mcpTools", items("name", "serverName")),
  agents: wire("agents", items("agentType", "source")),
  skills: wire("skills.skillFrontmatter", items("name", "source")),
  apiUsage: wire("apiUsage", orNull(usage)),
});

/** Asks what fills the context. */
export function contextUsageCall(
  { detail }: ContextUsageOptions = {},
): ControlCall<ContextUsage> {
  return call(
    "get_context_usage",
    detail === undefined
      ? {}
      : { detail: word("detail", detail, ["summary", "full"]) },
    contextUsage,
  );
}

/** Options of `planUsage()`. */
export interface PlanUsageOptions extends ControlOptions {
  /** Reads the transcripts of the last seven days for `behaviors`. Default `false`. */
  readonly behaviors?: boolean;
}

/** How much of a limit is used. */
export interface UsageWindow {
  /** How much, from 0 to 100; `null` if it is not known. */
  readonly utilization: number | null;
  /** When the window ends, as ISO 8601; `null` if it is not known. */
  readonly resetsAt: string | null;
}

/**
 * The usage of the session and of the plan. Unstable: the CLI calls it an experiment.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface PlanUsage {
  /** Cost of the session, in US dollars. */
  readonly totalCostUsd: number;
  /** Time of the session, in milliseconds. */
  readonly totalDurationMs?: number;
  /** Time of its calls of the API, in milliseconds. */
  readonly totalApiDurationMs?: number;
  /** Lines that it added to files. */
  readonly totalLinesAdded?: number;
  /** Lines that it removed. */
  readonly totalLinesRemoved?: number;
  /** Tokens and cost of each model. */
  readonly modelUsage?: Readonly<Record<string, ModelUsage>>;
  /** The plan; `null` with an API key. */
  readonly subscriptionType: string | null;
  /** Whether there are limits of a plan. */
  readonly rateLimitsAvailable: boolean;
  /** The limits of the plan, by name, such as `five_hour`; `null` without a plan. */
  readonly rateLimits: Readonly<Record<string, UsageWindow>> | null;
  /** Sources of the usage, in the CLI's format; `null` if not requested. */
  readonly behaviors: unknown;
}

const usageWindow = shape<UsageWindow>({
  utilization: wire("utilization", orNull(v.number())),
  resetsAt: wire("resets_at", orNull(v.string())),
});

// Besides the windows there are lists and other things, and a newer CLI may have new
// windows.
const rateLimits: Reads<Readonly<Record<string, UsageWindow>>> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => {
        const read = v.safeParse(usageWindow, value);
        const known = read.success && typeof value === "object" &&
          value !== null && "resets_at" in value;
        return known ? [[name, read.output] as const] : [];
      }),
    )
  ),
) as Reads<Readonly<Record<string, UsageWindow>>>;

const planUsage = shape<PlanUsage>({
  totalCostUsd: wire("session.total_cost_usd", v.number()),
  totalDurationMs: wireOptional("session.total_duration_ms", v.number()),
  totalApiDurationMs: wireOptional("session.total_api_duration_ms", v.number()),
  totalLinesAdded: wireOptional("session.total_lines_added", v.number()),
  totalLinesRemoved: wireOptional("session.total_lines_removed", v.number()),
  modelUsage: wireOptional("session.model_usage", modelUsage),
  subscriptionType: wire("subscription_type", orNull(v.string())),
  rateLimitsAvailable: wire("rate_limits_available", v.boolean()),
  rateLimits: wire("rate_limits", orNull(rateLimits)),
  behaviors: wire("behaviors", v.unknown()),
});

/** Asks for the usage of the session and of the plan. */
export function planUsageCall(
  { behaviors = false }: PlanUsageOptions = {},
): ControlCall<PlanUsage> {
  return call(
    "get_usage",
    { skip_behaviors: !yesOrNo("behaviors", behaviors) },
    planUsage,
  );
}

const costText = shape<{ readonly text: string }>({
  text: wire("text", v.string()),
});

/**
 * Asks for the cost as a text for people, the output of the command `/cost`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function sessionCostCall(): ControlCall<{ readonly text: string }> {
  return call("get_session_cost", {}, costText);
}
