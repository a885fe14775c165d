/**
 * What every driver does the same: hands lines to the protocol, does what it says,
 * asks the host, and knows who waits for what. Reading, writing and time are the
 * driver's own.
 *
 * @module
 */

import { maskError, StateError } from "../errors.ts";
import type { Question } from "../decode/line.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { NeedsCheck } from "../verification/needs_check.ts";
import { usedNeeds } from "../verification/needs.ts";
import { Warnings } from "../verification/warnings.ts";
import type { AnsweringEvent, HandAnswer } from "../host/left_to_caller.ts";
import { Host } from "../host/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { LiveChange } from "./live_changes.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { Launch } from "../options/launch.ts";
import { namesPermissionMode } from "../options/policy_options.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import {
  type Output,
  type ProcessExit,
  type Prompt,
  Protocol,
  type PushNews,
  type PushOptions,
} from "../protocol/mod.ts";
import { DefaultMode } from "../protocol/default_mode.ts";
import type { ResumeContext } from "../protocol/end_error.ts";
import { idleSteps } from "../protocol/idle.ts";
import { pathOf } from "../options/launch.ts";
import { machineOf } from "../process/machine.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { Inherited } from "./inherited.ts";
import { isEndless, MAX_TIMER_MS } from "../util/time_limit.ts";
import { LastingTurns } from "./lasting_turns.ts";
import { afterInTime, type Clock, TurnLimits } from "./limits.ts";
import { CallWaits } from "./call_waits.ts";
import { Observers } from "./observers.ts";
import { planOf } from "../verification/plan.ts";
import { Verification } from "../verification/verification.ts";
import { Meter } from "./meter.ts";
import { OpenQuestions } from "./open_questions.ts";
import { ResetWaits } from "./reset_waits.ts";
import type { SessionSink, TurnSink } from "./sinks.ts";
import { notAsBefore } from "./start_failure.ts";

/**
 * How long a CLI may take to end that was told to before a turn had begun. One that takes
 * the prompt just then says yes and runs the turn all the same, to its end.
 */
const UNHEARD_MS = 500;

/** What a conversation needs of its driver. */
export interface DriverPort extends Clock {
  /** What stderr said last. */
  readonly stderrTail: string;
  /** Writes a line to the process, or keeps it until there is one. */
  write(line: string): void;
  /** The session cannot go on: ends it and its process. */
  fail(error: Error): void;
  /** The caller wants the session closed. */
  close(): void;
}

/** The conversation with one process. */
export class Conversation {
  /** The state machine behind it. */
  readonly protocol: Protocol;
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  readonly #port: DriverPort;
  readonly #host: Host;
  readonly #limits: TurnLimits;
  /** What the process before was told, and this one is told again. */
  readonly #changes: readonly LiveChange[];
  readonly #observers: Observers;
  readonly #meter: Meter;
  readonly #waits: ResetWaits;
  readonly #callWaits = new CallWaits();
  readonly #warnings: Warnings;
  readonly #lasting: LastingTurns;
  readonly #turns = new Map<string, TurnSink>();
  /** Turns that nobody reads any more. */
  readonly #left = new Set<string>();
  readonly #pushes = new Map<string, (news: PushNews) => void>();
  readonly #own = new Map<string, (outcome: Outcome) => void>();
  readonly #questions: OpenQuestions;
  #isEnded = false;
  #isOpening = false;

  constructor(
    options: SessionOptions,
    session: SessionSink,
    port: DriverPort,
    inherited?: Inherited,
  ) {
    this.#options = options;
    this.#changes = inherited?.changes ?? [];
    this.#session = session;
    this.#port = port;
    this.#host = new Host(options, {
      // What was asked in a turn that the CLI began by itself is no part of ours.
      emit: (event) => this.#emit({ events: [event] }, this.protocol.owner),
      notify: (serverName, message) => {
        const payload = { server_name: serverName, message };
        // Nobody waits for it, and the CLI says yes to everything.
        this.#ask("mcp_message", payload, MAX_TIMER_MS, () => {});
      },
      failed: (failure) => {
        this.#observers.failed(failure);
        this.#session.handlerFailed(failure);
      },
      request: (subtype, payload, settle) => {
        this.#ask(subtype, payload, MAX_TIMER_MS, settle);
      },
      fail: (error) => port.fail(error),
      machine: machineOf(options),
    });
    this.#observers = new Observers(
      options,
      (failure) => this.#session.handlerFailed(failure),
    );
    this.protocol = new Protocol({
      resume: resumeContext(options),
      stderrTail: () => port.stderrTail,
      validation: options.validation,
      budget: options.budget,
      failFastOn: options.failFastOn,
      auth: options.auth,
      waitForReset: options.waitForReset,
    });
    if (inherited !== undefined) {
      this.protocol.inherit(inherited.facts, inherited.id);
    }
    const clock: Clock = {
      now: () => port.now(),
      date: () => port.date(),
      after: (timeoutMs, call) => port.after(timeoutMs, call),
    };
    this.#warnings = new Warnings({
      version: () => this.protocol.facts.claudeVersion,
      isHeard: () => this.protocol.sawInit && this.protocol.owner !== undefined,
      emit: (event) => this.#emit({ events: [event] }, this.protocol.owner),
    });
    this.#lasting = new LastingTurns(this.protocol, clock);
    this.#waits = new ResetWaits(options.waitForReset?.maxMs ?? 0, {
      ...clock,
      emit: (event) => this.#emit({ events: [event] }, this.protocol.turnId),
      over: (id, goesOn) =>
        this.perform(
          this.protocol.goOn(id, goesOn ? crypto.randomUUID() : undefined),
        ),
    });
    this.#limits = new TurnLimits(options, this.protocol, {
      ...clock,
      interrupt: () => this.#interrupt(),
      failTurn: (id, error) => this.#failTurn(id, error),
      failPushed: (error) => {
        this.perform(this.protocol.failPushed(error));
        this.#interrupt();
      },
      emit: (event) => this.#emit({ events: [event] }, this.protocol.turnId),
      fail: (error) => port.fail(error),
    });
    this.#questions = new OpenQuestions(
      {
        timeoutMs: options.permissionTimeoutMs,
        warnMs: idleSteps(options.idleTimeoutMs).warnMs,
      },
      this.protocol,
      this.#host,
      {
        after: clock.after,
        now: clock.now,
        answered: (question, askedMs) => this.#answered(question, askedMs),
        isAttended: (type) => this.#isAttended(type),
        emit: (frame, turnId) => this.#emit(frame, turnId),
        perform: (outputs) => this.perform(outputs),
      },
    );
    this.#meter = new Meter(this.protocol, {
      now: () => port.now(),
      request: (...request) => this.request(...request),
      counted: (used) => this.perform(this.protocol.counted(used)),
    });
  }

  /** Whether the process is gone, or never came to be. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Gets those ready who look on, before anything is started.
   *
   * @throws {ConfigError} A file of theirs cannot be opened.
   * @throws {StateError} One of them wants to start the session (`session_busy`).
   */
  open(launch: Launch): void {
    if (this.#isOpening) {
      throw new StateError(
        "session_busy",
        this.protocol.state,
        "start",
        "Cannot start the session in its logger: it is being started",
      );
    }
    this.#isOpening = true;
    try {
      this.#observers.open(launch);
    } catch (error) {
      this.#observers.end(error as Error, false);
      throw error;
    } finally {
      this.#isOpening = false;
    }
  }

  /** Gives the secrets that are known by now. */
  get secrets(): () => readonly string[] {
    return this.#observers.secrets;
  }

  /** Who hears the lines of stderr; `undefined` for nobody. */
  get stderr(): ((line: string) => void) | undefined {
    return this.#observers.stderr;
  }

  /** Gets the host ready; it may have to load something. `undefined` where it is. */
  prepare(): Promise<void> | undefined {
    return this.#host.prepare();
  }

  /** Writes the handshake. */
  start(
    launch: Launch,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): void {
    const id = crypto.randomUUID();
    const shakenHands = (outcome: Outcome) => {
      if (outcome.ok) this.#host.started(outcome.response);
      settle(outcome);
    };
    this.#own.set(id, this.#timed(id, timeoutMs, shakenHands));
    const whole = { ...launch.initialize, ...this.#host.initializeFields() };
    const plan = planOf(this.#options, launch);
    const verifier = plan === undefined
      ? undefined
      : new Verification(plan, () => crypto.randomUUID());
    const makeId = () => crypto.randomUUID();
    const needs = usedNeeds(this.#options);
    this.#warnings.askOptions(needs);
    this.#warnings.askHooks(this.#options.hooks);
    const others = [
      new NeedsCheck(needs, makeId, (version) => {
        this.protocol.facts.claudeVersion = version;
      }),
      ...this.#namesMode ? [] : [new DefaultMode(makeId)],
    ];
    const checks = { verifier, others };
    this.perform(this.protocol.start(id, whole, timeoutMs, checks));
    for (const { subtype, payload } of this.#changes) {
      this.request(subtype, payload, timeoutMs, (outcome) => {
        if (!outcome.ok) this.#port.fail(notAsBefore(outcome.error));
      });
    }
  }

  /** Whether somebody named a permission mode: an option, or a call in the process before. */
  get #namesMode(): boolean {
    return namesPermissionMode(this.#options) ||
      this.#changes.some(({ subtype }) => subtype === "set_permission_mode");
  }

  /**
   * Takes a line of the process.
   *
   * @param isLast Whether no other one is there already.
   * @returns Whether it answers a request of ours: somebody waits for it.
   */
  receive(line: string, isLast = true): boolean {
    // What comes from a process on its way out is of no session any more.
    if (this.#isEnded) return false;
    this.#observers.wire("in", line);
    const piece = this.protocol.piece(line);
    if (piece !== undefined) {
      this.#limits.heard(piece.frame.events, isLast);
      this.#hand(piece.frame, piece.turnId);
      return false;
    }
    const outputs = this.protocol.receive(line);
    const events: ClaudeEvent[] = [];
    let isAnswer = false;
    for (const output of outputs) {
      if (output.do === "emit") events.push(...output.frame.events);
      else if (output.do === "settle") isAnswer = true;
    }
    this.#limits.heard(events, isLast);
    this.#callWaits.heard(events, () => this.#port.now());
    this.perform(outputs);
    this.#meter.heard(events);
    return isAnswer;
  }

  /** What a call waited for is not its own time. */
  #answered(question: Question, askedMs: number): void {
    const waits = this.#callWaits.answered(
      question,
      askedMs,
      this.#port.now(),
    );
    for (const { toolUseId, waitedMs } of waits) {
      this.protocol.waited(toolUseId, waitedMs);
    }
  }

  /** Sends a prompt; what becomes of it goes to `sink`. */
  send(prompt: Prompt, sink: TurnSink): void {
    const outputs = this.protocol.send(this.#composed(prompt));
    this.#turns.set(prompt.id, sink);
    this.#lasting.send(prompt);
    this.#limits.begin(prompt.id, prompt.timeoutMs);
    this.perform(outputs);
  }

  /** Hands a message to the process; news of it goes to `take`. */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    const outputs = this.protocol.push(this.#composed(prompt), how);
    this.#pushes.set(prompt.id, take);
    this.perform(outputs);
  }

  #composed(prompt: Prompt): Prompt {
    const { verbatim = this.#options.verbatim } = prompt;
    this.#warnings.askPrompt(verbatim, this.#options);
    return { ...prompt, verbatim };
  }

  /** Nobody reads the turn any more: it runs out, interrupted unless the caller would rather not. */
  leave(
    turnId: string,
    onBreak: SessionOptions["onBreak"] = this.#options.onBreak,
  ): void {
    if (this.#lasting.leave(turnId)) return;
    const sink = this.#turns.get(turnId);
    if (sink === undefined || this.#left.has(turnId)) return;
    this.#left.add(turnId);
    // Its events go to nobody any more; its end is still told to whoever waits for it.
    this.#turns.set(turnId, {
      attended: () => false,
      frame: () => {},
      end: (end) => sink.end(end),
    });
    this.perform(this.protocol.leave(turnId));
    if (this.protocol.turnId !== turnId) return;
    this.#questions.unattend();
    if (onBreak === "close") this.#port.close();
    else if (onBreak !== "drain") this.#interrupt();
  }

  #interrupt(): void {
    // Its outcome is the end of the turn, which somebody waits for already.
    this.#ask("interrupt", {}, MAX_TIMER_MS, () => {});
  }

  /** A turn fails for its readers while the CLI goes on with it: it is interrupted. */
  #failTurn(turnId: string, error: Error): void {
    this.#turns.get(turnId)?.end({ error });
    if (!this.#left.has(turnId)) this.leave(turnId, "interrupt");
    else if (this.protocol.turnId === turnId) this.#interrupt();
  }

  /** Makes a control request of the caller's. Returns a function that no longer waits for it. */
  request(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    if (subtype === "interrupt") this.#lasting.interrupt();
    this.#warnings.askRequest(subtype, payload);
    const abandon = this.#ask(subtype, payload, timeoutMs, settle);
    this.#host.requested(subtype);
    return abandon;
  }

  #ask(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    const id = crypto.randomUUID();
    const outputs = this.protocol.request(id, subtype, payload, timeoutMs);
    this.#own.set(id, this.#timed(id, timeoutMs, settle));
    this.perform(outputs);
    return (reason) => this.perform(this.protocol.abandon(id, reason));
  }

  #timed(
    id: string,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (outcome: Outcome) => void {
    if (isEndless(timeoutMs)) return settle;
    const stop = afterInTime(
      this.#port,
      timeoutMs,
      () => this.perform(this.protocol.expire(id)),
    );
    return (outcome) => {
      stop();
      settle(outcome);
    };
  }

  /** Does what the protocol says. */
  perform(outputs: readonly Output[]): void {
    this.#held(() => {
      for (const output of outputs) {
        if (output.do !== "ask") this.#do(output);
      }
      this.#limits.update();
      this.#lasting.update();
    });
    // Functions of the caller's come last: one that blocks in a call of its session lets
    // the lines that follow be done, and those must not overtake this one.
    for (const output of outputs) {
      if (output.do !== "ask" || !this.protocol.isOpen(output.id)) continue;
      this.#questions.ask(output.id, output.question);
    }
  }

  /** Does something before listeners hear of it. */
  #held(run: () => void): void {
    this.#session.hold();
    try {
      run();
    } finally {
      this.#session.release();
    }
  }

  #do(output: Exclude<Output, { readonly do: "ask" }>): void {
    switch (output.do) {
      case "emit":
        this.#emit(output.frame, output.turnId, output.endsPushed);
        break;
      case "write":
        this.#observers.wire("out", output.line);
        this.#port.write(output.line);
        break;
      case "withdraw":
        this.#questions.withdraw(output.id);
        break;
      case "settle": {
        const settle = this.#own.get(output.id);
        this.#own.delete(output.id);
        if (!output.outcome.ok) this.#mask(output.outcome.error);
        settle?.(output.outcome);
        break;
      }
      case "end_turn": {
        const sink = this.#turns.get(output.id);
        this.#turns.delete(output.id);
        this.#left.delete(output.id);
        this.#limits.over(output.id);
        this.#waits.end(output.id);
        this.#host.turnEnded();
        this.#mask(output.end.error);
        if (!this.#lasting.hold(output.id, output.end, sink)) {
          sink?.end(
            output.end.result === undefined ? output.end : {
              ...output.end,
              context: { ...output.end.context, secrets: this.secrets },
            },
          );
        }
        break;
      }
      case "await_reset":
        this.#waits.wait(output.id, output.reset, this.protocol.facts.id);
        break;
      case "stop_turn":
        this.#interrupt();
        this.#limits.insist();
        break;
      case "fail":
        this.#mask(output.error);
        this.#port.fail(output.error);
        break;
      case "fail_turn":
        this.#mask(output.error);
        this.#failTurn(output.id, output.error);
        break;
      case "tell_push":
        this.#pushes.get(output.id)?.(output.news);
        if (output.last) this.#pushes.delete(output.id);
        break;
      default:
        output satisfies never;
    }
  }

  /** What the CLI said may quote a secret, and errors end up in logs. */
  #mask(error: unknown): void {
    if (error !== undefined) maskError(error, this.secrets());
  }

  /** Hands a line on to whoever reads or looks on. */
  #hand(
    frame: Frame,
    turnId: string | undefined,
    endsPushed: boolean = false,
  ): void {
    this.#held(() => {
      if (turnId !== undefined) this.#turns.get(turnId)?.frame(frame);
      else this.#lasting.frame(frame, endsPushed);
      this.#session.frame(frame);
      this.#observers.events(frame.events, this.protocol.facts.model);
    });
  }

  #emit(frame: Frame, turnId: string | undefined, endsPushed?: boolean): void {
    this.#hand(frame, turnId, endsPushed);
    if (frame.events[0]?.type === "system_init") this.#warnings.tell();
    const failure = this.#host.observe(frame.events);
    if (failure !== undefined) this.#port.fail(failure);
  }

  /** Whether somebody reads who can answer. */
  #isAttended(type: AnsweringEvent["type"]): boolean {
    const reader = this.#turns.values().next().value;
    return reader?.attended() === true || this.#lasting.areAttended ||
      this.#session.attended(type);
  }

  /** Somebody stopped reading: questions that nobody is left to answer are answered no. */
  unattend(): void {
    this.#questions.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.#questions.respond(requestId, answer);
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(
    request: ToolRequest,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    const { cwd } = this.protocol.facts;
    return this.#host.explain(request, {
      signal: new AbortController().signal,
      ...cwd === undefined ? {} : { cwd },
    });
  }

  /**
   * The session is being closed: asks the CLI to stop what runs, and waits for no answer.
   * Gives how long the end of stdin may take at most, in milliseconds.
   */
  close(): number {
    if (this.#isEnded) return Infinity;
    const { state, facts, isUnheard, isWorking } = this.protocol;
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.perform(this.protocol.failPushed(signal.reason));
    }
    // That of a pushed message or of the CLI's own is interrupted like one of the caller's.
    const isRunning = isWorking && state !== "draining";
    // An interruption leaves shells in the background running, for which the end of stdin
    // waits without a limit; and before a turn begins nothing is done about it.
    if (facts.tasks.size > 0 || isUnheard) {
      this.request("end_session", {}, MAX_TIMER_MS, () => {});
    } else if (isRunning) this.#interrupt();
    this.perform(this.protocol.close());
    return isUnheard ? UNHEARD_MS : Infinity;
  }

  /** The process is gone, or never was: everything that waits fails. */
  end(how: ProcessExit | Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#limits.close();
    const wasClosed = this.protocol.state === "closing";
    const { signal } = this.#options;
    // Whatever waits for a session that was aborted gets the reason of that.
    const reason: unknown = wasClosed && signal?.aborted === true
      ? signal.reason
      : undefined;
    this.perform(
      this.protocol.end(reason instanceof Error ? reason : how, reason),
    );
    this.#lasting.close(reason ?? this.protocol.endError);
    this.#host.close();
    this.#observers.end(how, wasClosed);
  }

  /** The error of a call that comes too late. */
  closedError(operation: string): StateError {
    return new StateError(
      "session_closed",
      this.protocol.state,
      operation,
      `Cannot ${operation}: the session is closed`,
      { cause: this.protocol.endError },
    );
  }
}

function resumeContext(options: SessionOptions): ResumeContext | undefined {
  const { resume, resumeAt: at, cwd } = options;
  if (resume === undefined) return undefined;
  return {
    at,
    id: resume === "last" ? undefined : resume,
    cwd: cwd === undefined ? ownDirectory() : pathOf("cwd", cwd),
  };
}

/** The directory of this process, where Deno may tell it. */
function ownDirectory(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "read" });
  return state === "granted" ? Deno.cwd() : undefined;
}
