/**
 * Turns that last until the work is over that they left in the background, the same for
 * every driver.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { Prompt, Protocol, TurnEnd } from "../protocol/mod.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { isEndless } from "../time_limit.ts";
import { afterInTime, type Clock } from "./limits.ts";
import type { TurnSink } from "./sinks.ts";

/** How long after the end of a background task the turn about it may begin. */
export const FOLLOW_UP_MS = 500;

/** A turn whose own result came, and that waits for the rest. */
interface Lasting {
  readonly sink: TurnSink;
  /** How it ends where nothing more comes. */
  end: TurnEnd;
  /** The turn about a task that runs is interrupted: its result is the end. */
  isInterrupted: boolean;
  /** Takes back the end that is due, as nothing runs any more. */
  stopQuiet: (() => void) | undefined;
  /** Takes back its time limit. */
  readonly stopLimit: () => void;
}

/** The turns of one conversation that were sent with `until: "tasks"`. */
export class LastingTurns {
  readonly #protocol: Protocol;
  readonly #clock: Pick<Clock, "now" | "after">;
  /** Turns whose own result has yet to come: when they were sent, and their limit. */
  readonly #sent = new Map<
    string,
    { readonly at: number; readonly timeoutMs: number | undefined }
  >();
  readonly #lasting = new Map<string, Lasting>();

  constructor(protocol: Protocol, clock: Pick<Clock, "now" | "after">) {
    this.#protocol = protocol;
    this.#clock = clock;
  }

  /** A prompt was sent. */
  send({ id, until, timeoutMs }: Prompt): void {
    if (until !== "tasks") return;
    this.#sent.set(id, { at: this.#clock.now(), timeoutMs });
  }

  /** A turn's own result came. Says whether it lasts; else it is over. */
  hold(id: string, end: TurnEnd, sink: TurnSink | undefined): boolean {
    const sent = this.#sent.get(id);
    this.#sent.delete(id);
    const { result } = end;
    if (sent === undefined || result === undefined || sink === undefined) {
      return false;
    }
    if (turnFailure(result, end.context) !== undefined) return false;
    // The turn about a task that ended before this one did is queued.
    const isNext = (result.queuedTurnCount ?? 0) > 0;
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

  /** Whether somebody reads who can answer. */
  get areAttended(): boolean {
    return [...this.#lasting.values()].some(({ sink }) => sink.attended());
  }

  /**
   * Takes a line that belongs to no turn of the caller's.
   *
   * @param endsPushed It is the result of a pushed message, which has its own reader: it
   * takes no answer's place and makes no turn fail.
   */
  frame(frame: Frame, endsPushed: boolean): void {
    if (this.#lasting.size === 0) return;
    const [event] = frame.events;
    for (const [id, lasting] of this.#lasting) {
      lasting.sink.frame(frame);
      if (event?.type !== "result") continue;
      const isFailed = !endsPushed && turnFailure(event) !== undefined;
      // A turn about a task may have nothing to add: that takes no answer away.
      const hasAnswer = event.text !== "" ||
        event.structuredOutput !== undefined;
      if (isFailed || hasAnswer && !endsPushed) {
        lasting.end = { result: event, context: {} };
      }
      if (isFailed || lasting.isInterrupted) this.#finish(id);
    }
  }

  /** Something changed. */
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
   * The caller wants an end. Tasks go on, but nobody waits for them any more; a turn about
   * one of them that runs is interrupted, and ends the wait with its result.
   */
  interrupt(): void {
    // One that ends well all the same waits for nothing either.
    for (const id of this.#sent.keys()) {
      if (!this.#protocol.isWaiting(id)) this.#sent.delete(id);
    }
    for (const [id, lasting] of this.#lasting) {
      if (this.#protocol.isWorking) lasting.isInterrupted = true;
      else this.#finish(id);
    }
  }

  /** Nobody reads a turn any more. Says whether it lasted. */
  leave(id: string): boolean {
    this.#sent.delete(id);
    return this.#finish(id);
  }

  /** The process is gone. */
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
    lasting.sink.end(end ?? lasting.end);
    return true;
  }
}
