import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * The turn failed as a rate limit is used up, and waits until that starts anew: then it
 * goes on in the same session. Comes after the `Result` of what failed. Only with the
 * option `waitForReset`.
 *
 * Made by this library; `raw` is `null`.
 */
export interface RateLimitWait extends EventBase<"rate_limit_wait"> {
  /** When the limit starts anew, in **seconds** since 1970, as on the wire. */
  readonly resetsAt: number;
  /** How long the wait is, in milliseconds. */
  readonly waitMs: number;
  /** What is sent then: the prompt again, or `message` of the option, as tools ran already. */
  readonly sends: "prompt" | "message";
}

/** Makes the event. */
export function rateLimitWait(
  data: Omit<RateLimitWait, "type" | "raw" | "uuid">,
): RateLimitWait {
  return makeEvent<RateLimitWait>(null, { type: "rate_limit_wait", ...data });
}
