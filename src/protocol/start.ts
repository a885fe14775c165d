/**
 * The start of one process: the handshake and, in the same round, what is verified. It is
 * settled once all of that is answered. Pure, as all of the protocol.
 *
 * @module
 */

import { DeadlineError, DOCTOR_HINT, type ErrorDetails } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { SessionFacts } from "./facts.ts";
import type { Output } from "./output.ts";
import type { Outcome } from "./pending.ts";
import type { Verifier } from "./verifier.ts";
import { promptLine, requestLine } from "./outbox.ts";

/** The answer to a control request. */
interface Settled {
  readonly id: string;
  readonly outcome: Outcome;
}

/** What the start needs from the protocol. */
export interface StartPort {
  /** A request is on its way. */
  add(id: string, subtype: string, timeoutMs: number): void;
  /** Returns the details that every error has. */
  details(): ErrorDetails;
}

/** A request to make now. */
export interface StartRequest {
  /** Its id. */
  readonly id: string;
  /** What it asks for. */
  readonly subtype: string;
  /** Its fields. */
  readonly payload: WireObject;
}

/** Sees to something that the answer to the handshake tells, before the first prompt. */
export interface StartCheck {
  /** Whether all that it asked for is answered. */
  readonly isDone: boolean;
  /** Why there is no session, if there is none. */
  readonly error: Error | undefined;
  /** Takes the answer to the handshake. Returns what to ask for, if anything. */
  shakeHands(response: WireObject): StartRequest | undefined;
  /** Whether an answer is to one of its own requests. */
  isOwn(id: string): boolean;
  /** Takes an answer to its own request. Returns what to ask for next, if anything. */
  take(outcome: Outcome): StartRequest | undefined;
}

/** Checks made during the handshake. */
export interface StartChecks {
  /** Verifies what was handed over. */
  readonly verifier?: Verifier | undefined;
  /** All else. The error of the first one that fails is the error of the start. */
  readonly others?: readonly StartCheck[];
}

/** Result of processing a line. */
export interface StartStep {
  /** What to do now. */
  readonly outputs?: readonly Output[];
  /** How the start ended, if it is over now. */
  readonly end?: Settled | undefined;
}

/** Follows one start. */
export class Start {
  readonly #port: StartPort;
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #verifier: Verifier | undefined;
  readonly #others: readonly StartCheck[];
  /** Whether a probe is sent, which few starts need. */
  readonly hasProbe: boolean;
  /** The answer to the handshake, as long as something else is waited for. */
  #handshake: Settled | undefined;

  /** @param id Of the handshake. */
  constructor(
    id: string,
    timeoutMs: number,
    checks: StartChecks,
    port: StartPort,
  ) {
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#verifier = checks.verifier;
    this.hasProbe = checks.verifier?.probeId !== undefined;
    this.#others = checks.others ?? [];
    this.#port = port;
  }

  /** Writes all that is asked. Throws what JSON cannot hold, before anything changes. */
  begin(fields: WireObject): Output[] {
    const { settingsId, probeId } = this.#verifier ?? {};
    const lines = [requestLine(this.#id, "initialize", fields)];
    this.#port.add(this.#id, "initialize", this.#timeoutMs);
    if (settingsId !== undefined) {
      lines.push(requestLine(settingsId, "get_settings", {}));
      this.#port.add(settingsId, "get_settings", this.#timeoutMs);
    }
    if (probeId !== undefined) {
      lines.push(promptLine({ id: probeId, content: [] }, { query: false }));
    }
    return lines.map((line) => ({ do: "write", line }));
  }

  /** Takes an answer. Returns `undefined` if it is to something else. */
  take(reply: Settled): StartStep | undefined {
    const { id, outcome } = reply;
    if (id === this.#id) {
      if (!outcome.ok) return { end: reply };
      this.#handshake = reply;
      this.#verifier?.shakeHands(outcome.response);
      return this.#step(
        this.#others.map((check) => check.shakeHands(outcome.response)),
      );
    }
    const other = this.#others.find((check) => check.isOwn(id));
    if (other !== undefined) return this.#step([other.take(outcome)]);
    return this.#verifier?.takeReply(id, outcome) === true
      ? this.#step()
      : undefined;
  }

  #step(asked: readonly (StartRequest | undefined)[] = []): StartStep {
    const outputs = asked.flatMap<Output>((request) => {
      if (request === undefined) return [];
      const { id, subtype, payload } = request;
      this.#port.add(id, subtype, this.#timeoutMs);
      return [{ do: "write", line: requestLine(id, subtype, payload) }];
    });
    return outputs.length === 0 ? { end: this.#end() } : { outputs };
  }

  #end(): Settled | undefined {
    const handshake = this.#handshake;
    const checks = [...this.#others, this.#verifier];
    if (
      handshake === undefined || checks.some((check) => check?.isDone === false)
    ) return undefined;
    this.#handshake = undefined;
    const error = checks.find((check) => check?.error !== undefined)?.error;
    return error === undefined
      ? handshake
      : { id: handshake.id, outcome: { ok: false, error } };
  }

  /** Whether a message is one of the probe, which belongs to no turn. */
  takes(raw: WireObject): boolean {
    return this.#verifier?.takesMessage(raw) === true;
  }

  /** Returns the step after the result of the probe. */
  step(): StartStep {
    return { end: this.#end() };
  }

  /** Compares an `init` with what was asked for. */
  compare(init: SystemInit, facts: SessionFacts): void {
    this.#verifier?.compareInit(init, facts);
  }

  /** Returns events for the differences that the first `init` of a turn shows. */
  differences(init: SystemInit, facts: SessionFacts): readonly ClaudeEvent[] {
    this.compare(init, facts);
    return this.#verifier?.takeFound(init.sessionId) ?? [];
  }

  /** Its time is up, and what is verified is not answered. */
  expire(id: string): Outcome | undefined {
    if (this.#handshake?.id !== id) return undefined;
    this.#handshake = undefined;
    const error = new DeadlineError("initialize", this.#timeoutMs, {
      ...this.#port.details(),
      hint: DOCTOR_HINT,
    });
    return { ok: false, error };
  }

  /** The process is gone: returns the id of the handshake, if it still waits. */
  takeAll(): readonly string[] {
    const waiting = this.#handshake;
    this.#handshake = undefined;
    return waiting === undefined ? [] : [waiting.id];
  }
}
