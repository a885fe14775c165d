/**
 * What the parts of an exchange may do: turns and their limits, open questions, the meter.
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
  /** Does what the protocol says. */
  perform(outputs: readonly Output[]): void;
  /** Hands events of our own to the readers: of a turn, and of the session. */
  emit(frame: Frame, turnId: string | undefined): void;
  /** Asks the CLI to stop whatever runs; the end of the turn is its outcome. */
  interrupt(): void;
  /** Makes a control request. Returns a function that no longer waits for its answer. */
  request(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void;
  /** Whether a reader can answer such an event. */
  isAttended(type: AnsweringEvent["type"]): boolean;
  /** A question that was asked at this time is answered, or is asked no more. */
  answered(question: Question, askedMs: number): void;
  /** A reader left: questions that no reader is left to answer are answered no. */
  unattend(): void;
  /** The session cannot continue. */
  fail(error: Error): void;
  /** The caller wants the session closed. */
  close(): void;
}
