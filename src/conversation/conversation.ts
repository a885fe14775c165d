/**
 * The conversation with one process, from its start to its end. Async and blocking sessions share
 * it; they differ only in the link to the process.
 *
 * @module
 */

import type { ControlOptions } from "../control/call.ts";
import { DeadlineError, StateError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import type { HandAnswer } from "../host/left_to_caller.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Launch } from "../options/launch.ts";
import { namesPermissionMode } from "../options/policy_options.ts";
import { withLeftBudget } from "../options/left_budget.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { keepsSettings } from "../process/launch_files.ts";
import { readyLaunch } from "../process/ready_launch.ts";
import { resumedSession } from "../process/resumed_session.ts";
import { closeBoundMs, closeStepsOf } from "../process/shutdown.ts";
import { DefaultMode } from "../protocol/default_mode.ts";
import type {
  Prompt,
  Protocol,
  PushNews,
  PushOptions,
} from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { StartChecks } from "../protocol/start.ts";
import { DEFAULTS, MAX_TIMER_MS } from "../util/limits.ts";
import { Due, onAbort } from "../util/due.ts";
import type { Soon } from "../util/maybe_promise.ts";
import { NeedsCheck, usedNeeds } from "../verification/needs.ts";
import { planOf, Verification } from "../verification/verification.ts";
import { Exchange } from "./exchange.ts";
import type { Inherited } from "./inherited.ts";
import type { Link } from "./link.ts";
import type { LiveChange } from "./live_changes.ts";
import type { SessionSink, TurnSink } from "./sinks.ts";
import { notAsBefore, startFailure } from "./start_failure.ts";

/**
 * How long a CLI may take to end if it was asked to before its turn had started, in milliseconds. A
 * CLI that takes the prompt at that moment acknowledges the request but still runs the whole turn.
 */
const UNHEARD_MS = 500;

/** The conversation with one process. */
export class Conversation {
  /** The state machine of the conversation. */
  readonly protocol: Protocol;
  readonly #options: SessionOptions;
  readonly #link: Link;
  readonly #exchange: Exchange;
  /** The end of the previous process. */
  readonly #before: Due<void> | undefined;
  /** Id of the session that the previous process was in. */
  readonly #inheritedId: string | undefined;
  /** Changes made in the previous process, to be repeated in this one. */
  readonly #changes: readonly LiveChange[];
  #started: Due<WireObject> | undefined;
  #closed: Due<void> | undefined;
  #isOpening = false;

  /**
   * Does not start the process.
   *
   * @param link The link to the process.
   * @param inherited State taken over from the previous process, if there was one.
   */
  constructor(
    options: SessionOptions,
    session: SessionSink,
    link: Link,
    inherited?: Inherited,
  ) {
    this.#options = options;
    this.#link = link;
    this.#before = inherited?.gone;
    this.#inheritedId = inherited?.id;
    this.#changes = inherited?.changes ?? [];
    this.#exchange = new Exchange(
      options,
      session,
      link,
      inherited,
      () => this.close(),
    );
    this.protocol = this.#exchange.protocol;
  }

  /** Whether {@linkcode close} was called. */
  get isClosing(): boolean {
    return this.#exchange.isClosing;
  }

  /** Id of the process, once it has started. */
  get pid(): number | undefined {
    return this.#link.pid;
  }

  /** The end of stderr. */
  get stderrTail(): string {
    return this.#link.stderrTail;
  }

  /**
   * Starts the process and does the handshake, once.
   *
   * @throws {ConfigError} The process cannot be started with these options.
   * @throws {SessionNotFoundError} There is no session to resume.
   * @throws {StateError} The session is closed, or an observer tries to start it.
   */
  start(): Due<WireObject> {
    if (this.#started !== undefined) return this.#started;
    if (this.isClosing || this.#exchange.isEnded) {
      throw this.#exchange.closedError("start");
    }
    this.#link.checkWait("start", this.protocol.state);
    const { spentUsd } = this.protocol.facts;
    const launch = readyLaunch(withLeftBudget(this.#resumed(), spentUsd));
    this.#open(launch);
    const started = new Due<WireObject>();
    this.#started = started;
    const id = crypto.randomUUID();
    const timeoutMs = this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
    this.#exchange.requests.expect(
      id,
      timeoutMs,
      (outcome) => this.#shakenHands(outcome, started),
    );
    const fields = {
      ...launch.initialize,
      ...this.#exchange.host.initializeFields(),
    };
    const checks = this.#checks(launch);
    const outputs = this.protocol.start(id, fields, timeoutMs, checks);
    // Start the link before anything is written: a worker does not accept earlier lines.
    this.#link.start(launch, this.#exchange);
    this.#exchange.perform(outputs);
    for (const { subtype, payload } of this.#changes) {
      this.#exchange.request(subtype, payload, timeoutMs, (outcome) => {
        if (!outcome.ok) this.#exchange.fail(notAsBefore(outcome.error));
      });
    }
    return started;
  }

  /**
   * Returns the options with the id of the session to resume.
   *
   * @throws {SessionNotFoundError} There is no such session, or more than one.
   */
  #resumed(): SessionOptions {
    // The previous process was in this session: its CLI knows it.
    if (this.#options.resume === this.#inheritedId) return this.#options;
    const { id, missing } = resumedSession(this.#options) ?? {};
    const { resume } = this.#exchange;
    if (resume !== undefined) resume.missing = missing;
    return id === undefined ? this.#options : { ...this.#options, resume: id };
  }

  /** Opens the observers. */
  #open(launch: Launch): void {
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
      this.#exchange.observers.open(launch);
    } catch (error) {
      this.#exchange.observers.end(error as Error, false);
      throw error;
    } finally {
      this.#isOpening = false;
    }
  }

  /** Returns what is asked and compared during the handshake. */
  #checks(launch: Launch): StartChecks {
    const makeId = () => crypto.randomUUID();
    const plan = planOf(this.#options, launch);
    const needs = usedNeeds(this.#options);
    this.#exchange.warnings.askOptions(needs);
    this.#exchange.warnings.askHooks(this.#options.hooks);
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

  /** Whether the caller set a permission mode, by an option or in the previous process. */
  get #namesMode(): boolean {
    return namesPermissionMode(this.#options) ||
      this.#changes.some(({ subtype }) => subtype === "set_permission_mode");
  }

  #shakenHands(outcome: Outcome, started: Due<WireObject>): void {
    if (outcome.ok) {
      const { response } = outcome;
      this.#exchange.host.started(response);
      if (keepsSettings(response)) this.#link.removeFiles();
      started.settle(response);
      return;
    }
    const failure = startFailure(outcome.error, this.stderrTail);
    this.#exchange.refuse(failure);
    started.fail(failure);
  }

  /**
   * Sends a prompt; the events and the end of its turn go to `sink`.
   *
   * @throws {StateError} A turn is running, or the session is closed.
   */
  send(prompt: Prompt, sink: TurnSink): void {
    this.#ensureStarted("send");
    const outputs = this.protocol.send(this.#composed(prompt));
    this.#exchange.turns.add(prompt, sink);
    this.#exchange.perform(outputs);
  }

  /**
   * Pushes a message to the process; news about it goes to `take`.
   *
   * @throws {StateError} The session is closed.
   */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    this.#ensureStarted("push");
    const outputs = this.protocol.push(this.#composed(prompt), how);
    this.#exchange.pushes.set(prompt.id, take);
    this.#exchange.perform(outputs);
  }

  /** @throws {StateError} The session is closed. */
  checkOpen(operation: string): void {
    this.#link.poll();
    if (this.isClosing || this.#exchange.isEnded) {
      throw this.#exchange.closedError(operation);
    }
  }

  #ensureStarted(operation: string): void {
    this.checkOpen(operation);
    // A failed start is reported to the caller that waits for the prompt.
    if (this.protocol.state === "new") this.start();
  }

  #composed(prompt: Prompt): Prompt {
    const { verbatim = this.#options.verbatim } = prompt;
    this.#exchange.warnings.askPrompt(verbatim, this.#options);
    return { ...prompt, verbatim };
  }

  /**
   * Called when the reader of the turn leaves: interrupts the turn, or lets it finish if `onBreak`
   * says so.
   */
  leave(turnId: string): void {
    if (!this.#exchange.isEnded) this.#exchange.turns.leave(turnId);
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
    const abandon = this.#exchange.request(
      subtype,
      payload,
      timeoutMs ?? this.#options.controlTimeoutMs ?? DEFAULTS.controlTimeoutMs,
      (outcome) => {
        if (outcome.ok) answer.settle(outcome.response);
        else answer.fail(outcome.error);
      },
    );
    if (signal !== undefined) {
      // An observer may have aborted it when the request was written.
      answer.whenSettled(onAbort(signal, () => abandon(signal.reason)));
    }
    return answer;
  }

  /** Called when a reader leaves: denies the questions that no remaining reader can answer. */
  unattend(): void {
    this.#exchange.questions.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.#link.poll();
    this.#exchange.questions.respond(requestId, answer);
  }

  /** Explains who decides on a call, and why. Asks only the policy. */
  explain(request: ToolRequest): Soon<PermissionExplanation> {
    const { cwd } = this.protocol.facts;
    return this.#exchange.host.explain(request, {
      signal: new AbortController().signal,
      ...cwd === undefined ? {} : { cwd },
    });
  }

  /**
   * Ends the process, once: interrupts a running turn, then takes the steps of the options. Fails
   * with a `DeadlineError` if the process cannot be ended.
   *
   * @throws {StateError} The calling function cannot wait for the session.
   */
  close(): Due<void> {
    this.#link.checkWait("close", this.protocol.state);
    const timeoutMs = closeBoundMs(closeStepsOf(this.#options));
    // A function called while the session closes may also close it.
    if (this.#closed === undefined) this.#close(timeoutMs);
    else this.#link.close(Infinity);
    const closed = this.#closed as unknown as Due<void>;
    this.#link.drain(closed, timeoutMs);
    return closed;
  }

  #close(timeoutMs: number): void {
    const closed = new Due<void>();
    this.#closed = closed;
    this.#exchange.isClosing = true;
    if (this.protocol.state === "new") {
      this.#stop();
      this.#exchange.end(this.#exchange.closedError("start"));
      this.#goneWithBefore(closed);
      return;
    }
    const stopTimer = this.#link.after(timeoutMs, () => {
      const error = new DeadlineError("close", timeoutMs, {
        cause: this.#link.endFailure,
      });
      this.#exchange.end(error);
      closed.fail(error);
    });
    this.#link.gone.whenSettled(() => {
      stopTimer();
      this.#goneWithBefore(closed, this.#link.gone);
    });
    this.#link.close(this.#stop());
  }

  /**
   * Also waits for the previous process if it is still ending, so that no process is left behind.
   */
  #goneWithBefore(closed: Due<void>, gone?: Due<void>): void {
    if (gone !== undefined && this.#before?.isSettled !== false) {
      closed.follow(gone);
    } else if (this.#before === undefined) closed.settle();
    else closed.follow(this.#before);
  }

  /**
   * Closes the session now, or once the current function of the caller, which cannot wait for it,
   * has returned.
   */
  closeSoon(): void {
    this.#link.soon(() => this.close());
  }

  /**
   * Asks the CLI to stop its work, without waiting for the answer. Returns how long the process may
   * run at most after stdin is closed, in milliseconds.
   */
  #stop(): number {
    if (this.#exchange.isEnded) return Infinity;
    const { state, facts, turns } = this.protocol;
    const { isUnheard, isWorking } = turns;
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.#exchange.perform(this.protocol.failPushed(signal.reason));
    }
    // A turn of a pushed message or one that the CLI started is interrupted like the caller's
    // turns.
    const isRunning = isWorking && state !== "draining";
    // An interruption leaves background shells running, for which the CLI waits without a limit
    // after stdin has ended; and before a turn starts, an interruption has no effect.
    if (facts.tasks.size > 0 || isUnheard) {
      this.#exchange.request("end_session", {}, MAX_TIMER_MS, () => {});
    } else if (isRunning) this.#exchange.interrupt();
    this.#exchange.perform(this.protocol.close());
    return isUnheard ? UNHEARD_MS : Infinity;
  }
}
