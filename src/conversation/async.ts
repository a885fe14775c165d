/**
 * A conversation over streams and promises.
 *
 * @module
 */

import type { ControlOptions } from "../control/call.ts";
import { ClaudeStreamError, DeadlineError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import type { HandAnswer } from "../host/left_to_caller.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { DEFAULTS } from "../util/defaults.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import { Child, type ChildTaker } from "../process/child.ts";
import {
  closeBoundMs,
  closeStepsOf,
  settleWithin,
} from "../process/shutdown.ts";
import { holdExit, holdSignals } from "../process/exit_hooks.ts";
import type { Launch } from "../options/launch.ts";
import { keepsSettings } from "../process/launch_files.ts";
import { readyLaunch } from "../process/ready_launch.ts";
import { openTransport } from "../process/open.ts";
import { readStderr, StderrText, Tail } from "../process/stderr.ts";
import type {
  ProcessExit,
  Prompt,
  Protocol,
  PushNews,
  PushOptions,
} from "../protocol/mod.ts";
import type { Outcome } from "../protocol/pending.ts";
import { thrownText } from "../util/error_text.ts";
import { Conversation } from "./conversation.ts";
import type { Inherited } from "./inherited.ts";
import { LateTimers } from "./late_timers.ts";
import type { SessionSink, TurnSink } from "./sinks.ts";
import { startFailure } from "./start_failure.ts";
import { StdoutReader } from "./stdout_reader.ts";

/** Drives one process. */
export class AsyncDriver {
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  /** The end of the process before. */
  readonly #before: unknown;
  readonly #conversation: Conversation;
  readonly #tail = new Tail();
  readonly #timers: LateTimers;
  /** There is no process any more, or never was. */
  readonly #gone = Promise.withResolvers<void>();
  readonly #child: Child;
  #launch: Launch | undefined;
  #started: Promise<WireObject> | undefined;
  #closing: Promise<void> | undefined;

  /** @param inherited From the process before, where there was one. */
  constructor(
    options: SessionOptions,
    session: SessionSink,
    inherited?: Inherited,
  ) {
    this.#options = options;
    this.#before = inherited?.gone;
    this.#session = session;
    this.#child = new Child(closeStepsOf(options));
    // A process of this machine keeps the program running; what a caller makes may not.
    this.#timers = new LateTimers(
      options.transport === undefined && options.spawn === undefined,
    );
    const tail = this.#tail;
    this.#conversation = new Conversation(options, session, {
      get stderrTail() {
        return tail.toString();
      },
      write: (line) => this.#child.write(line),
      now: () => performance.now(),
      date: () => Date.now(),
      after: (timeoutMs, call) => this.#timers.after(timeoutMs, call),
      fail: (error) => this.#fail(error),
      close: () => this.close(),
    }, inherited);
  }

  /** The state machine of the conversation. */
  get protocol(): Protocol {
    return this.#conversation.protocol;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The end of stderr. */
  get stderrTail(): string {
    return this.#tail.toString();
  }

  /** Whether {@linkcode close} was called. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Starts the process and does the handshake, once. */
  start(): Promise<WireObject> {
    if (
      this.#started === undefined &&
      (this.isClosing || this.#conversation.isEnded)
    ) {
      return Promise.reject(this.#conversation.closedError("start"));
    }
    return this.#started ??= this.#start();
  }

  /** What the process is started with. Throws where that cannot be, each time. */
  #prepare(): Launch {
    if (this.#launch !== undefined) return this.#launch;
    const launch = readyLaunch(this.#options);
    this.#conversation.open(launch);
    return this.#launch = launch;
  }

  async #start(): Promise<WireObject> {
    const launch = this.#prepare();
    const timeoutMs = this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
    const answer = outcomeOf((settle) =>
      this.#conversation.start(launch, timeoutMs, settle)
    );
    this.#run(launch).catch((error) => {
      this.#fail(error);
      this.#gone.resolve();
    });
    this.#timers.begin();
    try {
      const response = await answer;
      if (keepsSettings(response)) this.#child.removeFiles();
      return response;
    } catch (error) {
      const failure = startFailure(error, this.stderrTail);
      this.#fail(failure);
      throw failure;
    }
  }

  async #run(launch: Launch): Promise<void> {
    // Only what takes time is waited for: the sooner the process is there, the more is
    // done here while it gets ready.
    const preparing = this.#conversation.prepare();
    if (preparing !== undefined) await preparing;
    if (this.#before !== undefined) await this.#before;
    const opening = openTransport(this.#options, launch);
    const process = opening instanceof Promise ? await opening : opening;
    await this.#child.run(process, this.#taker);
    this.#gone.resolve();
  }

  get #taker(): ChildTaker {
    const { exitSignals } = this.#options;
    return {
      hold(target) {
        const releaseExit = holdExit(target);
        const releaseSignals = holdSignals(target, exitSignals);
        return () => {
          releaseExit();
          releaseSignals();
        };
      },
      read: ({ readable, stderr }) => {
        const text = new StderrText(
          this.#tail,
          this.#conversation.stderr,
          this.#conversation.secrets,
        );
        return {
          stdout: this.#read(readable),
          stderr: stderr === undefined ? undefined : readStderr(stderr, text),
        };
      },
      lost: (error) => this.#fail(connectionLost(error)),
      exited: ({ code, signal }) => {
        this.#end({ code, signal, stderrTail: this.stderrTail });
        return undefined;
      },
    };
  }

  #read(stdout: ReadableStream<Uint8Array>): StdoutReader {
    return new StdoutReader(
      stdout,
      this.#options.maxLineBytes ?? DEFAULTS.maxLineBytes,
      {
        // Who waits for an answer hears of it before what comes after it is taken. The end
        // of a turn waits: lines that come with it still are of that turn.
        // While code is cold a line takes as long as a hundred do later.
        take: (line, isLast) =>
          this.#conversation.receive(line, isLast) ||
          this.#timers.areHeld && this.protocol.state === "running",
        breathe: () => this.#timers.breathe(),
      },
    );
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
    if (this.isClosing || this.#conversation.isEnded) {
      throw this.#conversation.closedError(operation);
    }
    if (this.protocol.state !== "new") return;
    this.#prepare();
    // A start that fails is told to whoever waits for the prompt.
    this.start().catch(() => {});
  }

  /** Nobody reads the turn any more: interrupts it and lets it run out. */
  leave(turnId: string): void {
    this.#conversation.leave(turnId);
  }

  /** Somebody stopped reading: questions that nobody is left to answer are answered no. */
  unattend(): void {
    this.#conversation.unattend();
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    this.#conversation.respond(requestId, answer);
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(
    request: ToolRequest,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    return this.#conversation.explain(request);
  }

  /** Makes a control request. */
  async request(
    subtype: string,
    payload: WireObject,
    options: ControlOptions = {},
  ): Promise<WireObject> {
    const { signal } = options;
    signal?.throwIfAborted();
    const timeoutMs = options.timeoutMs ?? this.#options.controlTimeoutMs ??
      DEFAULTS.controlTimeoutMs;
    let abandon: (reason: unknown) => void = () => {};
    const answer = outcomeOf((settle) => {
      abandon = this.#conversation.request(
        subtype,
        payload,
        timeoutMs,
        settle,
      );
    });
    const abort = () => abandon(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Ends the process: an interruption where a turn runs, and then the steps of
   * {@linkcode Ending}.
   *
   * @throws {DeadlineError} It will not go.
   */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#closeAll();
      // Whoever closes by hand sees it; an abort or a reader that left waits for nothing.
      this.#closing.catch(() => {});
    }
    return this.#closing;
  }

  /** The same; nobody waits for it. */
  closeSoon(): void {
    this.close();
  }

  async #closeAll(): Promise<void> {
    // No process is left behind: also not the one before, on its way out.
    await Promise.all([this.#close(), this.#before]);
  }

  async #close(): Promise<void> {
    const { state } = this.protocol;
    const eofMs = this.#conversation.close();
    if (state === "new") {
      this.#gone.resolve();
      this.#end(this.#conversation.closedError("start"));
      return;
    }
    const timeoutMs = closeBoundMs(closeStepsOf(this.#options));
    this.#child.close(eofMs);
    if (await settleWithin(this.#gone.promise, timeoutMs)) return;
    const error = new DeadlineError("close", timeoutMs, {
      cause: this.#child.endFailure,
    });
    this.#end(error);
    throw error;
  }

  /** The session cannot go on. */
  #fail(error: Error): void {
    this.#end(error);
    this.#child.terminate();
  }

  /** The conversation is over: everything that waits fails. The process may still be on its way out. */
  #end(how: ProcessExit | Error): void {
    if (this.#conversation.isEnded) return;
    this.#conversation.end(how);
    this.#session.closed(
      this.#closing === undefined ? this.protocol.endError : undefined,
    );
  }
}

/** A request that is settled by a call, as a promise. */
function outcomeOf(
  make: (settle: (outcome: Outcome) => void) => void,
): Promise<WireObject> {
  const { promise, resolve, reject } = Promise.withResolvers<WireObject>();
  make((outcome) =>
    outcome.ok ? resolve(outcome.response) : reject(outcome.error)
  );
  return promise;
}

/** What the CLI writes cannot be read any more. */
function connectionLost(cause: unknown): ClaudeStreamError {
  return new ClaudeStreamError(
    "process_exit",
    `Lost the connection to the CLI: ${thrownText(cause)}`,
    { cause },
  );
}
