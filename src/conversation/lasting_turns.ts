/**
 * Turns that last until their background tasks have ended.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { Prompt, Protocol, TurnEnd } from "../protocol/mod.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { isEndless } from "../util/limits.ts";
import { afterInTime } from "./limits.ts";
import type { Clock } from "../conversation/link.ts";
import type { TurnSink } from "./sinks.ts";

/**
 * Maximum time between the end of a background task and the start of the turn about it, in
 * milliseconds.
 */
export const FOLLOW_UP_MS = 500;

/** A turn that already has its own result and waits for its tasks. */
interface Lasting {
  readonly sink: TurnSink;
  /** How the turn ends if no further result arrives. */
  end: TurnEnd;
  /** Whether a running turn about a task was interrupted: its result then ends this turn. */
  isInterrupted: boolean;
  /** Cancels the timer that ends the turn when no work is running. */
  stopQuiet: (() => void) | undefined;
  /** Cancels the time limit of the turn. */
  readonly stopLimit: () => void;
}

/** The turns of one conversation that were sent with `until: "tasks"`. */
export class LastingTurns {
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  /** Turns that wait for their own result, each with the time it was sent and its limit. */
  readonly #sent = new Map<
    string,
    { readonly at: number; readonly timeoutMs: number | undefined }
  >();
  readonly #lasting = new Map<string, Lasting>();

  constructor(protocol: Protocol, clock: Clock) {
    this.#protocol = protocol;
    this.#clock = clock;
  }

  /** Takes a prompt that was sent. */
  send({ id, until, timeoutMs }: Prompt): void {
    if (until !== "tasks") return;
    this.#sent.set(id, { at: this.#clock.now(), timeoutMs });
  }

  /** Takes a turn's own result. Returns whether the turn continues to wait for tasks. */
  hold(id: string, end: TurnEnd, sink: TurnSink | undefined): boolean {
    const sent = this.#sent.get(id);
    this.#sent.delete(id);
    const { result } = end;
    if (sent === undefined || result === undefined || sink === undefined) {
      return false;
    }
    if (turnFailure(result, end.context) !== undefined) return false;
    // A task ended before this turn did, so the turn about it is queued.
    const isNext = (result.queuedTurnCount ?? 0) > 0 ||
      this.#protocol.mayFollowUp;
    if (!this.#protocol.isBusy && !isNext) return false;
    this.#lasting.set(id, {
      sink,
      end,
      isInterrupted: false,
      stopQuiet: undefined,
      stopLimit: this.#limit(id, sent),
    });
    return true;
  }

  #limit(
    id: string,
    { at, timeoutMs }: {
      readonly at: number;
      readonly timeoutMs: number | undefined;
    },
  ): () => void {
    if (timeoutMs === undefined || isEndless(timeoutMs)) return () => {};
    const leftMs = Math.max(0, at + timeoutMs - this.#clock.now());
    return afterInTime(this.#clock, leftMs, () => {
      const { errorDetails } = this.#protocol;
      this.#finish(id, {
        error: new DeadlineError("turn", timeoutMs, errorDetails),
      });
    });
  }

  /** Whether a reader of these turns can answer questions. */
  get areAttended(): boolean {
    return [...this.#lasting.values()].some(({ sink }) => sink.attended());
  }

  /**
   * Takes a line that does not belong to a turn of the caller.
   *
   * @param endsPushed The line is the result of a pushed message. That has its own reader, so it
   *   does not replace the answer or fail the turn.
   */
  frame(frame: Frame, endsPushed: boolean): void {
    if (this.#lasting.size === 0) return;
    const [event] = frame.events;
    for (const [id, lasting] of this.#lasting) {
      lasting.sink.feed.push(frame);
      if (event?.type !== "result") continue;
      const isFailed = !endsPushed && turnFailure(event) !== undefined;
      // A turn about a task may have no text; then the earlier answer remains.
      const hasAnswer = event.text !== "" ||
        event.structuredOutput !== undefined;
      if (isFailed || hasAnswer && !endsPushed) {
        lasting.end = { result: event, context: {} };
      }
      if (isFailed || lasting.isInterrupted) this.#finish(id);
    }
  }

  /** Starts or cancels the timer that ends each turn, after any change of the conversation. */
  update(): void {
    for (const [id, lasting] of this.#lasting) {
      if (this.#protocol.isBusy) {
        lasting.stopQuiet?.();
        lasting.stopQuiet = undefined;
      } else {
        lasting.stopQuiet ??= afterInTime(
          this.#clock,
          FOLLOW_UP_MS,
          () => this.#finish(id),
        );
      }
    }
  }

  /**
   * Ends the wait after an interruption by the caller. The tasks continue. If a turn about one of
   * them is running, it is interrupted, and its result ends the wait.
   */
  interrupt(): void {
    // A turn that succeeds despite the interruption does not wait either.
    for (const id of this.#sent.keys()) {
      if (!this.#protocol.turns.isWaiting(id)) this.#sent.delete(id);
    }
    for (const [id, lasting] of this.#lasting) {
      if (this.#protocol.turns.isWorking) lasting.isInterrupted = true;
      else this.#finish(id);
    }
  }

  /** Ends a turn whose reader left. Returns whether it was waiting for tasks. */
  leave(id: string): boolean {
    this.#sent.delete(id);
    return this.#finish(id);
  }

  /** Ends all turns, as the process is gone. */
  close(error: unknown): void {
    this.#sent.clear();
    for (const id of [...this.#lasting.keys()]) this.#finish(id, { error });
  }

  #finish(id: string, end?: TurnEnd): boolean {
    const lasting = this.#lasting.get(id);
    if (lasting === undefined) return false;
    this.#lasting.delete(id);
    lasting.stopQuiet?.();
    lasting.stopLimit();
    lasting.sink.settle(end ?? lasting.end);
    return true;
  }
}
