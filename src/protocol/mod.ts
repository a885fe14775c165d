/**
 * The conversation with the CLI as a state machine: lines in, things to do out. No
 * I/O, no promise, no clock, no function of the caller.
 *
 * @module
 */

import type { ErrorDetails } from "../errors.ts";
import { EventDecoder, violation } from "../decode/decoder.ts";
import type { Validation, WireObject } from "../messages/_define.ts";
import type { Used } from "../decode/usage.ts";
import { closed, type ProcessExit } from "./end_error.ts";
import type { SessionFacts } from "./facts.ts";
import { Ledger } from "./ledger.ts";
import type { Emit, Output } from "./output.ts";
import { OwnRequests, type Reply } from "./pending.ts";
import type { Prompt, PushOptions } from "./prompt.ts";
import { Start, type StartChecks, type StartStep } from "./start.ts";
import type { ConversationState } from "./state.ts";
import { Turns, type TurnsOptions, type TurnsState } from "./turns.ts";
import { cancelLine, replyLine, requestLine } from "./outbox.ts";

export type { ProcessExit } from "./end_error.ts";
export type * from "./message_state.ts";
export type * from "./output.ts";
export type * from "./prompt.ts";
export type { TurnEnd } from "./turn_failure.ts";

/** The conversation of one process. */
export class Protocol {
  /** State of the turns. */
  readonly turns: TurnsState;
  readonly #decoder: EventDecoder;
  readonly #isStrict: boolean;
  readonly #ledger = new Ledger();
  /** Facts about the session. */
  readonly facts: SessionFacts = this.#ledger.facts;
  readonly #turns: Turns;
  #start: Start | undefined;
  readonly #own = new OwnRequests(
    () => this.errorDetails,
    () => this.facts.claudeVersion,
  );
  /** Questions of the CLI that have no answer yet. */
  readonly #questions = new Set<string>();
  readonly #resumed: string | undefined;
  readonly #stderrTail: () => string;
  #ended: Error | undefined;

  /**
   * @param options `stderrTail` returns what stderr said last, for errors; the others are
   * options of the session, and of its turns.
   */
  constructor(
    options: TurnsOptions & {
      readonly stderrTail?: () => string;
      readonly validation?: Validation | undefined;
    } = {},
  ) {
    this.#decoder = new EventDecoder(options.validation);
    this.#isStrict = options.validation === "strict";
    this.#turns = new Turns(options, this.#ledger, () => this.errorDetails);
    this.turns = this.#turns;
    this.#resumed = options.resume?.id;
    this.#stderrTail = options.stderrTail ?? (() => "");
  }

  /** Takes over what is known from the process before. */
  inherit(before: SessionFacts, id: string | undefined): void {
    this.facts.inherit(before, id);
    this.#decoder.inherit(
      before.restoresCost ? before.totalCostUsd : 0,
      before.todos,
    );
    this.#turns.inherited();
  }

  /** The state of the conversation. */
  get state(): ConversationState {
    return this.#turns.state;
  }

  /** Notes how long a tool call waited for an answer, which does not count as its own time. */
  waited(toolUseId: string, waitedMs: number): void {
    this.#decoder.waited(toolUseId, waitedMs);
  }

  /** Details that every error has: the session, if there is one, and the end of stderr. */
  get errorDetails(): Pick<ErrorDetails, "sessionId" | "stderrTail"> {
    const { id, isWritten } = this.facts;
    return {
      // Before its first turn a session has an id, but nothing to resume.
      sessionId: this.#turns.sawInit || isWritten ? id : this.#resumed,
      stderrTail: this.#stderrTail(),
    };
  }

  /** Whether a turn runs, or a task in the background that the session waits for. */
  get isBusy(): boolean {
    return this.#turns.isBusy || this.facts.hasTasks;
  }

  /** Fails the turn of the pushed messages for the callers that wait for it. */
  failPushed(error: unknown): Output[] {
    return this.#turns.failPushed(error);
  }

  /** Whether silence is normal: work runs that writes nothing until it is done, or the CLI waits for us. */
  get isSilenceNormal(): boolean {
    return this.#questions.size > 0 || this.#ledger.isAtWork;
  }

  /** Whether the CLI may begin a turn about a task that is over, and does not say so. */
  get mayFollowUp(): boolean {
    return this.#ledger.mayFollowUp;
  }

  /** The process is up: the handshake goes out under this id, and what is verified. */
  start(
    id: string,
    fields: WireObject,
    timeoutMs: number,
    checks: StartChecks = {},
  ): Output[] {
    const start = new Start(id, timeoutMs, checks, {
      add: (...request) => this.#own.add(...request),
      details: () => this.errorDetails,
    });
    const outputs = start.begin(fields);
    this.#turns.start();
    this.#start = start;
    return outputs;
  }

  /** Sends a prompt, or keeps it until the turn before has drained. */
  send(prompt: Prompt): Output[] {
    return this.#turns.send(prompt);
  }

  /** Pushes a message to the process in any state of its turns. Outputs report its progress. */
  push(prompt: Prompt, how: PushOptions): Output[] {
    return this.#turns.push(prompt, how);
  }

  /**
   * The reader of the turn left. Its rest is drained, and should be interrupted. A prompt
   * that has not gone out yet never does.
   */
  leave(turnId: string): Output[] {
    return this.#turns.leave(turnId);
  }

  /**
   * The limit that a turn waited for is over: the turn continues, or ends as it had ended.
   *
   * @param promptId A UUID that this process has not seen, if the turn is to continue.
   */
  goOn(turnId: string, promptId: string | undefined): Output[] {
    return this.#turns.goOn(turnId, promptId);
  }

  /** Makes a control request. It is settled under this id. */
  request(
    id: string,
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
  ): Output[] {
    const { state } = this;
    if (state === "new" || state === "ended") {
      throw closed(state, subtype, this.endError);
    }
    const line = requestLine(id, subtype, payload);
    this.#own.add(id, subtype, timeoutMs);
    return subtype === "interrupt"
      ? this.#turns.interrupt(id, line)
      : [{ do: "write", line }];
  }

  /**
   * Takes a line if it is only one more piece of the block that is being written: it is
   * handed on, and changes nothing else. Returns `undefined` for any other line, which
   * {@linkcode receive} takes. Never throws.
   */
  piece(line: string): Emit | undefined {
    const frame = this.#decoder.piece(line);
    return frame === undefined ? undefined : this.#turns.emit(frame);
  }

  /** Takes a line of the CLI. Never throws. */
  receive(line: string): Output[] {
    const outputs = this.#receive(line);
    if (!this.#isStrict) return outputs;
    const failed = outputs.flatMap<Output>((output) => {
      if (output.do !== "emit" || output.turnId === undefined) return [];
      // The line may have ended the turn: then it has its outcome.
      if (output.turnId !== this.#turns.id) return [];
      const { frame, turnId: id } = output;
      const error = violation(frame, line, this.errorDetails);
      return error === undefined ? [] : [{ do: "fail_turn", id, error }];
    });
    return [...outputs, ...failed];
  }

  #receive(line: string): Output[] {
    const told = this.#decoder.read(line);
    switch (told.kind) {
      case "blank":
        return [];
      case "other":
        return [this.#turns.emit(told.frame)];
      case "message":
        return this.#message(told.raw, line);
      case "reply":
        return [this.#turns.emit(told.frame), ...this.#settle(told.response)];
      case "cancel":
        return [this.#turns.emit(told.frame), ...this.#withdraw(told.id)];
      case "question":
        this.#questions.add(told.id);
        return [
          this.#turns.emit(told.frame),
          { do: "ask", id: told.id, question: told.question },
        ];
      case "unanswerable":
        return [
          this.#turns.emit(told.frame),
          { do: "write", line: replyLine(told.id, { refusal: told.refusal }) },
        ];
      default:
        return told satisfies never;
    }
  }

  #settle(response: WireObject | undefined): Output[] {
    const reply = response === undefined
      ? undefined
      : this.#own.reply(response);
    if (reply === undefined) return [];
    const step = this.#start?.take(reply);
    return step === undefined
      ? [{ do: "settle", ...reply }]
      : this.#startStep(step);
  }

  #startStep({ outputs = [], end }: StartStep): Output[] {
    return [
      ...outputs,
      ...end === undefined ? [] : this.#turns.shakeHands(end),
    ];
  }

  #withdraw(id: string | undefined): Output[] {
    if (id === undefined || !this.#questions.delete(id)) return [];
    return [{ do: "withdraw", id }];
  }

  #message(raw: WireObject, line: string): Output[] {
    if (this.#start?.hasProbe === true && this.#start.takes(raw)) {
      return this.#probed(raw);
    }
    const frame = this.#decoder.decode(raw, line);
    for (const event of frame.events) {
      this.#ledger.enter(event, this.#turns.open);
    }
    const outputs = this.#turns.message(raw, frame);
    const [event] = frame.events;
    if (event?.type !== "system_init") return outputs;
    const events = this.#start?.differences(event, this.facts) ?? [];
    if (events.length === 0) return outputs;
    const [init, ...others] = outputs;
    // Emit them after the init that they are about, and before its consequences.
    const told = [init, this.#turns.emit({ events }), ...others];
    return told.filter((output) => output !== undefined);
  }

  /** A message of the probe: only its `init` is news, to the readers of the session. */
  #probed(raw: WireObject): Output[] {
    if (raw.type === "result") {
      return this.#startStep(this.#start?.step() ?? {});
    }
    if (raw.type !== "system") return [];
    const frame = this.#decoder.decode(raw);
    for (const event of frame.events) {
      this.#ledger.enter(event);
      if (event.type === "system_init") this.#start?.compare(event, this.facts);
    }
    return [{ do: "emit", frame, turnId: undefined }];
  }

  /** Takes what the process counts in the middle of a turn. */
  counted(counted: Used): Output[] {
    return this.#turns.counted(counted);
  }

  /** Whether the CLI still waits for the answer to a question. */
  isOpen(id: string): boolean {
    return this.#questions.has(id);
  }

  /** Answers a question. Nothing happens if the CLI no longer waits for it. */
  answer(id: string, reply: Reply): Output[] {
    if (!this.#questions.has(id)) return [];
    // An answer that cannot be written leaves the question open for another one.
    const line = replyLine(id, reply);
    this.#questions.delete(id);
    return [{ do: "write", line }];
  }

  /** Called when the deadline of a control request has passed. */
  expire(id: string): Output[] {
    const outcome = this.#own.expire(id) ?? this.#start?.expire(id);
    if (outcome === undefined) return [];
    this.#turns.forget(id);
    return [{ do: "settle", id, outcome }];
  }

  /** Called when a control request was abandoned, with the reason. */
  abandon(id: string, reason: unknown): Output[] {
    if (!this.#own.drop(id)) return [];
    const settle: Output = {
      do: "settle",
      id,
      outcome: { ok: false, error: reason },
    };
    return this.#turns.forget(id)
      ? [settle]
      : [{ do: "write", line: cancelLine(id) }, settle];
  }

  /** Accepts no more prompts, because the process will be ended. */
  close(): Output[] {
    return this.#turns.close();
  }

  /** Why the conversation is over; `undefined` while the process lives. */
  get endError(): Error | undefined {
    return this.#ended;
  }

  /**
   * The process is gone, or never came to be: everything that waits fails.
   *
   * @param reason What it fails with, if a signal ended the session.
   */
  end(how: ProcessExit | Error, reason?: unknown): Output[] {
    this.#ended = how instanceof Error ? how : this.#turns.errorOf(how);
    const error = reason ?? this.#ended;
    const outputs: Output[] = [...this.#questions].map((id) => ({
      do: "withdraw",
      id,
    }));
    this.#questions.clear();
    const waiting = this.#start?.takeAll() ?? [];
    for (const id of [...this.#own.takeAll(), ...waiting]) {
      outputs.push({ do: "settle", id, outcome: { ok: false, error } });
    }
    return [...outputs, ...this.#turns.end(error)];
  }
}
