/**
 * The exchange of lines with the CLI in one conversation: each line goes to the protocol, and this
 * module carries out the protocol's outputs: it informs readers, asks the host, and writes lines.
 *
 * @module
 */

import { maskError, type StartupError, StateError } from "../errors.ts";
import type { Question } from "../decode/line.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { AnsweringEvent } from "../host/left_to_caller.ts";
import { Host } from "../host/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { machineOf } from "../process/machine.ts";
import { idleSteps } from "../protocol/idle.ts";
import {
  type Emit,
  type Output,
  type ProcessExit,
  Protocol,
  type PushNews,
} from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { ConversationState } from "../protocol/state.ts";
import { MAX_TIMER_MS } from "../util/limits.ts";
import { Warnings } from "../verification/warnings.ts";
import { CallWaits } from "./call_waits.ts";
import { ControlRequests } from "./control_requests.ts";
import type { Inherited } from "./inherited.ts";
import type { Link, LinkTaker } from "./link.ts";
import type { Whole } from "./parts.ts";
import { Meter } from "./meter.ts";
import { Observers } from "./observers.ts";
import { OpenQuestions } from "./open_questions.ts";
import { OpenTurns } from "./open_turns.ts";
import type { ResumeContext } from "../protocol/end_error.ts";
import { resumeContext } from "./start_failure.ts";
import type { SessionSink } from "./sinks.ts";

/** The parties that a line concerns. */
interface Route {
  /** Last event of the line. */
  readonly last: ClaudeEvent | undefined;
  /** Whether it answers a control request that a caller waits for. */
  readonly isAnswer: boolean;
  /** Whether it has the result of a tool. */
  readonly hasToolEnded: boolean;
  /**
   * The only output of the line, if it is just text from the model, which concerns only its
   * readers.
   */
  readonly only: Emit | undefined;
}

/** The exchange with one process. */
export class Exchange implements LinkTaker, Whole {
  /** The state machine behind it. */
  readonly protocol: Protocol;
  /** Answers the CLI's questions. */
  readonly host: Host;
  /** Observers of the conversation. */
  readonly observers: Observers;
  /** Control requests to the CLI. */
  readonly requests: ControlRequests;
  /** Turns that have not ended yet. */
  readonly turns: OpenTurns;
  /** Unanswered questions of the CLI. */
  readonly questions: OpenQuestions;
  /** The session that the process is told to resume. */
  readonly resume: ResumeContext | undefined;
  /** Warnings about requested features that an older CLI lacks. */
  readonly warnings: Warnings;
  /** Functions that take news about pushed messages, by message id. */
  readonly pushes: Map<string, (news: PushNews) => void> = new Map();
  /** Closes the session. */
  readonly close: () => void;
  /** Whether the session was told to close. */
  isClosing = false;
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  readonly #link: Link;
  readonly #callWaits = new CallWaits();
  readonly #meter: Meter;
  #isEnded = false;
  /** Number of nested calls of `perform`. */
  #performs = 0;
  /** Why the start failed; set until the outputs of that line were carried out. */
  #refused: Error | undefined;

  /** @param close Closes the session; called when a reader leaves and the options ask for that. */
  constructor(
    options: SessionOptions,
    session: SessionSink,
    link: Link,
    inherited: Inherited | undefined,
    close: () => void,
  ) {
    this.close = close;
    this.#options = options;
    this.#session = session;
    this.#link = link;
    const { readers } = session;
    // A question from a turn that the CLI started itself does not belong to the caller's turn.
    const emit = (event: ClaudeEvent) =>
      this.emit({ events: [event] }, this.protocol.turns.owner);
    this.host = new Host(options, {
      emit,
      notify: (serverName, message) => {
        const payload = { server_name: serverName, message };
        // The answer is useless: the CLI confirms everything.
        this.requests.make("mcp_message", payload, MAX_TIMER_MS, () => {});
      },
      failed: (failure) => {
        this.observers.failed(failure);
        readers.handlerFailed(failure);
      },
      request: (subtype, payload, settle) => {
        this.requests.make(subtype, payload, MAX_TIMER_MS, settle);
      },
      fail: (error) => this.fail(error),
      machine: machineOf(options),
    });
    this.observers = new Observers(
      options,
      (failure) => readers.handlerFailed(failure),
    );
    this.resume = resumeContext(options);
    this.protocol = new Protocol({
      resume: this.resume,
      stderrTail: () => link.stderrTail,
      validation: options.validation,
      budget: options.budget,
      maxBudgetUsd: options.limits?.maxBudgetUsd,
      failFastOn: options.failFastOn,
      auth: options.auth,
      waitForReset: options.waitForReset,
    });
    if (inherited !== undefined) {
      this.protocol.inherit(inherited.facts, inherited.id);
    }
    this.warnings = new Warnings({
      version: () => this.protocol.facts.claudeVersion,
      isHeard: () =>
        this.protocol.turns.sawInit && this.protocol.turns.owner !== undefined,
      emit,
    });
    if (inherited?.isLost === true && inherited.facts.isWritten) {
      this.warnings.askBehavior("writtenAtResult");
    }
    this.requests = new ControlRequests(this.protocol, link, this);
    this.turns = new OpenTurns(options, this.protocol, link, this);
    this.questions = new OpenQuestions(
      {
        timeoutMs: options.permissionTimeoutMs,
        warnMs: idleSteps(options.idleTimeoutMs).warnMs,
      },
      this.protocol,
      this.host,
      link,
      this,
    );
    this.#meter = new Meter(this.protocol, link, this);
  }

  /** State of the conversation. */
  get state(): ConversationState {
    return this.protocol.state;
  }

  /** Whether the process has ended or could not be started. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Function that returns the secrets known so far. */
  get secrets(): () => readonly string[] {
    return this.observers.secrets;
  }

  /** Function that takes each line of stderr; `undefined` if no observer wants them. */
  get stderr(): ((line: string) => void) | undefined {
    return this.observers.stderr;
  }

  /** Prepares the host, which may have to load a module. Returns `undefined` if it is ready. */
  prepare(): Promise<void> | undefined {
    return this.host.prepare();
  }

  /**
   * Takes a line of the process.
   *
   * @param isLast Whether to read the clock: see {@linkcode LinkTaker.receive}.
   * @returns Whether it answers a control request that a caller waits for.
   */
  receive(line: string, isLast = true): boolean {
    // Ignore lines of a process that is ending.
    if (this.#isEnded) return false;
    if (this.observers.areAny) this.observers.wire("in", line);
    const { limits } = this.turns;
    const piece = this.protocol.piece(line);
    if (piece !== undefined) {
      limits.heard(piece.frame.events.at(-1), isLast);
      this.#hand(piece.frame, piece.turnId, false);
      return false;
    }
    const outputs = this.protocol.receive(line);
    const route = this.#routeOf(outputs);
    limits.heard(route.last, isLast);
    if (route.only !== undefined && !limits.isPaused) {
      this.#hand(route.only.frame, route.only.turnId, false);
      return false;
    }
    if (route.isAnswer && !this.observers.areAny) {
      this.observers.learn("in", line);
    }
    this.perform(outputs);
    if (route.hasToolEnded) this.#meter.toolEnded();
    return route.isAnswer;
  }

  /**
   * Determines which parties besides its readers a line concerns. Apart from the protocol, only
   * this function looks at every event.
   */
  #routeOf(outputs: readonly Output[]): Route {
    let last: ClaudeEvent | undefined;
    let isAnswer = false;
    let hasToolEnded = false;
    let isPlain = outputs.length === 1;
    for (const output of outputs) {
      if (output.do === "settle") isAnswer = true;
      if (output.do !== "emit") {
        isPlain = false;
        continue;
      }
      for (const event of output.frame.events) {
        last = event;
        switch (event.type) {
          case "assistant_text":
          case "thinking":
          case "stream_delta":
          case "tool_input_delta":
            break;
          case "tool_use":
            isPlain = false;
            this.#callWaits.called(event, this.#link.now());
            break;
          case "tool_result":
            isPlain = false;
            hasToolEnded = true;
            this.#callWaits.ended(event.toolUseId);
            break;
          default:
            isPlain = false;
        }
      }
    }
    const [only] = outputs;
    return {
      last,
      isAnswer,
      hasToolEnded,
      only: isPlain && only?.do === "emit" ? only : undefined,
    };
  }

  /** Asks the CLI to stop its current work. */

  interrupt(): void {
    // The outcome is the end of the turn, which the caller already waits for.
    this.requests.make("interrupt", {}, MAX_TIMER_MS, () => {});
  }

  /** Makes a control request. Returns a function that stops waiting for its answer. */
  request(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    if (subtype === "interrupt") this.turns.interrupted();
    this.warnings.askRequest(subtype, payload);
    const abandon = this.requests.make(subtype, payload, timeoutMs, settle);
    this.host.requested(subtype);
    return abandon;
  }

  /**
   * Notes that the start failed. The session ends once all outputs of the same line were carried
   * out.
   */
  refuse(failure: Error): void {
    this.#refused = failure;
  }

  /** Carries out the outputs of the protocol. */
  perform(outputs: readonly Output[]): void {
    const { readers } = this.#session;
    this.#performs++;
    // Listeners are called only after all outputs were carried out.
    readers.hold();
    try {
      for (const output of outputs) {
        if (output.do !== "ask") this.#do(output);
      }
      this.turns.update();
    } finally {
      this.#performs--;
      readers.release();
    }
    if (this.#refused !== undefined && this.#performs === 0) this.#endRefused();
    // Call the caller's functions last: if one blocks in a call of its session, later lines are
    // processed, and these must not overtake the current one.
    for (const output of outputs) {
      if (output.do !== "ask" || !this.protocol.isOpen(output.id)) continue;
      this.questions.ask(output.id, output.question);
    }
  }

  /** Ends the session if the handshake was refused or came too late. */
  #endRefused(): void {
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused !== undefined) this.fail(refused);
  }

  #do(output: Exclude<Output, { readonly do: "ask" }>): void {
    switch (output.do) {
      case "emit":
        this.#hand(output.frame, output.turnId, output.endsPushed === true);
        break;
      case "write":
        this.observers.wire("out", output.line);
        this.#link.write(output.line);
        break;
      case "withdraw":
        this.questions.withdraw(output.id);
        break;
      case "settle":
        if (!output.outcome.ok) this.#mask(output.outcome.error);
        this.requests.settle(output.id, output.outcome);
        break;
      case "end_turn": {
        const { id, end } = output;
        this.host.turnEnded();
        this.#mask(end.error);
        this.turns.end(
          id,
          end.result === undefined
            ? end
            : { ...end, context: { ...end.context, secrets: this.secrets } },
        );
        break;
      }
      case "await_reset":
        this.turns.awaitReset(output);
        break;
      case "stop_turn":
        this.turns.stop();
        break;
      case "fail":
        this.#mask(output.error);
        this.fail(output.error);
        break;
      case "fail_turn":
        this.#mask(output.error);
        this.turns.fail(output.id, output.error);
        break;
      case "tell_push":
        this.pushes.get(output.id)?.(output.news);
        if (output.last) this.pushes.delete(output.id);
        break;
      default:
        output satisfies never;
    }
  }

  /** Masks secrets in an error: the CLI's text may quote one, and errors end up in logs. */
  #mask(error: unknown): void {
    if (error !== undefined) maskError(error, this.secrets());
  }

  /** Passes on an event that this library created. */
  emit(frame: Frame, turnId: string | undefined): void {
    this.#session.readers.hold();
    try {
      this.#hand(frame, turnId, false);
    } finally {
      this.#session.readers.release();
    }
  }

  /** Passes a line to readers and observers. */
  #hand(frame: Frame, turnId: string | undefined, endsPushed: boolean): void {
    this.turns.frame(frame, turnId, endsPushed);
    this.#session.readers.frame(frame);
    if (this.observers.areAny) {
      this.observers.events(frame.events, this.protocol.facts.model);
    }
    for (const event of frame.events) {
      if (this.warnings.followsReplies) this.warnings.observe(event);
      let failure: StartupError | undefined;
      if (event.type === "system_init") {
        this.warnings.tell();
        const { restartCount } = this.protocol.facts;
        failure = this.host.began(event, restartCount > 0);
      } else if (event.type === "tool_use") this.host.observe(event);
      else if (event.type === "tool_result") failure = this.host.ran(event);
      if (failure !== undefined) this.fail(failure);
    }
  }

  /** Excludes the wait for an answer from the duration of the tool call. */
  answered(question: Question, askedMs: number): void {
    const now = this.#link.now();
    const waits = this.#callWaits.answered(question, askedMs, now);
    for (const { toolUseId, waitedMs } of waits) {
      this.protocol.waited(toolUseId, waitedMs);
    }
  }

  /** Called when a reader leaves: denies the questions that no remaining reader can answer. */
  unattend(): void {
    this.questions.unattend();
  }

  /** Whether a reader can answer such an event. */
  isAttended(type: AnsweringEvent["type"]): boolean {
    return this.turns.areAttended || this.#session.readers.attended(type);
  }

  /** Fails the session: all pending calls fail, and the process is ended. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    // Terminate first: a successor process may wait for the end of this one, and output that is not
    // taken would delay that end.
    this.#link.terminate();
    this.end(error);
  }

  /** Called when the process has ended or could not be started: all pending calls fail. */
  end(how: ProcessExit | Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.turns.limits.close();
    const wasClosed = this.state === "closing";
    const { signal } = this.#options;
    // Pending calls of an aborted session fail with the reason of the abort.
    const reason: unknown = wasClosed && signal?.aborted === true
      ? signal.reason
      : undefined;
    this.perform(
      this.protocol.end(reason instanceof Error ? reason : how, reason),
    );
    this.turns.close(reason ?? this.protocol.endError);
    this.host.close();
    this.observers.end(how, wasClosed);
    this.#session.closed(
      this.isClosing ? undefined : this.protocol.endError,
    );
  }

  /** Returns the error of a call after the process has ended. */
  endError(operation: string): Error {
    return this.protocol.endError ?? this.closedError(operation);
  }

  /** Returns the error of a call after the session was closed. */
  closedError(operation: string): StateError {
    return new StateError(
      "session_closed",
      this.state,
      operation,
      `Cannot ${operation}: the session is closed`,
      { cause: this.protocol.endError },
    );
  }
}
