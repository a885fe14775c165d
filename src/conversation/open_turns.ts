/**
 * The turns of one conversation that have not ended: who reads each, and what stops it before
 * its result (a reader that leaves, a time limit, a limit of the API that is waited for).
 *
 * @module
 */

import type { Frame } from "../events/mod.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { Output, Prompt, Protocol, TurnEnd } from "../protocol/mod.ts";
import { LastingTurns } from "./lasting_turns.ts";
import { TurnLimits } from "./limits.ts";
import type { Clock } from "./link.ts";
import type { Whole } from "./parts.ts";
import { ResetWaits } from "./reset_waits.ts";
import type { TurnSink } from "./sinks.ts";

/** The turns of one conversation. */
export class OpenTurns {
  /** Their time limits, and the watch over silence. */
  readonly limits: TurnLimits;
  readonly #protocol: Protocol;
  readonly #whole: Whole;
  readonly #onBreak: SessionOptions["onBreak"];
  readonly #sinks = new Map<string, TurnSink>();
  /** Turns whose readers left. */
  readonly #left = new Set<string>();
  readonly #lasting: LastingTurns;
  readonly #waits: ResetWaits;

  constructor(
    options: SessionOptions,
    protocol: Protocol,
    clock: Clock,
    whole: Whole,
  ) {
    this.#protocol = protocol;
    this.#whole = whole;
    this.#onBreak = options.onBreak;
    this.#lasting = new LastingTurns(protocol, clock);
    const maxMs = options.waitForReset?.maxMs ?? 0;
    this.#waits = new ResetWaits(maxMs, protocol, clock, whole);
    this.limits = new TurnLimits(
      options,
      protocol,
      clock,
      whole,
      (id, error) => this.fail(id, error),
    );
  }

  /** A prompt was sent; what becomes of it goes to `sink`. */
  add(prompt: Prompt, sink: TurnSink): void {
    this.#sinks.set(prompt.id, sink);
    this.#lasting.send(prompt);
    this.limits.begin(prompt.id, prompt.timeoutMs);
  }

  /** Whether a reader of a turn can answer questions. */
  get areAttended(): boolean {
    const sink = this.#sinks.values().next().value;
    return sink?.attended() === true || this.#lasting.areAttended;
  }

  /** Hands on a line, to the turn that it is of. */
  frame(
    frame: Frame,
    turnId: string | undefined,
    endsPushed: boolean,
  ): void {
    if (turnId !== undefined) this.#sinks.get(turnId)?.feed.push(frame);
    else this.#lasting.frame(frame, endsPushed);
  }

  /** Something changed. */
  update(): void {
    this.limits.update();
    this.#lasting.update();
  }

  /** The caller interrupts whatever runs. */
  interrupted(): void {
    this.#lasting.interrupt();
  }

  /** The turn waits until the window of a limit is over. */
  awaitReset({ id, reset }: Extract<Output, { do: "await_reset" }>): void {
    this.#waits.wait(id, reset, this.#protocol.facts.id);
  }

  /** The turn is to be interrupted; its result is its end. */
  stop(): void {
    this.#whole.interrupt();
    this.limits.insist();
  }

  /** The turn has its result, or never will have one. It is over, or waits for its tasks. */
  end(id: string, end: TurnEnd): void {
    const sink = this.#sinks.get(id);
    this.#sinks.delete(id);
    this.#left.delete(id);
    this.limits.over(id);
    this.#waits.end(id);
    if (!this.#lasting.hold(id, end, sink)) sink?.settle(end);
  }

  /** A turn fails for its readers while the CLI continues with it: it is interrupted. */
  fail(turnId: string, error: Error): void {
    this.#sinks.get(turnId)?.settle({ error });
    if (!this.#left.has(turnId)) this.leave(turnId, "interrupt");
    else if (this.#protocol.turns.id === turnId) this.#whole.interrupt();
  }

  /** The reader of the turn left: it runs out, interrupted unless `onBreak` says otherwise. */
  leave(
    turnId: string,
    onBreak: SessionOptions["onBreak"] = this.#onBreak,
  ): void {
    if (this.#lasting.leave(turnId)) return;
    const sink = this.#sinks.get(turnId);
    if (sink === undefined || this.#left.has(turnId)) return;
    this.#left.add(turnId);
    // Its events have no reader; its end is still told to a caller that waits for it.
    this.#sinks.set(turnId, {
      attended: () => false,
      feed: { push: () => {} },
      settle: (end) => sink.settle(end),
    });
    this.#whole.perform(this.#protocol.leave(turnId));
    if (this.#protocol.turns.id !== turnId) return;
    this.#whole.unattend();
    if (onBreak === "close") this.#whole.close();
    else if (onBreak !== "drain") this.#whole.interrupt();
  }

  /** Cancels all limits. */
  stopLimits(): void {
    this.limits.close();
  }

  /** The process is gone: turns that wait for their tasks fail. */
  close(error: unknown): void {
    this.#lasting.close(error);
  }
}
