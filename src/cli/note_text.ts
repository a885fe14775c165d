/**
 * What happened in a turn besides answers and tools, as a line. Pure.
 *
 * @module
 */

import type { RateLimit } from "../messages/rate_limit_event.ts";
import type { Result } from "../messages/result.ts";
import type { ApiRetry } from "../messages/system/api_retry.ts";
import { formatMs } from "./terminal.ts";

/** A failed call of the API that will be tried again. */
export function retryText(event: ApiRetry): string {
  const status = event.errorStatus === null
    ? ""
    : `, HTTP ${event.errorStatus}`;
  return `the API failed (${event.error}${status}): retry ${event.attempt} of ${event.maxRetries} in ${
    formatMs(event.retryDelayMs)
  }`;
}

/** A change of a rate limit. */
export function rateLimitText(event: RateLimit): string {
  const parts = [`rate limit: ${event.status}`];
  if (event.utilization !== undefined) {
    parts.push(`${Math.round(event.utilization * 100)} % used`);
  }
  if (event.rateLimitType !== undefined) {
    parts.push(`window ${event.rateLimitType}`);
  }
  if (event.resetsAt !== undefined) {
    parts.push(`until ${new Date(event.resetsAt * 1000).toLocaleString()}`);
  }
  return parts.join(", ");
}

/** Why a turn that went well has no text. */
export function emptyText(result: Result): string {
  const reasons = [
    ...result.stopReason ? [`stop reason "${result.stopReason}"`] : [],
    ...result.terminalReason ? [`"${result.terminalReason}"`] : [],
  ];
  return `claudestream: the turn ended without any text: ${
    reasons.join(", ") || `"${result.subtype}"`
  }`;
}
