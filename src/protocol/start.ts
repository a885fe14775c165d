/**
 * The start of one process: the handshake and, in the same round, what is verified. It is
 * settled once all of that is answered. Pure, as all of the protocol.
 *
 * @module
 */

import { DeadlineError, DOCTOR_HINT, type ErrorDetails } from "../errors.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { DefaultMode, ModeRequest } from "./default_mode.ts";
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

/** What is seen to besides the handshake. */
export interface StartChecks {
  /** Verifies what was handed over. */
  readonly verifier?: Verifier | undefined;
  /** Sees to the permission mode, if the caller names none. */
  readonly defaultMode?: DefaultMode | undefined;
}

/** What comes of a line. */
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
  readonly #defaultMode: DefaultMode | undefined;
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
    this.#defaultMode = checks.defaultMode;
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
      return this.#step(this.#defaultMode?.shakeHands(outcome.response));
    }
    if (this.#defaultMode?.isOwn(id) === true) {
      return this.#step(this.#defaultMode.take(outcome));
    }
    return this.#verifier?.takeReply(id, outcome) === true
      ? this.#step()
      : undefined;
  }

  #step(next?: ModeRequest): StartStep {
    if (next === undefined) return { end: this.#end() };
    this.#port.add(next.id, next.subtype, this.#timeoutMs);
    const line = requestLine(next.id, next.subtype, next.payload);
    return { outputs: [{ do: "write", line }] };
  }

  #end(): Settled | undefined {
    const handshake = this.#handshake;
    const checks = [this.#verifier, this.#defaultMode];
    if (
      handshake === undefined || checks.some((check) => check?.isDone === false)
    ) return undefined;
    this.#handshake = undefined;
    const error = checks.find((check) => check?.error !== undefined)?.error;
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
  ): StartStep | undefined {
    if (this.#verifier?.takesMessage(raw) !== true) return undefined;
    if (raw.type === "result") return { end: this.#end() };
    if (raw.type !== "system") return {};
    const frame = decode();
    for (const event of frame.events) {
      facts.observe(event);
      if (event.type === "system_init") {
        this.#verifier.compareInit(event, facts);
      }
    }
    return { outputs: [{ do: "emit", frame, turnId: undefined }] };
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
