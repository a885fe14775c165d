/**
 * Describes events other than answers and tools, one line each. Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../../events/mod.ts";
import type { RateLimit } from "../../messages/account.ts";
import type { Result } from "../../messages/result.ts";
import type { ApiRetry } from "../../messages/system/models.ts";
import { formatCount, formatMs } from "./terminal.ts";

/** Describes a failed API call that will be retried. */
export function retryText(event: ApiRetry): string {
  const { errorStatus } = event;
  const status = errorStatus === null ? "" : `, HTTP ${errorStatus}`;
  // A rejected key is not retried, and a login only once: see failFastOn.
  if (errorStatus === 401 || errorStatus === 403) {
    return `the API refuses the sign-in (${event.error}${status})`;
  }
  return `the API failed (${event.error}${status}): retry ${event.attempt} of ${event.maxRetries} in ${
    formatMs(event.retryDelayMs)
  }`;
}

/** Describes a change of a rate limit. */
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

/** Describes a change of the whole conversation, as after `/clear` and `/compact`. */
export function conversationText(event: ClaudeEvent): string | undefined {
  switch (event.type) {
    case "conversation_reset":
      return event.trigger === undefined || event.trigger === "clear"
        ? "the conversation was cleared: a new session begins"
        : `a new session begins (${event.trigger})`;
    case "compact_boundary": {
      const { trigger, preTokens, postTokens } = event;
      const sizes = preTokens === undefined || postTokens === undefined
        ? ""
        : `: ${formatCount(preTokens)} tokens became ${
          formatCount(postTokens)
        }`;
      const why = trigger === "auto" ? ", as it was full" : "";
      return `the conversation was compacted${why}${sizes}`;
    }
    case "status":
      return event.compactResult === "failed"
        ? `the conversation was not compacted: ${
          event.compactError ?? "no reason given"
        }`
        : undefined;
    default:
      return undefined;
  }
}

/** Explains why a successful turn has no text. */
export function emptyText(result: Result): string {
  const { localCommand } = result;
  if (localCommand !== undefined) {
    return `claudestream: /${localCommand} is done, and said nothing`;
  }
  const reasons = [
    ...result.stopReason ? [`stop reason "${result.stopReason}"`] : [],
    ...result.terminalReason ? [`"${result.terminalReason}"`] : [],
  ];
  return `claudestream: the turn ended without any text: ${
    reasons.join(", ") || `"${result.subtype}"`
  }`;
}
