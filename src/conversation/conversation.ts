/**
 * The conversation with one process, from its start to its end. The same for async and
 * blocking sessions; the link to the process is the difference.
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
import type { SessionOptions } from "../options/session_options.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { keepsSettings } from "../process/launch_files.ts";
import { readyLaunch } from "../process/ready_launch.ts";
import { storedSession } from "../process/stored_session.ts";
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
import { Due } from "../util/due.ts";
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
 * How long a CLI may take to end that was told to before a turn had begun. One that takes
 * the prompt just then says yes and runs the turn all the same, to its end.
 */
const UNHEARD_MS = 500;

/** The conversation with one process. */
export class Conversation {
  /** The state machine behind it. */
  readonly protocol: Protocol;
  readonly #options: SessionOptions;
  readonly #link: Link;
  readonly #exchange: Exchange;
  /** The end of the process before. */
  readonly #before: Due<void> | undefined;
  /** What the process before was told, and this one is told again. */
  readonly #changes: readonly LiveChange[];
  #started: Due<WireObject> | undefined;
  #closed: Due<void> | undefined;
  #isOpening = false;

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
    this.#link = link;
    this.#before = inherited?.gone;
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

  /** Id of the process, once there is one. */
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
   * @throws {StateError} The session is closed, or one of those who look on starts it.
   */
  start(): Due<WireObject> {
    if (this.#started !== undefined) return this.#started;
    if (this.isClosing || this.#exchange.isEnded) {
      throw this.#exchange.closedError("start");
    }
    this.#link.checkWait("start", this.protocol.state);
    const launch = readyLaunch(this.#resumed());
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
    // Before anything is written: a worker takes no line that comes earlier.
    this.#link.start(launch, this.#exchange);
    this.#exchange.perform(outputs);
    for (const { subtype, payload } of this.#changes) {
      this.#exchange.request(subtype, payload, timeoutMs, (outcome) => {
        if (!outcome.ok) this.#exchange.fail(notAsBefore(outcome.error));
      });
    }
    return started;
  }

  /** The options, with the whole id in the place of its beginning. */
  #resumed(): SessionOptions {
    const stored = storedSession(this.#options);
    const { resume } = this.#exchange;
    if (resume !== undefined) resume.stored = stored;
    return stored?.id === undefined
      ? this.#options
      : { ...this.#options, resume: stored.id };
  }

  /** Gets those ready who look on. */
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

  /** What is asked and compared in the round of the handshake. */
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

  /** Whether the caller named a permission mode: by an option, or in the process before. */
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
   * Sends a prompt; what becomes of it goes to `sink`.
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
   * Hands a message to the process; news of it goes to `take`.
   *
   * @throws {StateError} The session is closed.
   */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    this.#ensureStarted("push");
    const outputs = this.protocol.push(this.#composed(prompt), how);
    this.#exchange.pushes.set(prompt.id, take);
    this.#exchange.perform(outputs);
  }

  #ensureStarted(operation: string): void {
    this.#link.poll();
    if (this.isClosing || this.#exchange.isEnded) {
      throw this.#exchange.closedError(operation);
    }
    // A start that fails is reported to the caller that waits for the prompt.
    if (this.protocol.state === "new") this.start();
  }

  #composed(prompt: Prompt): Prompt {
    const { verbatim = this.#options.verbatim } = prompt;
    this.#exchange.warnings.askPrompt(verbatim, this.#options);
    return { ...prompt, verbatim };
  }

  /** The reader of the turn left: it runs out, interrupted unless `onBreak` says otherwise. */
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
      const abort = () => abandon(signal.reason);
      signal.addEventListener("abort", abort);
      answer.whenSettled(() => signal.removeEventListener("abort", abort));
    }
    return answer;
  }

  /** A reader left: questions that no reader is left to answer are answered no. */
  unattend(): void {
    this.#exchange.questions.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.#link.poll();
    this.#exchange.questions.respond(requestId, answer);
  }

  /** Says who decides on a call, and why. Asks only the policy. */
  explain(request: ToolRequest): Soon<PermissionExplanation> {
    const { cwd } = this.protocol.facts;
    return this.#exchange.host.explain(request, {
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
    this.#link.checkWait("close", this.protocol.state);
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
    if (this.#exchange.isEnded) return Infinity;
    const { state, facts, turns } = this.protocol;
    const { isUnheard, isWorking } = turns;
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.#exchange.perform(this.protocol.failPushed(signal.reason));
    }
    // The turn of a pushed message, or one that the CLI began, is interrupted like the caller's.
    const isRunning = isWorking && state !== "draining";
    // An interruption leaves shells in the background running, for which the end of stdin
    // waits without a limit; and before a turn begins nothing is done about it.
    if (facts.tasks.size > 0 || isUnheard) {
      this.#exchange.request("end_session", {}, MAX_TIMER_MS, () => {});
    } else if (isRunning) this.#exchange.interrupt();
    this.#exchange.perform(this.protocol.close());
    return isUnheard ? UNHEARD_MS : Infinity;
  }
}
