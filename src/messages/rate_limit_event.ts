import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "./_define.ts";

/**
 * The state of a rate limit changed. Only with a subscription, never with an API key.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_09-rate-limit-headers-oauth.ndjson.
 */
export interface RateLimit extends EventBase<"rate_limit"> {
  /** `allowed`, `allowed_warning` or `rejected`. */
  readonly status: string;
  /** When the window starts anew, in **seconds** since 1970, as on the wire. */
  readonly resetsAt?: number;
  /** Which window: `five_hour`, `seven_day`, … */
  readonly rateLimitType?: string;
  /** How much of it is used, from 0 to 1. */
  readonly utilization?: number;
  /** The share whose passing gave this event, from 0 to 1. */
  readonly surpassedThreshold?: number;
  /** Whether paid overage takes over: `allowed`, `rejected`, … */
  readonly overageStatus?: string;
  /** Why it does not. */
  readonly overageDisabledReason?: string;
  /** Overage is being used now. */
  readonly isUsingOverage?: boolean;
}

/** Reads {@linkcode RateLimit}. */
export const rateLimit: MessageKind<RateLimit> = defineMessage<RateLimit>(
  "rate_limit",
  "rate_limit_event",
  {
    status: wire("rate_limit_info.status", v.string()),
    resetsAt: wireOptional("rate_limit_info.resetsAt", v.number()),
    rateLimitType: wireOptional("rate_limit_info.rateLimitType", v.string()),
    utilization: wireOptional("rate_limit_info.utilization", v.number()),
    surpassedThreshold: wireOptional(
      "rate_limit_info.surpassedThreshold",
      v.number(),
    ),
    overageStatus: wireOptional("rate_limit_info.overageStatus", v.string()),
    overageDisabledReason: wireOptional(
      "rate_limit_info.overageDisabledReason",
      v.string(),
    ),
    isUsingOverage: wireOptional("rate_limit_info.isUsingOverage", v.boolean()),
  },
);
