/**
 * What a session tells a logger. Pure.
 *
 * @module
 */

import { callAside } from "../util/call_aside.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import type { HandlerFailure } from "../util/handler_failure.ts";
import { TESTED_RANGE, testedness } from "../capabilities/tested.ts";
import { DeltaMask } from "./delta_mask.ts";
import { maskSecrets } from "../util/secrets.ts";
import { thrownText } from "../util/error_text.ts";

/** Takes what a session has to say: `console` is one. */
export type Logger = Pick<Console, "debug" | "info" | "warn" | "error">;

type Level = keyof Logger;

/** What is logged of an event: how grave it is, in words of ours, and the facts. */
type Entry = readonly [Level, string, Readonly<Record<string, unknown>>];

/** Nothing that a model or a tool wrote but names of tools; that is for `debug` alone. */
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
 * Logs one process. Each call is a text of ours and an object of facts. Secrets are
 * masked everywhere; prompts, answers and what tools saw are in `debug` alone.
 */
export class SessionLog {
  readonly #logger: Logger;
  readonly #secrets: () => readonly string[];
  readonly #lines: DeltaMask<readonly [words: string, line: string]>;
  #knowsVersion = false;

  /** @param secrets Gives the values to mask, besides what looks like a key. */
  constructor(logger: Logger, secrets: () => readonly string[]) {
    this.#logger = logger;
    this.#secrets = secrets;
    this.#lines = new DeltaMask(secrets, ([words, line], masked = line) => {
      this.#log("debug", words, { line: this.#mask(masked) });
    });
  }

  /** The process is started. */
  start(args: readonly string[], resume: string | undefined): void {
    this.#log("info", "session starts", { resume });
    this.#log("debug", "arguments of the CLI", { args: args.map(this.#mask) });
  }

  /** A line passed. */
  wire(direction: "in" | "out", line: string): void {
    const words = direction === "in" ? "line from the CLI" : "line to the CLI";
    this.#lines.push([words, line], direction === "in" ? line : undefined);
  }

  /** The CLI wrote a line to stderr. */
  stderr(line: string): void {
    this.#lines.push(["line of the CLI's stderr", line], undefined);
  }

  /** An event came. */
  event(event: ClaudeEvent): void {
    if (event.type === "system_init") this.#version(event.claudeCodeVersion);
    const entry = entryOf(event);
    if (entry !== undefined) this.#log(...entry);
  }

  /** Says once where this library was not tested with the CLI. */
  #version(claudeCodeVersion: string | undefined): void {
    if (this.#knowsVersion || claudeCodeVersion === undefined) return;
    this.#knowsVersion = true;
    const facts = { claudeCodeVersion, tested: TESTED_RANGE };
    const how = testedness(claudeCodeVersion);
    if (how === "older") {
      this.#log("warn", "version of the CLI that is too old", facts);
    } else if (how === "newer") {
      // The CLI updates itself: this is what mostly happens, and mostly harmless.
      this.#log("info", "version of the CLI newer than those tested", facts);
    }
  }

  /** A function of the caller's failed. */
  failed({ handler, error, consequence }: HandlerFailure): void {
    this.#log("error", "function of the session's options failed", {
      handler,
      consequence,
      error: this.#mask(thrownText(error)),
    });
  }

  /** The process is gone. */
  exit(code: number, signal: string | null, wasClosed: boolean): void {
    this.#lines.end();
    this.#log(
      wasClosed ? "info" : "error",
      wasClosed ? "session closed" : "process of the session ended by itself",
      { code, signal },
    );
  }

  /** The session is over for another reason. */
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
