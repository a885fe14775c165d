/**
 * Messages about the account: rate limits and signing in.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  type Reads,
  shape,
  wire,
  wireOptional,
} from "./_define.ts";

/** A window of a rate limit. */
export interface RateLimitWindow {
  /** `allowed`, `allowed_warning` or `rejected`. */
  readonly status?: string;
  /** How much of it is used, from 0 to 1. */
  readonly utilization?: number;
  /** When it resets, in **seconds** since 1970, as on the wire. */
  readonly resetsAt?: number;
  /** The share that was exceeded, from 0 to 1. */
  readonly surpassedThreshold?: number;
}

/**
 * The state of a rate limit changed. Only with a subscription, never with an API key.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_09-rate-limit-headers-oauth.ndjson.
 */
export interface RateLimit extends EventBase<"rate_limit"> {
  /** `allowed`, `allowed_warning` or `rejected`. */
  readonly status: string;
  /** When the window resets, in **seconds** since 1970, as on the wire. */
  readonly resetsAt?: number;
  /** Which window: `five_hour`, `seven_day`, … */
  readonly rateLimitType?: string;
  /** How much of it is used, from 0 to 1. */
  readonly utilization?: number;
  /** The share that was exceeded and so caused this event, from 0 to 1. */
  readonly surpassedThreshold?: number;
  /** Whether paid overage takes over: `allowed`, `rejected`, … */
  readonly overageStatus?: string;
  /** Why it does not. */
  readonly overageDisabledReason?: string;
  /** Overage is being used now. */
  readonly isUsingOverage?: boolean;
  /** When the window of the overage resets, in **seconds** since 1970, as on the wire. */
  readonly overageResetsAt?: number;
  /** Paid overage is switched on. */
  readonly overageEnabled?: boolean;
  /** Why a call was refused, apart from the windows: `credits_required`. */
  readonly errorCode?: string;
  /** Whose limit it is: `service`, `channel`, `group_pool`. Absent if it is the account's own. */
  readonly limitScope?: string;
  /** Whether the signed-in user may buy credits. */
  readonly canUserPurchaseCredits?: boolean;
  /** Overage pays for this call. From the types of the official SDK 0.3.332; not seen. */
  readonly overageInUse?: boolean;
  /** A payment method that can be charged is on file. From the types of the official SDK 0.3.332; not seen. */
  readonly hasChargeableSavedPaymentMethod?: boolean;
  /** All windows that the API named, by name: `five_hour`, `seven_day`, … */
  readonly unifiedWindows?: Readonly<Record<string, RateLimitWindow>>;
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
    overageResetsAt: wireOptional(
      "rate_limit_info.overageResetsAt",
      v.number(),
    ),
    overageEnabled: wireOptional("rate_limit_info.overageEnabled", v.boolean()),
    errorCode: wireOptional("rate_limit_info.errorCode", v.string()),
    limitScope: wireOptional("rate_limit_info.limitScope", v.string()),
    canUserPurchaseCredits: wireOptional(
      "rate_limit_info.canUserPurchaseCredits",
      v.boolean(),
    ),
    overageInUse: wireOptional("rate_limit_info.overageInUse", v.boolean()),
    hasChargeableSavedPaymentMethod: wireOptional(
      "rate_limit_info.hasChargeableSavedPaymentMethod",
      v.boolean(),
    ),
    unifiedWindows: wireOptional(
      "rate_limit_info.unifiedWindows",
      v.record(
        v.string(),
        shape<RateLimitWindow>({
          status: wireOptional("status", v.string()),
          utilization: wireOptional("utilization", v.number()),
          resetsAt: wireOptional("resetsAt", v.number()),
          surpassedThreshold: wireOptional("surpassedThreshold", v.number()),
        }),
      ) as Reads<Readonly<Record<string, RateLimitWindow>>>,
    ),
  },
);

/**
 * Progress of signing in. Needs `--enable-auth-status`; the first comes before
 * `system_init`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-auth-status.ndjson.
 */
export interface AuthStatus extends EventBase<"auth_status"> {
  /** Whether signing in is under way. */
  readonly isAuthenticating: boolean;
  /** Lines to show, such as an address to open. */
  readonly output?: readonly string[];
  /** Why it failed. */
  readonly error?: string;
}

/** Reads {@linkcode AuthStatus}. */
export const authStatus: MessageKind<AuthStatus> = defineMessage<AuthStatus>(
  "auth_status",
  "auth_status",
  {
    isAuthenticating: wire("isAuthenticating", v.boolean()),
    output: wireOptional("output", v.array(v.string())),
    error: wireOptional("error", v.string()),
  },
);
