/**
 * Events that this library creates about a session: limits, silence, restarts, mismatches.
 *
 * @module
 */

import type { BudgetMetric } from "../errors.ts";
import { type EventBase, makeEvent } from "../messages/_define.ts";
import { maskSecrets } from "../util/secrets.ts";

/**
 * The session has reached one of the thresholds in the option `budget`. Comes right after
 * the result that reached it, once for each threshold, the lowest first. It stops
 * nothing: the option `limits` does.
 *
 * Made by this library from a {@linkcode Result}.
 */
export interface BudgetThreshold extends EventBase<"budget_threshold"> {
  /** What is measured. */
  readonly metric: BudgetMetric;
  /** The threshold as given: US dollars, turns or tokens. */
  readonly threshold: number;
  /** The current value, in the same unit. */
  readonly value: number;
}

/** Makes the event; `raw` is that of the result. */
export function budgetThreshold(
  raw: unknown,
  data: Omit<BudgetThreshold, "type" | "raw" | "uuid">,
): BudgetThreshold {
  return makeEvent<BudgetThreshold>(raw, { type: "budget_threshold", ...data });
}

/**
 * The turn failed because a rate limit is used up. It waits until the limit resets, and
 * then continues in the same session. Comes after the `Result` of what failed. Only with
 * the option `waitForReset`.
 *
 * Made by this library; `raw` is `null`.
 */
export interface RateLimitWait extends EventBase<"rate_limit_wait"> {
  /** When the limit resets, in **seconds** since 1970, as on the wire. */
  readonly resetsAt: number;
  /** How long the wait is, in milliseconds. */
  readonly waitMs: number;
  /** What is sent then: the prompt again, or `message` of the option if tools have already run. */
  readonly sends: "prompt" | "message";
}

/** Makes the event. */
export function rateLimitWait(
  data: Omit<RateLimitWait, "type" | "raw" | "uuid">,
): RateLimitWait {
  return makeEvent<RateLimitWait>(null, { type: "rate_limit_wait", ...data });
}

/**
 * A turn is running and nothing happens. Either the CLI has written nothing for a while,
 * although no tool, hook, question or background task explains the silence: this comes
 * once for each silence, and the option `idleTimeoutMs` can also end such a turn. Or a
 * question that the session left to its readers, such as a `permission_request`, has had
 * no answer for that time: then `waitsFor` and `requestId` name it, this comes once for
 * each question, and nothing is ended.
 *
 * Made by this library; `raw` is `null`.
 */
export interface Stalled extends EventBase<"stalled"> {
  /** How long nothing has arrived, in milliseconds. */
  readonly idleMs: number;
  /** `type` of the last event; absent if there was none. */
  readonly lastEventType?: string;
  /** After how long without a line the turn fails, in milliseconds; absent if it does not. */
  readonly endMs?: number;
  /** `type` of the event that waits for an answer of this program; absent if the CLI is silent. */
  readonly waitsFor?:
    | "permission_request"
    | "elicitation_request"
    | "user_dialog_request";
  /** `requestId` of that event. */
  readonly requestId?: string;
}

/** Makes the event. */
export function stalled(
  data: Omit<Stalled, "type" | "raw" | "uuid">,
): Stalled {
  return makeEvent<Stalled>(null, { type: "stalled", ...data });
}

/**
 * The process died, and the next prompt goes to a new one that resumes the session, or
 * starts it again if nothing of it was on disk yet. Only with the option `recover`. The
 * turn that was running is lost: it fails with the error of the process, and its prompt
 * is not sent again.
 *
 * Made by this library; `raw` is `null`.
 */
export interface SessionRestarted extends EventBase<"session_restarted"> {
  /** Which restart of the session this is, from 1. */
  readonly attempt: number;
  /** How the process ended, in words. */
  readonly reason: string;
  /** The session that is resumed. Absent if it starts again. */
  readonly resumedFrom?: string;
}

/** Makes the event. */
export function sessionRestarted(
  attempt: number,
  reason: string,
  resumedFrom: string | undefined,
  sessionId: string | undefined = resumedFrom,
): SessionRestarted {
  return makeEvent<SessionRestarted>(null, {
    type: "session_restarted",
    ...sessionId === undefined ? {} : { sessionId },
    attempt,
    reason,
    ...resumedFrom === undefined ? {} : { resumedFrom },
  });
}

/**
 * A reader of `session.events()` fell so far behind the session that events were dropped,
 * at this place. Deltas and progress are dropped first, whole messages only if there are
 * no more of those. The reader of a turn never gets this event: nothing is dropped there.
 *
 * Made by this library; `raw` is `undefined`.
 */
export interface EventsDropped extends EventBase<"events_dropped"> {
  /** How many events are missing here. */
  readonly count: number;
}

/** Makes the event. */
export function eventsDropped(count: number): EventsDropped {
  return makeEvent<EventsDropped>(undefined, { type: "events_dropped", count });
}

/**
 * The state of the CLI differs from the options: a rule is about a tool that does not
 * exist, an MCP server is not connected, a settings file is ignored. One for each
 * difference, after the first `SystemInit` of each process. With `verify: "strict"` the
 * session fails instead, before the first prompt.
 *
 * `raw` is what the CLI said: its `system/init`, or its answer to `get_settings` or
 * `initialize`.
 */
export interface ConfigurationMismatch
  extends EventBase<"configuration_mismatch"> {
  /** The option, such as `policy`, `allowedTools`, `mcpServers` or `settings`. */
  readonly option: string;
  /** What should be there, by the option: a name, a mode, a path in the settings. */
  readonly expected: string;
  /** What the CLI reports instead, such as the status of a server; absent if it reports nothing. */
  readonly found?: string;
  /** The difference as a sentence, for people. */
  readonly message: string;
}

/** Makes the event. */
export function configurationMismatch(
  raw: unknown,
  data: Omit<ConfigurationMismatch, "type" | "raw" | "uuid">,
): ConfigurationMismatch {
  return makeEvent<ConfigurationMismatch>(raw, {
    type: "configuration_mismatch",
    ...data,
    // A secret may have been put in the wrong option.
    expected: maskSecrets(data.expected),
    ...data.found === undefined ? {} : { found: maskSecrets(data.found) },
    message: maskSecrets(data.message),
  });
}

/**
 * A requested feature does not work with this CLI, and the CLI does not report that: an older
 * version ignores it, or the version is not known to have it. Also logged, at the level `warn`.
 *
 * An option of the session that this CLI would ignore is a `ConfigError` at the start instead,
 * before the first prompt, if the CLI reports its version by then.
 *
 * `raw` is the message of the CLI that contained its version, or `null`.
 */
export interface Warning extends EventBase<"warning"> {
  /** Kind of the feature. */
  readonly kind: "option" | "hook" | "request" | "behavior";
  /** Name of the option, hook event, control request or behavior. */
  readonly what: string;
  /** First version of the CLI that has it; absent if no version is known to have it. */
  readonly needs?: string;
  /** Version of this CLI; absent if it is not known. */
  readonly has?: string;
  /** What does not work, and what to do, as a sentence for people. */
  readonly message: string;
}

/** Makes the event. */
export function warning(
  raw: unknown,
  data: Omit<Warning, "type" | "raw" | "uuid">,
): Warning {
  return makeEvent<Warning>(raw, {
    type: "warning",
    ...data,
    message: maskSecrets(data.message),
  });
}
