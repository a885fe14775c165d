/**
 * The log of a session, and its cost log.
 *
 * @module
 */

import { callAside, type HandlerFailure, thrownText } from "../util/faults.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { TESTED_RANGE, testedness } from "../capabilities/version.ts";
import { DeltaMask } from "./delta_mask.ts";
import { maskSecrets } from "../util/secrets.ts";
import type { Usage } from "../messages/usage.ts";
import type { Result } from "../messages/result.ts";

/** Receives log entries of a session; `console` is one. */
export type Logger = Pick<Console, "debug" | "info" | "warn" | "error">;

type Level = keyof Logger;

/** Log entry of an event: level, fixed text, and data. */
type Entry = readonly [Level, string, Readonly<Record<string, unknown>>];

/**
 * Entries contain nothing that a model or a tool wrote except tool names; such text is only logged
 * at `debug`.
 */
function entryOf(event: ClaudeEvent): Entry | undefined {
  switch (event.type) {
    case "system_init": {
      const { sessionId, model, permissionMode, claudeCodeVersion } = event;
      const facts = { sessionId, model, permissionMode, claudeCodeVersion };
      return ["debug", "turn began", facts];
    }
    case "result": {
      const { isError, subtype, terminalReason, apiErrorStatus } = event;
      const { costUsd, durationMs, numTurns } = event;
      const facts = { subtype, terminalReason, costUsd, durationMs, numTurns };
      return isError
        ? ["warn", "turn failed", { ...facts, apiErrorStatus }]
        : ["info", "turn ended", facts];
    }
    case "api_retry": {
      const { attempt, maxRetries, retryDelayMs, errorStatus } = event;
      const facts = { attempt, maxRetries, retryDelayMs, errorStatus };
      return ["warn", "call of the API failed and is tried again", facts];
    }
    case "rate_limit": {
      const { status, rateLimitType, resetsAt } = event;
      const facts = { status, rateLimitType, resetsAt };
      return [status === "allowed" ? "info" : "warn", "rate limit", facts];
    }
    case "permission_decision": {
      const { toolName, toolUseId, behavior, by, policy } = event;
      const facts = { toolName, toolUseId, by, policy };
      return behavior === "deny"
        ? ["info", "tool call denied", facts]
        : ["debug", "tool call decided", { ...facts, behavior }];
    }
    case "stalled": {
      const { idleMs, lastEventType, endMs, waitsFor, requestId } = event;
      return waitsFor === undefined
        ? ["warn", "the CLI is silent", { idleMs, lastEventType, endMs }]
        : [
          "warn",
          `a ${waitsFor} waits for an answer: call its allow() or deny(), or respond()`,
          { idleMs, requestId },
        ];
    }
    case "configuration_mismatch": {
      const { option, expected, found } = event;
      const facts = { option, expected, found };
      return ["warn", "other than the options say", facts];
    }
    case "warning": {
      const { kind, what, needs, has, message } = event;
      return ["warn", message, { kind, what, needs, has }];
    }
    case "unknown": {
      const { reason, wireType, wireSubtype } = event;
      const facts = { reason, wireType, wireSubtype };
      return ["warn", "line of the CLI that is not known", facts];
    }
    default:
      return undefined;
  }
}

/**
 * Logs one process. Each call passes a fixed text and an object with data. Secrets are masked
 * everywhere; prompts, answers and tool data are only logged at `debug`.
 */
export class SessionLog {
  readonly #logger: Logger;
  readonly #secrets: () => readonly string[];
  readonly #lines: DeltaMask<readonly [words: string, line: string]>;
  #knowsVersion = false;

  /** @param secrets Returns the values to mask, in addition to texts that look like a key. */
  constructor(logger: Logger, secrets: () => readonly string[]) {
    this.#logger = logger;
    this.#secrets = secrets;
    this.#lines = new DeltaMask(secrets, ([words, line], masked = line) => {
      this.#log("debug", words, { line: this.#mask(masked) });
    });
  }

  /** Logs the start of the process. */
  start(args: readonly string[], resume: string | undefined): void {
    this.#log("info", "session starts", { resume });
    this.#log("debug", "arguments of the CLI", { args: args.map(this.#mask) });
  }

  /** Logs a line of the wire. */
  wire(direction: "in" | "out", line: string): void {
    const words = direction === "in" ? "line from the CLI" : "line to the CLI";
    this.#lines.push([words, line], direction === "in" ? line : undefined);
  }

  /** Logs a line that the CLI wrote to stderr. */
  stderr(line: string): void {
    this.#lines.push(["line of the CLI's stderr", line], undefined);
  }

  /** Logs an event. */
  event(event: ClaudeEvent): void {
    if (event.type === "system_init") this.#version(event.claudeCodeVersion);
    const entry = entryOf(event);
    if (entry !== undefined) this.#log(...entry);
  }

  /** Reports once if this library was not tested with the CLI's version. */
  #version(claudeCodeVersion: string | undefined): void {
    if (this.#knowsVersion || claudeCodeVersion === undefined) return;
    this.#knowsVersion = true;
    const facts = { claudeCodeVersion, tested: TESTED_RANGE };
    const how = testedness(claudeCodeVersion);
    if (how === "older") {
      this.#log("warn", "version of the CLI that is too old", facts);
    } else if (how === "newer") {
      // The CLI updates itself, so this is common and mostly harmless.
      this.#log("info", "version of the CLI newer than those tested", facts);
    }
  }

  /** Logs the failure of a caller's function. */
  failed({ handler, error, consequence }: HandlerFailure): void {
    this.#log("error", "function of the session's options failed", {
      handler,
      consequence,
      error: this.#mask(thrownText(error)),
    });
  }

  /** Logs the end of the process. */
  exit(code: number, signal: string | null, wasClosed: boolean): void {
    this.#lines.end();
    this.#log(
      wasClosed ? "info" : "error",
      wasClosed ? "session closed" : "process of the session ended by itself",
      { code, signal },
    );
  }

  /** Logs the end of the session for another reason. */
  error(error: Error, wasClosed: boolean): void {
    this.#lines.end();
    if (wasClosed) this.#log("info", "session closed", {});
    else {
      const { name } = error;
      const message = this.#mask(thrownText(error));
      this.#log("error", "session failed", { name, message });
    }
  }

  readonly #mask = (text: string): string => maskSecrets(text, this.#secrets());

  #log(
    level: Level,
    words: string,
    facts: Readonly<Record<string, unknown>>,
  ): void {
    const known = Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === "string" ? this.#mask(value) : value,
      ]);
    callAside(() =>
      this.#logger[level](`claudestream: ${words}`, Object.fromEntries(known))
    );
  }
}

/** The cost of one turn. */
export interface CostEntry {
  /** When the turn ended, as ISO 8601 in UTC. */
  readonly time: string;
  /** Id of the session. */
  readonly sessionId: string | null;
  /** The model of the session at that time. */
  readonly model: string | null;
  /** Cost of this turn, in US dollars. */
  readonly costUsd: number;
  /** Cost of the process so far, in US dollars. */
  readonly totalCostUsd: number;
  /** Tokens of this turn. */
  readonly usage: Usage;
  /** Whether the turn failed. */
  readonly isError: boolean;
}

/** Returns the entry for a turn. */
export function costEntry(
  result: Result,
  model: string | undefined,
  time: Date,
): CostEntry {
  return {
    time: time.toISOString(),
    sessionId: result.sessionId ?? null,
    model: model ?? null,
    costUsd: result.costUsd,
    totalCostUsd: result.totalCostUsd,
    usage: result.usage,
    isError: result.isError,
  };
}
