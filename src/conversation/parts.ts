/**
 * The interface of the exchange for its parts: turns and their limits, open questions, the meter.
 *
 * @module
 */

import type { Question } from "../decode/line.ts";
import type { Frame } from "../events/mod.ts";
import type { AnsweringEvent } from "../host/left_to_caller.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Output } from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";

/** The exchange, as its parts see it. */
export interface Whole {
  /** Carries out the outputs of the protocol. */
  perform(outputs: readonly Output[]): void;
  /** Passes events created by this library to the readers of a turn and of the session. */
  emit(frame: Frame, turnId: string | undefined): void;
  /** Asks the CLI to stop its current work; the outcome is the end of the turn. */
  interrupt(): void;
  /** Makes a control request. Returns a function that stops waiting for its answer. */
  request(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void;
  /** Whether a reader can answer such an event. */
  isAttended(type: AnsweringEvent["type"]): boolean;
  /** Called when a question is answered or withdrawn; `askedMs` is when it was asked. */
  answered(question: Question, askedMs: number): void;
  /** Called when a reader leaves: denies the questions that no remaining reader can answer. */
  unattend(): void;
  /** Fails the session, which cannot continue. */
  fail(error: Error): void;
  /** Closes the session on behalf of the caller. */
  close(): void;
}
