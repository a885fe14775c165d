import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { type ModelUsage, modelUsage } from "../messages/usage.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  orNull,
  yesOrNo,
} from "./call.ts";

/** Options of `planUsage()`. */
export interface PlanUsageOptions extends ControlOptions {
  /** Reads the transcripts of the last seven days for `behaviors`. Default `false`. */
  readonly behaviors?: boolean;
}

/** How much of a limit is used up. */
export interface UsageWindow {
  /** How much, 0 to 100; `null` where it is not known. */
  readonly utilization: number | null;
  /** When the window ends, as ISO 8601; `null` where it is not known. */
  readonly resetsAt: string | null;
}

/**
 * What was used, of the session and of the plan. Unstable: the CLI calls it an
 * experiment.
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
  /** What the usage comes from, as the CLI has it; `null` where it was not asked for. */
  readonly behaviors: unknown;
}

const usageWindow: Reads<UsageWindow> = shape<UsageWindow>({
  utilization: wire("utilization", orNull(v.number())),
  resetsAt: wire("resets_at", orNull(v.string())),
});

// Beside the windows there are lists and other things, and there may be new windows.
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

const planUsage: Reads<PlanUsage> = shape<PlanUsage>({
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

/** Asks what was used. */
export function planUsageCall(
  { behaviors = false }: PlanUsageOptions = {},
): ControlCall<PlanUsage> {
  return call(
    "get_usage",
    { skip_behaviors: !yesOrNo("behaviors", behaviors) },
    planUsage,
  );
}
