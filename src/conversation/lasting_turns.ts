/**
 * Turns that last until their work in the background is over.
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

/** The turn about a background task begins at most this long after the end of the task. */
export const FOLLOW_UP_MS = 500;

/** A turn that has its own result and waits for its tasks. */
interface Lasting {
  readonly sink: TurnSink;
  /** How the turn ends if no further result comes. */
  end: TurnEnd;
  /** The turn about a task was interrupted while it ran: its result ends this one. */
  isInterrupted: boolean;
  /** Cancels the timer that ends the turn when nothing runs. */
  stopQuiet: (() => void) | undefined;
  /** Cancels its time limit. */
  readonly stopLimit: () => void;
}

/** The turns of one conversation that were sent with `until: "tasks"`. */
export class LastingTurns {
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  /** Turns that wait for their own result: when they were sent, and their limit. */
  readonly #sent = new Map<
    string,
    { readonly at: number; readonly timeoutMs: number | undefined }
  >();
  readonly #lasting = new Map<string, Lasting>();

  constructor(protocol: Protocol, clock: Clock) {
    this.#protocol = protocol;
    this.#clock = clock;
  }

  /** A prompt was sent. */
  send({ id, until, timeoutMs }: Prompt): void {
    if (until !== "tasks") return;
    this.#sent.set(id, { at: this.#clock.now(), timeoutMs });
  }

  /** Takes a turn's own result. Returns whether the turn lasts; otherwise it is over. */
  hold(id: string, end: TurnEnd, sink: TurnSink | undefined): boolean {
    const sent = this.#sent.get(id);
    this.#sent.delete(id);
    const { result } = end;
    if (sent === undefined || result === undefined || sink === undefined) {
      return false;
    }
    if (turnFailure(result, end.context) !== undefined) return false;
    // The task ended before this turn did: the turn about it is queued.
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
   * Takes a line that belongs to no turn which the caller sent.
   *
   * @param endsPushed The line is the result of a pushed message. That has its own reader:
   * it replaces no answer and fails no turn.
   */
  frame(frame: Frame, endsPushed: boolean): void {
    if (this.#lasting.size === 0) return;
    const [event] = frame.events;
    for (const [id, lasting] of this.#lasting) {
      lasting.sink.feed.push(frame);
      if (event?.type !== "result") continue;
      const isFailed = !endsPushed && turnFailure(event) !== undefined;
      // A turn about a task may say nothing: the answer before it stays.
      const hasAnswer = event.text !== "" ||
        event.structuredOutput !== undefined;
      if (isFailed || hasAnswer && !endsPushed) {
        lasting.end = { result: event, context: {} };
      }
      if (isFailed || lasting.isInterrupted) this.#finish(id);
    }
  }

  /** Starts or cancels the end of each turn, after any change of the conversation. */
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
   * Ends the wait, as the caller interrupted. The tasks continue. If a turn about one of them
   * runs, it is interrupted, and its result ends the wait.
   */
  interrupt(): void {
    // A turn that succeeds in spite of the interruption does not wait either.
    for (const id of this.#sent.keys()) {
      if (!this.#protocol.turns.isWaiting(id)) this.#sent.delete(id);
    }
    for (const [id, lasting] of this.#lasting) {
      if (this.#protocol.turns.isWorking) lasting.isInterrupted = true;
      else this.#finish(id);
    }
  }

  /** Ends a turn whose reader left. Returns whether it lasted. */
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
