/**
 * The conversation with one process: hands its lines to the protocol, does what that says,
 * asks the host, and knows who waits for what. The same for async and blocking sessions; the
 * link to the process is the difference.
 *
 * @module
 */

import type { ControlOptions } from "../control/call.ts";
import { Due } from "../util/due.ts";
import {
  DeadlineError,
  maskError,
  type StartupError,
  StateError,
} from "../errors.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { ToolRequest } from "../events/permissions.ts";
import type { AnsweringEvent, HandAnswer } from "../host/left_to_caller.ts";
import { Host } from "../host/mod.ts";
import type { LiveChange } from "./live_changes.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/defaults.ts";
import { namesPermissionMode } from "../options/policy_options.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { closeBoundMs, closeStepsOf } from "../process/shutdown.ts";
import type { Launch } from "../options/launch.ts";
import { keepsSettings } from "../process/launch_files.ts";
import { machineOf } from "../process/machine.ts";
import { readyLaunch } from "../process/ready_launch.ts";
import { DefaultMode } from "../protocol/default_mode.ts";
import { idleSteps } from "../protocol/idle.ts";
import {
  type Emit,
  type Output,
  type ProcessExit,
  type Prompt,
  Protocol,
  type PushNews,
  type PushOptions,
} from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { StartChecks } from "../protocol/start.ts";
import type { ConversationState } from "../protocol/state.ts";
import type { Soon } from "../util/maybe_promise.ts";
import { MAX_TIMER_MS } from "../util/time_limit.ts";
import { NeedsCheck } from "../verification/needs_check.ts";
import { usedNeeds } from "../verification/needs.ts";
import { planOf } from "../verification/plan.ts";
import { Verification } from "../verification/verification.ts";
import { Warnings } from "../verification/warnings.ts";
import { CallWaits } from "./call_waits.ts";
import { ControlRequests } from "../conversation/control_requests.ts";
import type { Inherited } from "./inherited.ts";
import type { Link, LinkTaker } from "../conversation/link.ts";
import { Meter } from "./meter.ts";
import { Observers } from "./observers.ts";
import { OpenQuestions } from "./open_questions.ts";
import { OpenTurns } from "../conversation/open_turns.ts";
import { resumeContext } from "../conversation/resume_context.ts";
import type { SessionSink, TurnSink } from "./sinks.ts";
import { notAsBefore, startFailure } from "./start_failure.ts";

/**
 * How long a CLI may take to end that was told to before a turn had begun. One that takes
 * the prompt just then says yes and runs the turn all the same, to its end.
 */
const UNHEARD_MS = 500;

/** Who has to hear of a line. */
interface Route {
  /** The last event of it. */
  readonly last: ClaudeEvent | undefined;
  /** It answers a request of ours: somebody waits for it. */
  readonly isAnswer: boolean;
  /** A tool has a result. */
  readonly hasToolEnded: boolean;
  /** What it is, if it is but text that the model writes: its readers are all that hear of it. */
  readonly only: Emit | undefined;
}

/** The conversation with one process. */
export class Conversation implements LinkTaker {
  /** The state machine behind it. */
  readonly protocol: Protocol;
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  readonly #link: Link;
  /** The end of the process before. */
  readonly #before: Due<void> | undefined;
  /** What the process before was told, and this one is told again. */
  readonly #changes: readonly LiveChange[];
  readonly #host: Host;
  readonly #observers: Observers;
  readonly #requests: ControlRequests;
  readonly #turns: OpenTurns;
  readonly #questions: OpenQuestions;
  readonly #callWaits = new CallWaits();
  readonly #meter: Meter;
  readonly #warnings: Warnings;
  readonly #pushes = new Map<string, (news: PushNews) => void>();
  #started: Due<WireObject> | undefined;
  #closed: Due<void> | undefined;
  #isOpening = false;
  #isEnded = false;
  /** How many outputs are being done, one inside the other. */
  #performs = 0;
  /** Why the start failed, until the outputs were done that say so. */
  #refused: Error | undefined;

  /**
   * Starts nothing.
   *
   * @param link The way to the process.
   * @param inherited From the process before, if there was one.
   */
  constructor(
    options: SessionOptions,
    session: SessionSink,
    link: Link,
    inherited?: Inherited,
  ) {
    this.#options = options;
    this.#session = session;
    this.#link = link;
    this.#before = inherited?.gone;
    this.#changes = inherited?.changes ?? [];
    const { readers } = session;
    // What was asked in a turn that the CLI began by itself is no part of ours.
    const emit = (event: ClaudeEvent) =>
      this.#emit({ events: [event] }, this.protocol.turns.owner);
    const perform = (outputs: readonly Output[]) => this.perform(outputs);
    this.#host = new Host(options, {
      emit,
      notify: (serverName, message) => {
        const payload = { server_name: serverName, message };
        // Nobody waits for it, and the CLI says yes to everything.
        this.#requests.make("mcp_message", payload, MAX_TIMER_MS, () => {});
      },
      failed: (failure) => {
        this.#observers.failed(failure);
        readers.handlerFailed(failure);
      },
      request: (subtype, payload, settle) => {
        this.#requests.make(subtype, payload, MAX_TIMER_MS, settle);
      },
      fail: (error) => this.fail(error),
      machine: machineOf(options),
    });
    this.#observers = new Observers(
      options,
      (failure) => readers.handlerFailed(failure),
    );
    this.protocol = new Protocol({
      resume: resumeContext(options),
      stderrTail: () => link.stderrTail,
      validation: options.validation,
      budget: options.budget,
      failFastOn: options.failFastOn,
      auth: options.auth,
      waitForReset: options.waitForReset,
    });
    if (inherited !== undefined) {
      this.protocol.inherit(inherited.facts, inherited.id);
    }
    this.#warnings = new Warnings({
      version: () => this.protocol.facts.claudeVersion,
      isHeard: () =>
        this.protocol.turns.sawInit && this.protocol.turns.owner !== undefined,
      emit,
    });
    if (inherited?.isLost === true && inherited.facts.isWritten) {
      this.#warnings.askBehavior("writtenAtResult");
    }
    this.#requests = new ControlRequests(this.protocol, link, perform);
    this.#turns = new OpenTurns(options, this.protocol, link, {
      perform,
      interrupt: () => this.#interrupt(),
      emit: (event) => this.#emit({ events: [event] }, this.protocol.turns.id),
      unattend: () => this.unattend(),
      fail: (error) => this.fail(error),
      close: () => void this.close(),
    });
    this.#questions = new OpenQuestions(
      {
        timeoutMs: options.permissionTimeoutMs,
        warnMs: idleSteps(options.idleTimeoutMs).warnMs,
      },
      this.protocol,
      this.#host,
      link,
      {
        // What a call waited for is not its own time.
        answered: (question, askedMs) => {
          const now = link.now();
          const waits = this.#callWaits.answered(question, askedMs, now);
          for (const { toolUseId, waitedMs } of waits) {
            this.protocol.waited(toolUseId, waitedMs);
          }
        },
        isAttended: (type) => this.#isAttended(type),
        emit: (frame, turnId) => this.#emit(frame, turnId),
        perform,
        interrupt: () => this.#interrupt(),
      },
    );
    this.#meter = new Meter(this.protocol, link, {
      request: (...request) => this.request(...request),
      counted: (used) => this.perform(this.protocol.counted(used)),
    });
  }

  /** Where the conversation is. */
  get state(): ConversationState {
    return this.protocol.state;
  }

  /** Whether the process is gone, or never came to be. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether {@linkcode close} was called. */
  get isClosing(): boolean {
    return this.#closed !== undefined;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#link.pid;
  }

  /** The end of stderr. */
  get stderrTail(): string {
    return this.#link.stderrTail;
  }

  /** The secrets that are known by now. */
  get secrets(): () => readonly string[] {
    return this.#observers.secrets;
  }

  /** Hears each line of stderr; `undefined` if nobody does. */
  get stderr(): ((line: string) => void) | undefined {
    return this.#observers.stderr;
  }

  /** Gets the host ready; it may have to load something. `undefined` if it is ready. */
  prepare(): Promise<void> | undefined {
    return this.#host.prepare();
  }

  /**
   * Starts the process and does the handshake, once.
   *
   * @throws {ConfigError} The process cannot be started with these options.
   * @throws {StateError} The session is closed, or one of those who look on starts it.
   */
  start(): Due<WireObject> {
    if (this.#started !== undefined) return this.#started;
    if (this.isClosing || this.#isEnded) throw this.closedError("start");
    this.#link.checkWait("start", this.state);
    const launch = readyLaunch(this.#options);
    this.#open(launch);
    const started = new Due<WireObject>();
    this.#started = started;
    const id = crypto.randomUUID();
    const timeoutMs = this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
    this.#requests.expect(
      id,
      timeoutMs,
      (outcome) => this.#shakenHands(outcome, started),
    );
    const fields = { ...launch.initialize, ...this.#host.initializeFields() };
    const checks = this.#checks(launch);
    const outputs = this.protocol.start(id, fields, timeoutMs, checks);
    // Before anything is written: a worker takes no line that comes earlier.
    this.#link.start(launch, this);
    this.perform(outputs);
    for (const { subtype, payload } of this.#changes) {
      this.request(subtype, payload, timeoutMs, (outcome) => {
        if (!outcome.ok) this.fail(notAsBefore(outcome.error));
      });
    }
    return started;
  }

  /** Gets those ready who look on. */
  #open(launch: Launch): void {
    if (this.#isOpening) {
      throw new StateError(
        "session_busy",
        this.state,
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

  /** What is asked and compared in the round of the handshake. */
  #checks(launch: Launch): StartChecks {
    const makeId = () => crypto.randomUUID();
    const plan = planOf(this.#options, launch);
    const needs = usedNeeds(this.#options);
    this.#warnings.askOptions(needs);
    this.#warnings.askHooks(this.#options.hooks);
    return {
      verifier: plan === undefined ? undefined : new Verification(plan, makeId),
      others: [
        new NeedsCheck(needs, makeId, (version) => {
          this.protocol.facts.claudeVersion = version;
        }),
        ...this.#namesMode ? [] : [new DefaultMode(makeId)],
      ],
    };
  }

  /** Whether somebody named a permission mode: an option, or a call in the process before. */
  get #namesMode(): boolean {
    return namesPermissionMode(this.#options) ||
      this.#changes.some(({ subtype }) => subtype === "set_permission_mode");
  }

  #shakenHands(outcome: Outcome, started: Due<WireObject>): void {
    if (outcome.ok) {
      const { response } = outcome;
      this.#host.started(response);
      if (keepsSettings(response)) this.#link.removeFiles();
      started.settle(response);
      return;
    }
    const failure = startFailure(outcome.error, this.stderrTail);
    // It ends the session, once the rest was done: this is called in the middle of it.
    this.#refused = failure;
    started.fail(failure);
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
    if (this.#observers.areAny) this.#observers.wire("in", line);
    const { limits } = this.#turns;
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
    if (route.isAnswer && !this.#observers.areAny) {
      this.#observers.learn("in", line);
    }
    this.perform(outputs);
    if (route.hasToolEnded) this.#meter.toolEnded();
    return route.isAnswer;
  }

  /**
   * Who has to hear of a line besides its readers. The one look at each event that is not the
   * protocol's.
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

  /**
   * Sends a prompt; what becomes of it goes to `sink`.
   *
   * @throws {StateError} A turn is running, or the session is closed.
   */
  send(prompt: Prompt, sink: TurnSink): void {
    this.#ensureStarted("send");
    const outputs = this.protocol.send(this.#composed(prompt));
    this.#turns.add(prompt, sink);
    this.perform(outputs);
  }

  /**
   * Hands a message to the process; news of it goes to `take`.
   *
   * @throws {StateError} The session is closed.
   */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    this.#ensureStarted("push");
    const outputs = this.protocol.push(this.#composed(prompt), how);
    this.#pushes.set(prompt.id, take);
    this.perform(outputs);
  }

  #ensureStarted(operation: string): void {
    this.#link.poll();
    if (this.isClosing || this.#isEnded) throw this.closedError(operation);
    // A start that fails is told to whoever waits for the prompt.
    if (this.state === "new") this.start();
  }

  #composed(prompt: Prompt): Prompt {
    const { verbatim = this.#options.verbatim } = prompt;
    this.#warnings.askPrompt(verbatim, this.#options);
    return { ...prompt, verbatim };
  }

  /** Nobody reads the turn any more: it runs out, interrupted unless the caller would rather not. */
  leave(turnId: string): void {
    if (!this.#isEnded) this.#turns.leave(turnId);
  }

  #interrupt(): void {
    // Its outcome is the end of the turn, which somebody waits for already.
    this.#requests.make("interrupt", {}, MAX_TIMER_MS, () => {});
  }

  /**
   * Makes a control request of the caller.
   *
   * @throws {unknown} The reason of the signal, if it was aborted before.
   */
  ask(
    subtype: string,
    payload: WireObject,
    { signal, timeoutMs }: ControlOptions = {},
  ): Due<WireObject> {
    signal?.throwIfAborted();
    this.#link.poll();
    const answer = new Due<WireObject>();
    const abandon = this.request(
      subtype,
      payload,
      timeoutMs ?? this.#options.controlTimeoutMs ?? DEFAULTS.controlTimeoutMs,
      (outcome) => {
        if (outcome.ok) answer.settle(outcome.response);
        else answer.fail(outcome.error);
      },
    );
    if (signal !== undefined) {
      const abort = () => abandon(signal.reason);
      signal.addEventListener("abort", abort);
      answer.whenSettled(() => signal.removeEventListener("abort", abort));
    }
    return answer;
  }

  /** The same with a call that settles it. Returns a function that no longer waits for it. */
  request(
    subtype: string,
    payload: WireObject,
    timeoutMs: number,
    settle: (outcome: Outcome) => void,
  ): (reason: unknown) => void {
    if (subtype === "interrupt") this.#turns.interrupted();
    this.#warnings.askRequest(subtype, payload);
    const abandon = this.#requests.make(subtype, payload, timeoutMs, settle);
    this.#host.requested(subtype);
    return abandon;
  }

  /** Does what the protocol says. */
  perform(outputs: readonly Output[]): void {
    const { readers } = this.#session;
    this.#performs++;
    // Listeners hear of it when all of it is done.
    readers.hold();
    try {
      for (const output of outputs) {
        if (output.do !== "ask") this.#do(output);
      }
      this.#turns.update();
    } finally {
      this.#performs--;
      readers.release();
    }
    if (this.#refused !== undefined && this.#performs === 0) this.#refuse();
    // Functions of the caller's come last: one that blocks in a call of its session lets
    // the lines that follow be done, and those must not overtake this one.
    for (const output of outputs) {
      if (output.do !== "ask" || !this.protocol.isOpen(output.id)) continue;
      this.#questions.ask(output.id, output.question);
    }
  }

  /** A handshake that was refused, or came too late, ends the session. */
  #refuse(): void {
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
        this.#observers.wire("out", output.line);
        this.#link.write(output.line);
        break;
      case "withdraw":
        this.#questions.withdraw(output.id);
        break;
      case "settle":
        if (!output.outcome.ok) this.#mask(output.outcome.error);
        this.#requests.settle(output.id, output.outcome);
        break;
      case "end_turn": {
        const { id, end } = output;
        this.#host.turnEnded();
        this.#mask(end.error);
        this.#turns.end(
          id,
          end.result === undefined
            ? end
            : { ...end, context: { ...end.context, secrets: this.secrets } },
        );
        break;
      }
      case "await_reset":
        this.#turns.awaitReset(output);
        break;
      case "stop_turn":
        this.#turns.stop();
        break;
      case "fail":
        this.#mask(output.error);
        this.fail(output.error);
        break;
      case "fail_turn":
        this.#mask(output.error);
        this.#turns.fail(output.id, output.error);
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

  /** Hands on what we made ourselves. */
  #emit(frame: Frame, turnId: string | undefined): void {
    this.#session.readers.hold();
    try {
      this.#hand(frame, turnId, false);
    } finally {
      this.#session.readers.release();
    }
  }

  /** Hands a line on to whoever reads or looks on. */
  #hand(frame: Frame, turnId: string | undefined, endsPushed: boolean): void {
    this.#turns.frame(frame, turnId, endsPushed);
    this.#session.readers.frame(frame);
    if (this.#observers.areAny) {
      this.#observers.events(frame.events, this.protocol.facts.model);
    }
    for (const event of frame.events) {
      if (this.#warnings.followsReplies) this.#warnings.observe(event);
      let failure: StartupError | undefined;
      if (event.type === "system_init") {
        this.#warnings.tell();
        failure = this.#host.began(event);
      } else if (event.type === "tool_result") failure = this.#host.ran(event);
      if (failure !== undefined) this.fail(failure);
    }
  }

  /** Whether somebody reads who can answer. */
  #isAttended(type: AnsweringEvent["type"]): boolean {
    return this.#turns.areAttended || this.#session.readers.attended(type);
  }

  /** Somebody stopped reading: questions that nobody is left to answer are answered no. */
  unattend(): void {
    this.#questions.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.#link.poll();
    this.#questions.respond(requestId, answer);
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(request: ToolRequest): Soon<PermissionExplanation> {
    const { cwd } = this.protocol.facts;
    return this.#host.explain(request, {
      signal: new AbortController().signal,
      ...cwd === undefined ? {} : { cwd },
    });
  }

  /**
   * Ends the process, once: an interruption if a turn runs, and then the steps of the
   * options. It fails with a `DeadlineError` if the process will not go.
   *
   * @throws {StateError} The calling function cannot wait for the session.
   */
  close(): Due<void> {
    this.#link.checkWait("close", this.state);
    const timeoutMs = closeBoundMs(closeStepsOf(this.#options));
    // A function that is called while the session closes may close it, too.
    if (this.#closed === undefined) this.#close(timeoutMs);
    else this.#link.close(Infinity);
    const closed = this.#closed as unknown as Due<void>;
    this.#link.drain(closed, timeoutMs);
    return closed;
  }

  #close(timeoutMs: number): void {
    const closed = new Due<void>();
    this.#closed = closed;
    if (this.state === "new") {
      this.#stop();
      this.end(this.closedError("start"));
      this.#goneWithBefore(closed);
      return;
    }
    const stopTimer = this.#link.after(timeoutMs, () => {
      const error = new DeadlineError("close", timeoutMs, {
        cause: this.#link.endFailure,
      });
      this.end(error);
      closed.fail(error);
    });
    this.#link.gone.whenSettled(() => {
      stopTimer();
      this.#goneWithBefore(closed);
    });
    this.#link.close(this.#stop());
  }

  /** No process is left behind: also not the one before, on its way out. */
  #goneWithBefore(closed: Due<void>): void {
    if (this.#before === undefined) closed.settle();
    else closed.follow(this.#before);
  }

  /** Closes the session: now, or as soon as the function returns that cannot wait for it. */
  closeSoon(): void {
    this.#link.soon(() => this.close());
  }

  /**
   * Asks the CLI to stop what runs, and waits for no answer. Returns how long the end of stdin
   * may take at most, in milliseconds.
   */
  #stop(): number {
    if (this.#isEnded) return Infinity;
    const { state, facts, turns } = this.protocol;
    const { isUnheard, isWorking } = turns;
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

  /** The session cannot continue: everything that waits fails, and the process is ended. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    // First: another process may come in its place, which waits for the end of this one, and
    // output that nobody takes any more would be in the way of that.
    this.#link.terminate();
    this.end(error);
  }

  /** The process is gone, or never was: everything that waits fails. */
  end(how: ProcessExit | Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#turns.limits.close();
    const wasClosed = this.state === "closing";
    const { signal } = this.#options;
    // Whatever waits for a session that was aborted gets the reason of that.
    const reason: unknown = wasClosed && signal?.aborted === true
      ? signal.reason
      : undefined;
    this.perform(
      this.protocol.end(reason instanceof Error ? reason : how, reason),
    );
    this.#turns.close(reason ?? this.protocol.endError);
    this.#host.close();
    this.#observers.end(how, wasClosed);
    this.#session.closed(
      this.isClosing ? undefined : this.protocol.endError,
    );
  }

  /** The error of a call that finds the process gone. */
  endError(operation: string): Error {
    return this.protocol.endError ?? this.closedError(operation);
  }

  /** The error of a call that comes too late. */
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
