/**
 * The conversation with the CLI as a state machine: lines in, things to do out. No
 * I/O, no promise, no clock, no code of the caller's.
 *
 * @module
 */

import {
  type ClaudeStreamError,
  ProcessExitError,
  ProtocolError,
  StartupError,
  StateError,
} from "../errors.ts";
import { EventDecoder } from "../events/decoder.ts";
import { classifyLine, type Question } from "../events/line.ts";
import type { Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Result } from "../messages/result.ts";
import { SessionFacts } from "./facts.ts";
import { type Outcome, OwnRequests, type Reply } from "./pending.ts";
import { type ConversationState, illegal, next } from "./state.ts";
import type { TurnContext } from "./turn_failure.ts";

/** A prompt on its way out. */
export interface Prompt {
  /** A UUID that this process has not seen; the turn is known by it. */
  readonly id: string;
  /** A text, or blocks of the API. */
  readonly content: string | readonly unknown[];
}

/** How a turn ended. */
export type TurnEnd =
  | {
    readonly result: Result;
    readonly context: TurnContext;
    readonly error?: undefined;
  }
  | { readonly result?: undefined; readonly error: unknown };

/** How the process ended. */
export interface ProcessExit {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  /** The end of stderr. */
  readonly stderrTail: string;
}

/** What a driver is to do, in this order. */
export type Output =
  /** Hand a line on: to the turn of this id, and to whoever reads the whole session. */
  | {
    readonly do: "emit";
    readonly frame: Frame;
    readonly turnId: string | undefined;
  }
  /** Write a line to the CLI; the line break is not in it. */
  | { readonly do: "write"; readonly line: string }
  /** Find an answer and give it to `answer()`. Reading goes on meanwhile. */
  | { readonly do: "ask"; readonly id: string; readonly question: Question }
  /** The CLI no longer waits for that answer. */
  | { readonly do: "withdraw"; readonly id: string }
  /** A request of ours is over. */
  | { readonly do: "settle"; readonly id: string; readonly outcome: Outcome }
  /** A turn is over. */
  | { readonly do: "end_turn"; readonly id: string; readonly end: TurnEnd };

interface OpenTurn {
  readonly id: string;
  /** Its `system/init` came, so that an interruption will be heard. */
  started: boolean;
  /** Our interruption, held back until then. */
  heldInterrupt: { readonly id: string; readonly line: string } | undefined;
  assistantError: string | undefined;
}

/** The conversation of one process. */
export class Protocol {
  /** What is known of the session. */
  readonly facts: SessionFacts = new SessionFacts();
  readonly #decoder = new EventDecoder();
  readonly #own = new OwnRequests();
  /** Questions of the CLI that have no answer yet. */
  readonly #questions = new Set<string>();
  readonly #resuming: boolean;
  #state: ConversationState = "new";
  #turn: OpenTurn | undefined;
  /** A prompt that waits for the turn before it to drain. */
  #waiting: Prompt | undefined;
  #sawInit = false;
  #startupError: StartupError | undefined;
  #rateLimit: TurnContext["rateLimit"];
  #ended: Error | undefined;

  /** @param options `resuming`: the process was told to resume a session. */
  constructor(options: { readonly resuming?: boolean } = {}) {
    this.#resuming = options.resuming ?? false;
  }

  /** Where the conversation is. */
  get state(): ConversationState {
    return this.#state;
  }

  /** Id of the turn that is running. */
  get turnId(): string | undefined {
    return this.#turn?.id;
  }

  /** The process is up: the handshake goes out under this id. */
  start(id: string, fields: WireObject, timeoutMs: number): Output[] {
    this.#state = next(this.#state, "start");
    return this.request(id, "initialize", fields, timeoutMs);
  }

  /** Sends a prompt, or keeps it until the turn before has drained. */
  send(prompt: Prompt): Output[] {
    if (this.#waiting !== undefined) throw illegal(this.#state, "send");
    this.#state = next(this.#state, "send");
    if (this.#state === "draining") {
      this.#waiting = prompt;
      return [];
    }
    return [this.#open(prompt)];
  }

  #open(prompt: Prompt): Output {
    this.#turn = {
      id: prompt.id,
      started: false,
      heldInterrupt: undefined,
      assistantError: undefined,
    };
    return {
      do: "write",
      line: JSON.stringify({
        type: "user",
        message: { role: "user", content: prompt.content },
        parent_tool_use_id: null,
        session_id: "",
        uuid: prompt.id,
      }),
    };
  }

  /**
   * Nobody reads the turn any more. Its rest is drained; the driver should interrupt
   * it. A prompt that has not gone out yet never does.
   */
  leave(turnId: string): Output[] {
    if (this.#waiting?.id === turnId) {
      this.#waiting = undefined;
    } else if (this.#turn?.id === turnId && this.#state === "running") {
      this.#state = next(this.#state, "leave");
    }
    return [];
  }

  /** Makes a control request. It is settled under this id. */
  request(
    id: string,
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
  ): Output[] {
    if (this.#state === "new" || this.#state === "ended") {
      throw closed(this.#state, subtype);
    }
    this.#own.add(id, subtype, timeoutMs);
    const line = JSON.stringify({
      type: "control_request",
      request_id: id,
      request: { ...payload, subtype },
    });
    if (
      subtype === "interrupt" && this.#turn !== undefined &&
      !this.#turn.started && this.#turn.heldInterrupt === undefined
    ) {
      // Before the turn's init the CLI says yes to it and then runs the turn all the same.
      this.#turn.heldInterrupt = { id, line };
      return [];
    }
    return [{ do: "write", line }];
  }

  /** Takes a line of the CLI's. Never throws. */
  receive(line: string): Output[] {
    const told = classifyLine(line);
    switch (told.kind) {
      case "blank":
        return [];
      case "other":
        return [this.#emit(told.frame)];
      case "message":
        return this.#message(told.raw);
      case "reply":
        return [this.#emit(told.frame), ...this.#settle(told.response)];
      case "cancel":
        return [this.#emit(told.frame), ...this.#withdraw(told.id)];
      case "question":
        this.#questions.add(told.id);
        return [
          this.#emit(told.frame),
          { do: "ask", id: told.id, question: told.question },
        ];
      case "unanswerable":
        return [this.#emit(told.frame), refuse(told.id, told.refusal)];
      default:
        return told satisfies never;
    }
  }

  #emit(frame: Frame): Output {
    return { do: "emit", frame, turnId: this.#turn?.id };
  }

  #settle(response: WireObject | undefined): Output[] {
    const reply = response === undefined
      ? undefined
      : this.#own.reply(response);
    return reply === undefined ? [] : [{ do: "settle", ...reply }];
  }

  #withdraw(id: string | undefined): Output[] {
    if (id === undefined || !this.#questions.delete(id)) return [];
    return [{ do: "withdraw", id }];
  }

  #message(raw: WireObject): Output[] {
    const frame = this.#decoder.decode(raw);
    for (const event of frame.events) this.#observe(event);
    const outputs = [this.#emit(frame)];
    if (raw.subtype === "error_during_execution" && !this.#sawInit) {
      this.#startupError = this.#refusedStart(raw);
    }
    if (raw.type === "system" && raw.subtype === "init") {
      outputs.push(...this.#started());
    } else if (raw.type === "result") {
      outputs.push(...this.#finish(raw, frame));
    }
    return outputs;
  }

  #observe(event: Frame["events"][number]): void {
    this.facts.observe(event);
    if (event.type === "rate_limit") this.#rateLimit = event;
    if (
      event.type === "assistant_text" && event.error !== undefined &&
      event.parentToolUseId === null && this.#turn !== undefined
    ) this.#turn.assistantError = event.error;
  }

  #started(): Output[] {
    this.#sawInit = true;
    const turn = this.#turn;
    if (turn === undefined) return [];
    turn.started = true;
    return this.#releaseInterrupt(turn);
  }

  #releaseInterrupt(turn: OpenTurn): Output[] {
    const held = turn.heldInterrupt;
    turn.heldInterrupt = undefined;
    return held === undefined ? [] : [{ do: "write", line: held.line }];
  }

  /** Without any init the process never got as far as a prompt: the result is about its start. */
  #refusedStart(raw: WireObject): StartupError {
    const said = Array.isArray(raw.errors)
      ? raw.errors.join("; ")
      : "no reason";
    return this.#resuming
      ? new StartupError(
        "session_not_found",
        `Cannot resume the session: ${said}`,
      )
      : new StartupError("exited", `The CLI could not start: ${said}`);
  }

  #finish(raw: WireObject, frame: Frame): Output[] {
    const turn = this.#turn;
    if (turn === undefined || !endsTurn(raw, turn.id)) return [];
    const outputs = this.#releaseInterrupt(turn);
    outputs.push({ do: "end_turn", id: turn.id, end: this.#endOf(raw, frame) });
    this.#turn = undefined;
    if (this.#state !== "closing") this.#state = next(this.#state, "result");
    const waiting = this.#waiting;
    if (waiting !== undefined && this.#state === "idle") {
      this.#waiting = undefined;
      this.#state = next(this.#state, "send");
      outputs.push(this.#open(waiting));
    }
    return outputs;
  }

  #endOf(raw: WireObject, frame: Frame): TurnEnd {
    const event = frame.events[0];
    if (event?.type !== "result") {
      const issues = event?.type === "unknown" ? event.issues : undefined;
      const first = issues?.[0];
      return {
        error: new ProtocolError(
          `Cannot read the result of the turn: ${first?.path}: ${first?.message}`,
          JSON.stringify(raw),
          issues,
          { sessionId: this.facts.id },
        ),
      };
    }
    if (this.#startupError !== undefined) return { error: this.#startupError };
    return {
      result: event,
      context: {
        assistantError: this.#turn?.assistantError,
        rateLimit: this.#rateLimit,
      },
    };
  }

  /** Whether the CLI still waits for the answer to a question. */
  isOpen(id: string): boolean {
    return this.#questions.has(id);
  }

  /** Answers a question. Nothing happens where the CLI no longer waits for it. */
  answer(id: string, reply: Reply): Output[] {
    if (!this.#questions.delete(id)) return [];
    if (reply.refusal !== undefined) return [refuse(id, reply.refusal)];
    const { response } = reply;
    return [{
      do: "write",
      line: JSON.stringify({
        type: "control_response",
        response: { subtype: "success", request_id: id, response },
      }),
    }];
  }

  /** The deadline of a request of ours passed. */
  expire(id: string): Output[] {
    const outcome = this.#own.expire(id);
    return outcome === undefined ? [] : [{ do: "settle", id, outcome }];
  }

  /** No more prompts. The driver ends the process. */
  close(): void {
    this.#state = next(this.#state, "close");
    this.#waiting = undefined;
  }

  /** Why nothing goes any more; `undefined` as long as the process is there. */
  get endError(): Error | undefined {
    return this.#ended;
  }

  /** The process is gone, or never came to be: everything that waits fails. */
  end(how: ProcessExit | Error): Output[] {
    const error = how instanceof Error ? how : this.#endError(how);
    this.#ended = error;
    this.#state = next(this.#state, "end");
    const outputs: Output[] = [...this.#questions].map((id) => ({
      do: "withdraw",
      id,
    }));
    this.#questions.clear();
    for (const id of this.#own.takeAll()) {
      outputs.push({ do: "settle", id, outcome: { ok: false, error } });
    }
    for (const id of [this.#turn?.id, this.#waiting?.id]) {
      if (id !== undefined) {
        outputs.push({ do: "end_turn", id, end: { error } });
      }
    }
    this.#turn = undefined;
    this.#waiting = undefined;
    return outputs;
  }

  #endError(exit: ProcessExit): ClaudeStreamError {
    if (this.#state === "closing") {
      return new StateError(
        "session_closed",
        "closing",
        "wait",
        "The session was closed before the end of this",
        { sessionId: this.facts.id },
      );
    }
    if (this.#startupError !== undefined) return this.#startupError;
    const details = { stderrTail: exit.stderrTail, sessionId: this.facts.id };
    if (!this.#sawInit && exit.signal === null && exit.code !== 0) {
      const said = exit.stderrTail.trim().split("\n").slice(0, 3).join("; ");
      return new StartupError(
        "exited",
        `The CLI ended before the first turn with exit code ${exit.code}${
          said === "" ? "" : `: ${said}`
        }`,
        { ...details, exitCode: exit.code },
      );
    }
    return new ProcessExitError(exit.code, exit.signal, details);
  }
}

/** Whether a result is that of the turn with this id, and not of one that nobody asked for. */
function endsTurn(raw: WireObject, turnId: string): boolean {
  const ids = Array.isArray(raw.user_message_uuids)
    ? raw.user_message_uuids
    : raw.user_message_uuid === undefined
    ? undefined
    : [raw.user_message_uuid];
  if (ids !== undefined) return ids.includes(turnId);
  // CLI 2.1.197 names no prompts; a turn that it starts by itself has an origin.
  return raw.origin === undefined || raw.origin === null;
}

/** The CLI waits for an answer to whatever it asks, so it must get one. */
function refuse(id: string, error: string): Output {
  return {
    do: "write",
    line: JSON.stringify({
      type: "control_response",
      response: { subtype: "error", request_id: id, error },
    }),
  };
}

function closed(state: ConversationState, operation: string): StateError {
  return new StateError(
    "session_closed",
    state,
    operation,
    `Cannot make the request "${operation}": the session ${
      state === "new" ? "has not started" : "is closed"
    }`,
  );
}
