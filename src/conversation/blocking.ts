/**
 * A conversation on a thread that blocks. A worker reads and writes; the protocol and
 * the caller's functions run here, while this thread waits for the worker.
 *
 * @module
 */

import type { ControlOptions } from "../control/call.ts";
import { DeadlineError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import type { HandAnswer } from "../host/left_to_caller.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/defaults.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { closeBoundMs, closeStepsOf } from "../process/shutdown.ts";
import { readyLaunch } from "../process/ready_launch.ts";
import { Tail } from "../process/stderr.ts";
import type {
  ProcessExit,
  Prompt,
  Protocol,
  PushNews,
  PushOptions,
} from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { CallGuard } from "./call_guard.ts";
import { Conversation } from "./conversation.ts";
import type { Inherited } from "./inherited.ts";
import { LineLink, type LinkEnd } from "./line_link.ts";
import type { SessionSink, TurnSink } from "./sinks.ts";
import { keepsSettings } from "../process/launch_files.ts";
import { startFailure } from "./start_failure.ts";
import { synchronous } from "./sync_handlers.ts";
import { Timers } from "./timers.ts";

/** The longest single wait: after it the worker is asked for a sign of life. */
const SLICE_MS = 1_000;

/** How long the worker has to end what an ended process left behind. */
const LEFTOVERS_MS = 1_000;

/** So long output is still read, in milliseconds, before a time limit that has passed holds. */
const GRACE_MS = 250;

/** Drives one process. */
export class BlockingDriver {
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  readonly #conversation: Conversation;
  readonly #timers = new Timers();
  readonly #tail = new Tail();
  #link: LineLink | undefined;
  #started: Outcome | undefined;
  #isClosing = false;
  #closesSoon = false;
  /** The process would not go. */
  #closeFailure: DeadlineError | undefined;
  /** A handler that gave a promise: told to whoever waits next. */
  #misuse: Error | undefined;
  /** When a time limit was first seen to have passed. */
  #lateSince: number | undefined;

  readonly #guard: CallGuard;

  /**
   * @param guard That of the session, for all its processes.
   * @param inherited From the process before, where there was one.
   */
  constructor(
    options: SessionOptions,
    session: SessionSink,
    guard: CallGuard,
    inherited?: Inherited,
  ) {
    this.#guard = guard;
    this.#options = synchronous(
      options,
      (error) => this.#misuse ??= error,
      (run) => guard.observe(run),
    );
    this.#session = session;
    const tail = this.#tail;
    this.#conversation = new Conversation(this.#options, session, {
      get stderrTail() {
        return tail.toString();
      },
      // Before the process is there the worker keeps it.
      write: (line) => this.#link?.send({ do: "write", line }),
      now: () => performance.now(),
      date: () => Date.now(),
      after: (timeoutMs, call) => this.#timers.after(timeoutMs, call),
      close: () => this.close(),
      fail: (error) => this.#fail(error),
    }, inherited);
  }

  /** The state machine of the conversation. */
  get protocol(): Protocol {
    return this.#conversation.protocol;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#link?.pid;
  }

  /** The end of stderr. */
  get stderrTail(): string {
    return this.#tail.toString();
  }

  /** Whether {@linkcode close} was called. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Starts the process and does the handshake, once. */
  start(): WireObject {
    if (this.protocol.state === "new") this.#begin();
    this.wait(() => this.#started !== undefined);
    const outcome = this.#started;
    if (outcome?.ok === true) return outcome.response;
    throw this.#startFailure ?? this.#conversation.closedError("start");
  }

  /** Starts the process; the handshake is answered while somebody waits. */
  #begin(): void {
    this.#guard.checkWait("start", this.protocol.state);
    // The host has nothing to prepare: what would take a promise is refused.
    const launch = readyLaunch(this.#options);
    this.#conversation.open(launch);
    const { stderr, secrets } = this.#conversation;
    this.#link = new LineLink(
      this.#options,
      launch,
      this.#tail,
      stderr,
      secrets,
    );
    const timeoutMs = this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
    this.#conversation.start(launch, timeoutMs, (outcome) => {
      this.#started = outcome;
      if (outcome.ok && keepsSettings(outcome.response)) {
        this.#link?.removeFiles();
      }
    });
  }

  get #startFailure(): Error | undefined {
    const outcome = this.#started;
    if (outcome === undefined || outcome.ok) return undefined;
    return startFailure(outcome.error, this.stderrTail);
  }

  /**
   * Blocks until something is so, and does what there is to do meanwhile.
   *
   * @throws {ClaudeStreamError} A Ctrl-C ended the process (`interrupted`).
   */
  wait(isDone: () => boolean): void {
    this.#guard.checkWait("wait", this.protocol.state);
    this.#closeIfDue();
    this.#tellMisuse();
    const link = this.#link;
    link?.enter();
    try {
      while (!isDone()) {
        if (!this.#step(SLICE_MS) && !isDone()) throw this.#endError("wait");
        this.#tellMisuse();
      }
    } finally {
      link?.leave();
      this.#closeIfDue();
    }
    this.#tellInterrupted();
  }

  /** Whoever waited gets this, even where it has got what it waited for: nobody else ends the program. */
  #tellInterrupted(): void {
    const interrupted = this.#link?.interrupted;
    if (interrupted === undefined) return;
    this.#fail(interrupted);
    throw interrupted;
  }

  #tellMisuse(): void {
    const misuse = this.#misuse;
    this.#misuse = undefined;
    if (misuse !== undefined) throw misuse;
  }

  /** Does all that there is to do at once. */
  poll(): void {
    while (!this.#conversation.isEnded && this.#step(0));
  }

  /**
   * Takes one line or record, or waits for one. Says whether it makes sense to go on:
   * for a step that waits, until the process is gone; for one that does not, while
   * there is something.
   */
  #step(mostMs: number): boolean {
    return this.#guard.step(() => this.#stepOnce(mostMs));
  }

  #stepOnce(mostMs: number): boolean {
    this.#closeIfDue();
    const link = this.#link;
    if (link === undefined || this.#conversation.isEnded) return false;
    const line = link.takeLine();
    if (line !== undefined) {
      this.#conversation.receive(line, !link.hasLine);
      this.#checkStart();
      return true;
    }
    if (link.end !== undefined) {
      this.#over(link, link.end);
      return false;
    }
    // What came in time counts, also where its reader did something else meanwhile. But
    // a stream without end must not put off a time limit for ever.
    const isLate = this.#timers.leftMs(1) === 0;
    const since = isLate ? this.#lateSince ??= performance.now() : undefined;
    this.#lateSince = since;
    const isGraceOver = since !== undefined &&
      performance.now() - since >= GRACE_MS;
    const most = isLate || mostMs === 0 ? 0 : this.#timers.leftMs(mostMs);
    const read = isGraceOver ? 0 : link.read(most);
    if (isLate && read === 0) {
      this.#lateSince = undefined;
      this.#timers.run();
      this.#checkStart();
      return true;
    }
    return read > 0 || mostMs > 0;
  }

  /** A handshake that was refused, or came too late, ends the session. */
  #checkStart(): void {
    const failure = this.#startFailure;
    if (failure !== undefined) this.#fail(failure);
  }

  #over(link: LineLink, end: LinkEnd): void {
    const isError = end instanceof Error;
    this.#end(
      link.interrupted ??
        (isError ? end : { ...end, stderrTail: this.stderrTail }),
    );
    link.waitGone(isError ? 0 : LEFTOVERS_MS);
  }

  /** Sends a prompt; what becomes of it goes to `sink`. */
  send(prompt: Prompt, sink: TurnSink): void {
    this.#ensureStarted("send");
    this.#conversation.send(prompt, sink);
  }

  /** Hands a message to the process; news of it goes to `take`. */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    this.#ensureStarted("push");
    this.#conversation.push(prompt, how, take);
  }

  #ensureStarted(operation: string): void {
    this.poll();
    if (this.isClosing || this.#conversation.isEnded) {
      throw this.#conversation.closedError(operation);
    }
    if (this.protocol.state === "new") this.#begin();
  }

  #endError(operation: string): unknown {
    return this.protocol.endError ??
      this.#conversation.closedError(operation);
  }

  /** Nobody reads the turn any more: interrupts it and lets it run out. */
  leave(turnId: string): void {
    if (!this.#conversation.isEnded) this.#conversation.leave(turnId);
  }

  /** Somebody stopped reading: questions that nobody is left to answer are answered no. */
  unattend(): void {
    this.#conversation.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.poll();
    this.#conversation.respond(requestId, answer);
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(request: ToolRequest): PermissionExplanation {
    // The policy is one that answers at once, or throws.
    const explanation = this.#conversation.explain(request);
    this.#tellMisuse();
    return explanation as PermissionExplanation;
  }

  /** Makes a control request and waits for its answer. */
  request(
    subtype: string,
    payload: WireObject,
    options: ControlOptions = {},
  ): WireObject {
    const { signal } = options;
    signal?.throwIfAborted();
    this.poll();
    const timeoutMs = options.timeoutMs ?? this.#options.controlTimeoutMs ??
      DEFAULTS.controlTimeoutMs;
    let outcome: Outcome | undefined;
    const abandon = this.#conversation.request(
      subtype,
      payload,
      timeoutMs,
      (settled) => outcome = settled,
    );
    // Only a handler can abort it: nothing else runs on this thread meanwhile.
    const abort = () => abandon(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      this.wait(() => outcome !== undefined);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    // What a call sets is unseen by the compiler.
    const settled = outcome as Outcome | undefined;
    if (settled?.ok === true) return settled.response;
    throw settled?.error ?? this.#endError(subtype);
  }

  /**
   * Ends the process: an interruption where a turn runs, and then the steps that the
   * worker takes.
   *
   * @throws {DeadlineError} It will not go.
   */
  close(): void {
    this.#guard.checkWait("close", this.protocol.state);
    const link = this.#link;
    const timeoutMs = closeBoundMs(closeStepsOf(this.#options));
    let eofMs = Infinity;
    if (!this.#isClosing) {
      this.#isClosing = true;
      eofMs = this.#conversation.close();
    }
    if (link === undefined) {
      this.#end(this.#conversation.closedError("start"));
      return;
    }
    link.send({ do: "close", eofMs });
    const last = performance.now() + timeoutMs;
    try {
      this.#waitEnd(timeoutMs);
    } finally {
      const isGone = link.waitGone(last - performance.now());
      if (!isGone) this.#closeFailure = new DeadlineError("close", timeoutMs);
      this.#end(this.#closeFailure ?? this.#conversation.closedError("close"));
    }
    if (this.#closeFailure !== undefined) throw this.#closeFailure;
  }

  /** Ends the process, or does so with the next step where a function that looks on is being called. */
  closeSoon(): void {
    if (this.#guard.isObserving) this.#closesSoon = true;
    else this.close();
  }

  #closeIfDue(): void {
    if (!this.#closesSoon) return;
    this.#closesSoon = false;
    this.close();
  }

  /** Waits for the end of the conversation, but no longer than this. */
  #waitEnd(timeoutMs: number): void {
    let isLate = false;
    const stop = this.#timers.after(timeoutMs, () => isLate = true);
    try {
      while (!this.#conversation.isEnded && !isLate) this.#step(SLICE_MS);
    } finally {
      stop();
    }
  }

  /** The session cannot go on. The worker sees to the end of the process. */
  #fail(error: Error): void {
    if (this.#conversation.isEnded) return;
    // First: another process may come in its place, which waits for the end of this one, and
    // what nobody reads any more would be in the way of that.
    this.#link?.abandon();
    this.#end(error);
  }

  /** The conversation is over: everything that waits fails. */
  #end(how: ProcessExit | Error): void {
    if (this.#conversation.isEnded) return;
    this.#conversation.end(how);
    this.#session.closed(
      this.#isClosing ? undefined : this.protocol.endError,
    );
  }
}
