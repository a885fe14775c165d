/**
 * Time limits of turns, for every link: how long a turn may take, and how long it may be silent.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { stalled } from "../events/session.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS, isEndless, MAX_TIMER_MS } from "../util/limits.ts";
import { closeStepsOf } from "../process/shutdown.ts";
import { idleSteps, IdleWatch } from "../protocol/idle.ts";
import type { Protocol } from "../protocol/mod.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";

/** A timer that fires this late, in milliseconds, was delayed by a busy thread. */
const LATE_MS = 50;

/** Maximum extra time to read what the CLI wrote in the meantime, in milliseconds. */
const MOST_LATE_MS = 500;

/**
 * Calls a function after a time. If the thread was too busy to call it in time, output that the CLI
 * wrote in the meantime is still unread and must count: the call is then delayed once more by as
 * much as it is late, at most half a second. Returns a function that cancels it.
 */
export function afterInTime(
  clock: Pick<Clock, "now" | "after">,
  timeoutMs: number,
  call: () => void,
): () => void {
  const dueAt = clock.now() + timeoutMs;
  let stop = clock.after(timeoutMs, () => {
    const lateMs = clock.now() - dueAt;
    if (lateMs <= LATE_MS) call();
    else stop = clock.after(Math.min(lateMs, MOST_LATE_MS), call);
  });
  return () => stop();
}

/** The time limits of one conversation. */
export class TurnLimits {
  readonly #options: SessionOptions;
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  readonly #whole: Whole;
  readonly #failTurn: (turnId: string, error: Error) => void;
  /** Functions that cancel the limits of turns, by turn. */
  readonly #turns = new Map<string, () => void>();
  /** Limit of the turn of a pushed message. */
  #pushed: { readonly id: string; readonly stop: () => void } | undefined;
  readonly #idle: IdleWatch;
  /** Whether silence is currently expected. */
  isPaused = true;
  /** Whether the first turn has started, at which the limits of `#idle` change. */
  #sawInit = false;
  /** Cancels the timer of `#idle`. */
  #stopIdle: (() => void) | undefined;
  /** An interruption that must take effect in time. */
  #grace:
    | { readonly turnId: string | undefined; readonly stop: () => void }
    | undefined;
  #lastEventType: string | undefined;
  /** When the last line arrived that `#idle` has not been told about. */
  #heardAt: number | undefined;
  /** Length of the silence that this line announced, in milliseconds. */
  #quietMs = 0;

  constructor(
    options: SessionOptions,
    protocol: Protocol,
    clock: Clock,
    whole: Whole,
    failTurn: (turnId: string, error: Error) => void,
  ) {
    this.#options = options;
    this.#protocol = protocol;
    this.#clock = clock;
    this.#whole = whole;
    this.#failTurn = failTurn;
    // Until the first turn starts, the longer limit of the start applies.
    const { endMs } = idleSteps(options.idleTimeoutMs);
    this.#idle = new IdleWatch({
      warnMs: undefined,
      endMs: endMs === undefined ? undefined : this.#startMs,
    });
  }

  get #startMs(): number {
    return this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
  }

  /** Starts the limit of a turn whose prompt was sent. */
  begin(turnId: string, timeoutMs = this.#options.turnTimeoutMs): void {
    if (timeoutMs === undefined || isEndless(timeoutMs)) return;
    const stop = afterInTime(this.#clock, timeoutMs, () => {
      this.#turns.delete(turnId);
      const error = new DeadlineError(
        "turn",
        timeoutMs,
        this.#protocol.errorDetails,
      );
      this.#failTurn(turnId, error);
      if (this.#protocol.turns.id === turnId) this.insist(error);
    });
    this.#turns.set(turnId, stop);
  }

  /** Cancels the limit of a finished turn. */
  over(turnId: string): void {
    this.#turns.get(turnId)?.();
    this.#turns.delete(turnId);
  }

  /**
   * Applies the session's limit to the turn of a pushed message, from the moment that turn starts.
   */
  #limitPushed(): void {
    const timeoutMs = this.#options.turnTimeoutMs;
    const [id] = this.#protocol.turns.pushedTurn;
    if (id === this.#pushed?.id) return;
    this.#pushed?.stop();
    this.#pushed = undefined;
    if (id === undefined || timeoutMs === undefined || isEndless(timeoutMs)) {
      return;
    }
    const stop = afterInTime(this.#clock, timeoutMs, () => {
      const details = this.#protocol.errorDetails;
      const error = new DeadlineError("turn", timeoutMs, details);
      this.#whole.perform(this.#protocol.failPushed(error));
      this.#whole.interrupt();
      this.insist(error);
    });
    this.#pushed = { id, stop };
  }

  /**
   * Called after an interruption of the current turn: if the turn does not end soon, the session is
   * ended.
   */
  insist(given?: Error): void {
    if (this.#grace !== undefined) return;
    const { id: turnId } = this.#protocol.turns;
    const { eofMs: timeoutMs } = closeStepsOf(this.#options);
    const error = given ??
      new DeadlineError("interrupt", timeoutMs, this.#sessionId);
    const stop = afterInTime(
      this.#clock,
      timeoutMs,
      () => this.#whole.fail(error),
    );
    this.#grace = { turnId, stop };
  }

  /**
   * Notes that a line arrived. For speed, nothing else is done per line; the timer checks the
   * silence later.
   *
   * @param event The last event of the line; `undefined` if it has none.
   * @param isLast No other line is waiting. The clock is read only then, because that takes as long
   *   as everything else here.
   */
  heard(event: ClaudeEvent | undefined, isLast: boolean): void {
    this.#lastEventType = event?.type ?? this.#lastEventType;
    if (!isLast) return;
    this.#heardAt = this.#clock.now();
    // The CLI announces how long it will wait before the next line.
    this.#quietMs = event?.type === "api_retry" ? event.retryDelayMs : 0;
    // If there is no timer, the last silence had no step left, so a new silence starts.
    if (this.#stopIdle === undefined && !this.isPaused) {
      this.#enterHeard();
      this.#watch();
    }
  }

  /** Tells `#idle` when the last line arrived. */
  #enterHeard(): void {
    if (this.#heardAt === undefined || this.isPaused) return;
    this.#idle.heard(this.#heardAt, this.#quietMs);
    this.#heardAt = undefined;
  }

  /** Updates the limits after a change of the conversation. */
  update(): void {
    const { isWorking, sawInit, id: turnId } = this.#protocol.turns;
    this.#limitPushed();
    if (this.#grace !== undefined) {
      if (!isWorking || turnId !== this.#grace.turnId) this.#endGrace();
    }
    if (sawInit && !this.#sawInit) {
      this.#sawInit = true;
      this.#idle.replace(idleSteps(this.#options.idleTimeoutMs));
      // The duration of the start must not count as silence of the turn, even if more lines follow
      // at once and the clock was not read.
      if (!this.isPaused) this.#beginSilence();
      this.#stopTimer();
    }
    if (!isWorking || this.#protocol.isSilenceNormal) {
      this.isPaused = true;
      this.#idle.pause();
      // Keep the timer, because a question is often answered immediately; when it fires, it checks
      // again.
      if (!isWorking) this.#stopTimer();
      return;
    }
    if (this.isPaused) this.#beginSilence();
    if (this.#stopIdle === undefined) this.#watch();
  }

  /** Starts a new silence now, whenever the last line arrived. */
  #beginSilence(): void {
    this.#heardAt = undefined;
    this.isPaused = false;
    this.#idle.heard(this.#clock.now());
  }

  /** Sets the timer if none is set and there is a step to wait for. */
  #watch(): void {
    if (this.#idle.isPending) this.#look();
  }

  #look(): void {
    this.#enterHeard();
    const news = this.#idle.look(this.#clock.now());
    switch (news.do) {
      case "wait":
        this.#arm(news.waitMs);
        break;
      case "warn": {
        const { endMs } = idleSteps(this.#options.idleTimeoutMs);
        this.#look();
        const event = stalled({
          ...this.#sessionId,
          idleMs: Math.round(news.idleMs),
          ...this.#lastEventType === undefined
            ? {}
            : { lastEventType: this.#lastEventType },
          ...endMs === undefined ? {} : { endMs },
        });
        this.#whole.emit({ events: [event] }, this.#protocol.turns.id);
        break;
      }
      case "end":
        this.#end();
        break;
      case "nothing":
        break;
      default:
        news satisfies never;
    }
  }

  #arm(waitMs: number): void {
    // Longer times exceed what a timer supports; the remaining time is checked when it fires.
    const timeoutMs = Math.min(waitMs, MAX_TIMER_MS);
    this.#stopIdle = afterInTime(this.#clock, timeoutMs, () => {
      this.#stopIdle = undefined;
      this.#look();
    });
  }

  /** Ends a turn that was silent for too long. */
  #end(): void {
    const { id: turnId, sawInit } = this.#protocol.turns;
    if (!sawInit) {
      const error = new DeadlineError(
        "init",
        this.#startMs,
        this.#protocol.errorDetails,
      );
      this.#whole.fail(error);
      return;
    }
    const { endMs = 0 } = idleSteps(this.#options.idleTimeoutMs);
    const error = new DeadlineError("turn", endMs, {
      ...this.#protocol.errorDetails,
      code: "stalled",
      hint: "Resume the session with its sessionId",
    });
    if (turnId === undefined) this.#whole.interrupt();
    else this.#failTurn(turnId, error);
    this.insist(error);
  }

  get #sessionId(): { readonly sessionId?: string } {
    const { id } = this.#protocol.facts;
    return id === undefined ? {} : { sessionId: id };
  }

  #stopTimer(): void {
    this.#stopIdle?.();
    this.#stopIdle = undefined;
  }

  #endGrace(): void {
    this.#grace?.stop();
    this.#grace = undefined;
  }

  /** Cancels all limits. */
  close(): void {
    for (const stop of this.#turns.values()) stop();
    this.#turns.clear();
    this.#pushed?.stop();
    this.#pushed = undefined;
    this.#stopTimer();
    this.#endGrace();
  }
}
