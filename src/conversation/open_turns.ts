/**
 * The turns of one conversation that have not ended: their readers, and what may stop them before
 * their result (a reader that leaves, a time limit, the wait for an API limit to reset).
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

/** The open turns of one conversation. */

export class OpenTurns {
  /** Time limits of the turns, and the detection of silence. */
  readonly limits: TurnLimits;
  readonly #protocol: Protocol;
  readonly #whole: Whole;
  readonly #onBreak: SessionOptions["onBreak"];
  readonly #sinks = new Map<string, TurnSink>();
  /** Turns whose readers have left. */
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

  /** Takes a prompt that was sent; the events and the end of its turn go to `sink`. */
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

  /** Passes a line to its turn. */
  frame(
    frame: Frame,
    turnId: string | undefined,
    endsPushed: boolean,
  ): void {
    if (turnId !== undefined) this.#sinks.get(turnId)?.feed.push(frame);
    else this.#lasting.frame(frame, endsPushed);
  }

  /** Updates the limits after a change of the conversation. */
  update(): void {
    this.limits.update();
    this.#lasting.update();
  }

  /** Called when the caller interrupts the current work. */
  interrupted(): void {
    this.#lasting.interrupt();
  }

  /** Makes the turn wait until a rate limit resets. */
  awaitReset({ id, reset }: Extract<Output, { do: "await_reset" }>): void {
    this.#waits.wait(id, reset, this.#protocol.facts.id);
  }

  /** Interrupts the turn; its result ends it. */
  stop(): void {
    this.#whole.interrupt();
    this.limits.insist();
  }

  /**
   * Called when the turn has its result or will never have one. The turn ends, or waits for its
   * tasks.
   */
  end(id: string, end: TurnEnd): void {
    const sink = this.#sinks.get(id);
    this.#sinks.delete(id);
    this.#left.delete(id);
    this.limits.over(id);
    this.#waits.end(id);
    if (!this.#lasting.hold(id, end, sink)) sink?.settle(end);
  }

  /** Fails a turn for its readers while the CLI is still working on it, and interrupts it. */
  fail(turnId: string, error: Error): void {
    this.#sinks.get(turnId)?.settle({ error });
    if (!this.#left.has(turnId)) this.leave(turnId, "interrupt");
    else if (this.#protocol.turns.id === turnId) this.#whole.interrupt();
  }

  /**
   * Called when the reader of the turn leaves: interrupts the turn, or lets it finish if `onBreak`
   * says so.
   */
  leave(
    turnId: string,
    onBreak: SessionOptions["onBreak"] = this.#onBreak,
  ): void {
    if (this.#lasting.leave(turnId)) return;
    const sink = this.#sinks.get(turnId);
    if (sink === undefined || this.#left.has(turnId)) return;
    this.#left.add(turnId);
    // Its events have no reader, but a caller that waits for its end must still learn of it.
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

  /** Called when the process is gone: turns that wait for their tasks fail. */
  close(error: unknown): void {
    this.#lasting.close(error);
  }
}
