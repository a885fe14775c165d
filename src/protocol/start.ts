/**
 * The start of one process: the handshake and, in the same round, what is verified. It is
 * settled once all of that is answered. Pure, as all of the protocol.
 *
 * @module
 */

import { DeadlineError, DOCTOR_HINT, type ErrorDetails } from "../errors.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionFacts } from "./facts.ts";
import type { Output } from "./output.ts";
import type { Outcome } from "./pending.ts";
import type { Verifier } from "./verifier.ts";
import { promptLine, requestLine } from "./written.ts";

/** An answer to a request of ours. */
interface Settled {
  readonly id: string;
  readonly outcome: Outcome;
}

/** What the start uses of the protocol. */
export interface StartPort {
  /** A request is on its way. */
  add(id: string, subtype: string, timeoutMs: number): void;
  /** What every error says besides. */
  details(): ErrorDetails;
}

/** Follows one start. */
export class Start {
  readonly #port: StartPort;
  readonly #id: string;
  readonly #timeoutMs: number;
  readonly #verifier: Verifier | undefined;
  /** The answer to the handshake, as long as something else is waited for. */
  #handshake: Settled | undefined;

  /** @param id Of the handshake. */
  constructor(
    id: string,
    timeoutMs: number,
    verifier: Verifier | undefined,
    port: StartPort,
  ) {
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#verifier = verifier;
    this.#port = port;
  }

  /** Whether the first prompt waits until the start is over. */
  get holdsPrompts(): boolean {
    return this.#verifier?.settingsId !== undefined ||
      this.#verifier?.probeId !== undefined;
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

  /**
   * Takes an answer, if it is to something of the start.
   *
   * @returns The end of the handshake, if it is over now; `[]` if it is not; `undefined` if
   * the answer is to something else.
   */
  take(reply: Settled): Settled | [] | undefined {
    const { id, outcome } = reply;
    if (id === this.#id) {
      if (!outcome.ok) return reply;
      this.#handshake = reply;
      this.#verifier?.shakeHands(outcome.response);
      return this.#end();
    }
    return this.#verifier?.takeReply(id, outcome) === true
      ? this.#end()
      : undefined;
  }

  #end(): Settled | [] {
    const handshake = this.#handshake;
    if (handshake === undefined || this.#verifier?.isDone === false) return [];
    this.#handshake = undefined;
    const error = this.#verifier?.error;
    return error === undefined
      ? handshake
      : { id: handshake.id, outcome: { ok: false, error } };
  }

  /**
   * Takes a message of the probe. Its `init` is told to whoever reads the session, the rest is
   * no news to anybody.
   */
  takeMessage(
    raw: WireObject,
    decode: () => Frame,
    facts: SessionFacts,
  ):
    | { readonly told?: Frame; readonly end?: Settled | [] }
    | undefined {
    if (this.#verifier?.takesMessage(raw) !== true) return undefined;
    if (raw.type === "result") return { end: this.#end() };
    if (raw.type !== "system") return {};
    const told = decode();
    for (const event of told.events) {
      facts.observe(event);
      if (event.type === "system_init") {
        this.#verifier.compareInit(event, facts);
      }
    }
    return { told };
  }

  /** What the first `init` of a turn shows. */
  differences(
    init: ClaudeEvent | undefined,
    facts: SessionFacts,
  ): readonly ClaudeEvent[] {
    if (init?.type !== "system_init" || this.#verifier === undefined) return [];
    this.#verifier.compareInit(init, facts);
    return this.#verifier.takeFound(init.sessionId);
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

  /** The process is gone: gives the id of the handshake, if it still waits. */
  takeAll(): readonly string[] {
    const waiting = this.#handshake;
    this.#handshake = undefined;
    return waiting === undefined ? [] : [waiting.id];
  }
}
