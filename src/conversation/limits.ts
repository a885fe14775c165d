/**
 * Time limits of turns, the same for every link: how long one may take, and how long
 * it may be silent.
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

/** A timer that comes so late found this thread busy. */
const LATE_MS = 50;

/** So long, at most, is read what the CLI wrote meanwhile. */
const MOST_LATE_MS = 500;

/**
 * Calls a function after a time. Where the thread was too busy to do so in time, what the
 * CLI wrote meanwhile is still to be read, and counts: the function is called after as
 * long again as it is late by, at most half a second. Returns a function that cancels it.
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
  /** Takes back the limit of a turn, by the turn. */
  readonly #turns = new Map<string, () => void>();
  /** The limit of the turn of a message that was pushed. */
  #pushed: { readonly id: string; readonly stop: () => void } | undefined;
  readonly #idle: IdleWatch;
  /** Whether silence means nothing now. */
  isPaused = true;
  /** What `#idle` measures by was changed when the first turn began. */
  #sawInit = false;
  /** Takes back the timer of `#idle`. */
  #stopIdle: (() => void) | undefined;
  /** An interruption that has to be heeded in time. */
  #grace:
    | { readonly turnId: string | undefined; readonly stop: () => void }
    | undefined;
  #lastEventType: string | undefined;
  /** When a line came of which the watch does not know. */
  #heardAt: number | undefined;
  /** How long a silence it announced. */
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
    // What comes before the first turn is a part of the start, and may take as long.
    const { endMs } = idleSteps(options.idleTimeoutMs);
    this.#idle = new IdleWatch({
      warnMs: undefined,
      endMs: endMs === undefined ? undefined : this.#startMs,
    });
  }

  get #startMs(): number {
    return this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
  }

  /** A prompt was sent. */
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

  /** A turn is over. */
  over(turnId: string): void {
    this.#turns.get(turnId)?.();
    this.#turns.delete(turnId);
  }

  /** The turn of a message that was pushed has the limit of the session, from when it is its turn on. */
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

  /** The current turn was interrupted: if it does not end soon, the session does. */
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
   * A line came. When its silence is over is looked at only then: nothing is done for each
   * line but to note that it came.
   *
   * @param event The last event of it; `undefined` if it has none.
   * @param isLast No other one follows at once: only then is the clock looked at, which
   * takes as long as all the rest.
   */
  heard(event: ClaudeEvent | undefined, isLast: boolean): void {
    this.#lastEventType = event?.type ?? this.#lastEventType;
    if (!isLast) return;
    this.#heardAt = this.#clock.now();
    // The CLI says how long it will wait before the next line.
    this.#quietMs = event?.type === "api_retry" ? event.retryDelayMs : 0;
    // Without a timer the last silence had no step left: a new one begins.
    if (this.#stopIdle === undefined && !this.isPaused) {
      this.#enterHeard();
      this.#watch();
    }
  }

  /** Tells the watch when a line came last. */
  #enterHeard(): void {
    if (this.#heardAt === undefined || this.isPaused) return;
    this.#idle.heard(this.#heardAt, this.#quietMs);
    this.#heardAt = undefined;
  }

  /** Something changed. */
  update(): void {
    const { isWorking, sawInit, id: turnId } = this.#protocol.turns;
    this.#limitPushed();
    if (this.#grace !== undefined) {
      if (!isWorking || turnId !== this.#grace.turnId) this.#endGrace();
    }
    if (sawInit && !this.#sawInit) {
      this.#sawInit = true;
      this.#idle.replace(idleSteps(this.#options.idleTimeoutMs));
      // How long the start took is no silence of the turn, also where more lines follow
      // at once and the clock has not been looked at.
      if (!this.isPaused) this.#beginSilence();
      this.#stopTimer();
    }
    if (!isWorking || this.#protocol.isSilenceNormal) {
      this.isPaused = true;
      this.#idle.pause();
      // A question is often answered at once: the timer then finds nothing to do, or waits on.
      if (!isWorking) this.#stopTimer();
      return;
    }
    if (this.isPaused) this.#beginSilence();
    if (this.#stopIdle === undefined) this.#watch();
  }

  /** The silence counts from now on, whenever a line came before. */
  #beginSilence(): void {
    this.#heardAt = undefined;
    this.isPaused = false;
    this.#idle.heard(this.#clock.now());
  }

  /** Sets a timer, of which none is set, if there is something to wait for. */
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
    // A timer takes no more; it is then looked again how long there is to wait.
    const timeoutMs = Math.min(waitMs, MAX_TIMER_MS);
    this.#stopIdle = afterInTime(this.#clock, timeoutMs, () => {
      this.#stopIdle = undefined;
      this.#look();
    });
  }

  /** The silence was too long. */
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
