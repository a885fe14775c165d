/**
 * The protocol over streams and promises: reads, writes, asks the caller's functions,
 * keeps time.
 *
 * @module
 */

import type { ControlOptions } from "../control/call.ts";
import { decodeLines } from "../decode.ts";
import {
  ControlError,
  DeadlineError,
  StartupError,
  StateError,
} from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { Question } from "../events/line.ts";
import type { HandlerFailure } from "../host/handler_failure.ts";
import {
  type AnsweringEvent,
  answeringEvent,
  eventTypeOf,
  type HandAnswer,
  handReply,
  isForPeople,
} from "../host/left_to_caller.ts";
import type { ToolRequest } from "../events/permission_request.ts";
import { type Answer, type DecidedReply, Host, LEFT } from "../host/mod.ts";
import type { PermissionExplanation } from "../permissions/explain.ts";
import type { WireObject } from "../messages/_define.ts";
import { DEFAULTS, type SessionOptions } from "../options.ts";
import { type Launch, launchOf } from "../process/args.ts";
import { type RunningProcess, spawnClaude } from "../process/spawn.ts";
import { drain, Tail } from "../process/stderr.ts";
import {
  type Output,
  type ProcessExit,
  type Prompt,
  Protocol,
  type PushNews,
  type PushOptions,
  type TurnEnd,
} from "../protocol/mod.ts";
import { BudgetWatch } from "../protocol/budget.ts";
import type { Outcome, Reply } from "../protocol/pending.ts";

/** What becomes of a turn. */
export interface TurnSink {
  /** Whether somebody reads the turn's events and can answer a request. */
  attended(): boolean;
  /** A line of the turn. */
  frame(frame: Frame): void;
  /** The turn is over. */
  end(end: TurnEnd): void;
}

/** Whoever reads the whole session. */
export interface SessionSink {
  /** Whether somebody reads the session's events and can answer such a request. */
  attended(type: AnsweringEvent["type"]): boolean;
  /** A line, of a turn or between two. */
  frame(frame: Frame): void;
  /** A function of the caller's failed. */
  handlerFailed(failure: HandlerFailure): void;
  /** The process is gone. `error` is set where nobody closed it. */
  closed(error: Error | undefined): void;
}

/** A question of the CLI that has no answer yet. */
interface OpenQuestion {
  readonly question: Question;
  readonly abort: AbortController;
  /** It was left to the caller, as an event. */
  left: boolean;
  /** Until when it can be answered. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

const LINE_FEED = new TextEncoder().encode("\n");

/** How long after the end of a background task the turn about it may begin. */
const FOLLOW_UP_MS = 500;

/** The longest time that a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How long the output of an ended process may still come, once it is silent. */
const LATE_OUTPUT_MS = 50;

/** Drives one process. */
export class AsyncDriver {
  readonly #options: SessionOptions;
  readonly #session: SessionSink;
  readonly #host: Host;
  readonly #protocol: Protocol;
  readonly #turns = new Map<string, TurnSink>();
  readonly #pushes = new Map<string, (news: PushNews) => void>();
  /** Who waits until nothing runs any more. */
  readonly #quiet = new Set<() => void>();
  readonly #own = new Map<
    string,
    {
      readonly settle: (outcome: Outcome) => void;
      readonly timer: ReturnType<typeof setTimeout> | undefined;
    }
  >();
  readonly #open = new Map<string, OpenQuestion>();
  readonly #tail = new Tail();
  /** There is a process, or never will be. */
  readonly #spawned = Promise.withResolvers<void>();
  /** There is no process any more, or never was. */
  readonly #gone = Promise.withResolvers<void>();
  /** Lines that wait for the process to be there. */
  #unwritten: string[] = [];
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #process: RunningProcess | undefined;
  #started: Promise<WireObject> | undefined;
  #closing: Promise<void> | undefined;
  #isEnded = false;

  constructor(options: SessionOptions, session: SessionSink) {
    this.#options = options;
    this.#session = session;
    this.#host = new Host(options, {
      emit: (event) => this.#emit({ events: [event] }, this.#protocol.turnId),
      notify: (serverName, message) => {
        // Nobody waits for it, and the CLI says yes to everything.
        this.request("mcp_message", { server_name: serverName, message })
          .catch(() => {});
      },
      failed: (failure) => this.#session.handlerFailed(failure),
    });
    this.#protocol = new Protocol({
      resuming: options.resume !== undefined,
      validation: options.validation,
      budget: new BudgetWatch(options.budget),
    });
  }

  /** The conversation. */
  get protocol(): Protocol {
    return this.#protocol;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
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
    return this.#started ??= this.#start();
  }

  #start(): Promise<WireObject> {
    const launch = launchOf(this.#options);
    const timeoutMs = this.#options.startTimeoutMs ?? DEFAULTS.startTimeoutMs;
    const id = crypto.randomUUID();
    const answer = this.#awaitOutcome(id, timeoutMs);
    const fields = { ...launch.initialize, ...this.#host.initializeFields() };
    this.#perform(this.#protocol.start(id, fields, timeoutMs));
    this.#run(launch).catch((error) => {
      this.#gone.resolve();
      this.#end(error);
    });
    return answer.catch((error) => {
      const failure = startFailure(error, this.stderrTail);
      this.#end(failure);
      this.#terminate(["SIGTERM", "SIGKILL"]);
      throw failure;
    });
  }

  async #run(launch: Launch): Promise<void> {
    await this.#host.prepare();
    const process = await spawnClaude(this.#options, launch);
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    // The end of stdin is seen by whoever writes next.
    this.#writer.closed.catch(() => {});
    const stderr = drain(process.stderr, this.#tail, this.#options.stderr);
    for (const line of this.#unwritten.splice(0)) this.#write(line);
    this.#spawned.resolve();
    const stdout = this.#read(process.stdout);
    const { code, signal } = await process.exited;
    await stdout.finish();
    await settleWithin(stderr, LATE_OUTPUT_MS);
    this.#gone.resolve();
    this.#end({ code, signal, stderrTail: this.stderrTail });
  }

  /** Reads stdout; the one place that does. */
  #read(
    stdout: ReadableStream<Uint8Array>,
  ): { readonly finish: () => Promise<void> } {
    const reader = decodeLines(stdout, this.#options.maxLineBytes).getReader();
    let lines = 0;
    const done = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        lines++;
        this.#perform(this.#protocol.receive(value));
      }
    })();
    return {
      // A process that was started by this one may hold the pipe open for ever.
      async finish() {
        let seen = -1;
        while (seen !== lines) {
          seen = lines;
          if (await settleWithin(done, LATE_OUTPUT_MS)) return;
        }
        await reader.cancel();
        await done;
      },
    };
  }

  /** Sends a prompt; what becomes of it goes to `sink`. */
  send(prompt: Prompt, sink: TurnSink): void {
    if (this.isClosing || this.#isEnded) throw this.#closedError("send");
    if (this.#protocol.state === "new") {
      // A start that fails is told to the turn.
      this.start().catch(() => {});
    }
    const outputs = this.#protocol.send(this.#composed(prompt));
    this.#turns.set(prompt.id, sink);
    this.#perform(outputs);
  }

  #composed(prompt: Prompt): Prompt {
    return { ...prompt, verbatim: this.#options.verbatim };
  }

  /** Hands a message to the process; news of it goes to `take`. */
  push(prompt: Prompt, how: PushOptions, take: (news: PushNews) => void): void {
    if (this.isClosing || this.#isEnded) throw this.#closedError("push");
    if (this.#protocol.state === "new") this.start().catch(() => {});
    const outputs = this.#protocol.push(this.#composed(prompt), how);
    this.#pushes.set(prompt.id, take);
    this.#perform(outputs);
  }

  /**
   * Waits until no turn runs and no task in the background that somebody waits for.
   * When the last task ends the CLI begins a turn about it, a moment later.
   */
  async quiet(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#protocol.isBusy) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      if (this.#isEnded) reject(this.#protocol.endError);
      else if (this.#protocol.isBusy) {
        clearTimeout(timer);
        timer = undefined;
      } else timer ??= setTimeout(resolve, FOLLOW_UP_MS);
    };
    this.#quiet.add(look);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#quiet.delete(look);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Nobody reads the turn any more: interrupts it and lets it run out. */
  leave(turnId: string): void {
    if (!this.#turns.delete(turnId)) return;
    this.#protocol.leave(turnId);
    if (this.#protocol.state !== "draining") return;
    this.unattend();
    // Its outcome is the end of the turn, which somebody waits for already.
    this.request("interrupt", {}).catch(() => {});
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
    const id = crypto.randomUUID();
    const outputs = this.#protocol.request(id, subtype, payload, timeoutMs);
    const answer = this.#awaitOutcome(id, timeoutMs);
    const abandon = () =>
      this.#perform(this.#protocol.abandon(id, signal?.reason));
    signal?.addEventListener("abort", abandon);
    this.#perform(outputs);
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  #awaitOutcome(id: string, timeoutMs: number): Promise<WireObject> {
    const { promise, resolve, reject } = Promise.withResolvers<WireObject>();
    // A timer takes no more; whoever gives more time means no limit.
    const timer = timeoutMs > MAX_TIMER_MS ? undefined : setTimeout(
      () => this.#perform(this.#protocol.expire(id)),
      timeoutMs,
    );
    this.#own.set(id, {
      timer,
      settle: (outcome) =>
        outcome.ok ? resolve(outcome.response) : reject(outcome.error),
    });
    return promise;
  }

  #perform(outputs: readonly Output[]): void {
    for (const output of outputs) {
      switch (output.do) {
        case "emit":
          this.#emit(output.frame, output.turnId);
          break;
        case "write":
          this.#write(output.line);
          break;
        case "ask":
          this.#ask(output.id, output.question);
          break;
        case "withdraw":
          this.#take(output.id)?.abort.abort(withdrawn());
          break;
        case "settle": {
          const waiting = this.#own.get(output.id);
          this.#own.delete(output.id);
          clearTimeout(waiting?.timer);
          waiting?.settle(output.outcome);
          break;
        }
        case "end_turn": {
          const sink = this.#turns.get(output.id);
          this.#turns.delete(output.id);
          this.#host.turnEnded();
          sink?.end(output.end);
          break;
        }
        case "fail_turn": {
          const sink = this.#turns.get(output.id);
          this.leave(output.id);
          sink?.end({ error: output.error });
          break;
        }
        case "tell_push":
          this.#pushes.get(output.id)?.(output.news);
          if ("error" in output.news) this.#pushes.delete(output.id);
          break;
        default:
          output satisfies never;
      }
    }
    for (const look of this.#quiet) look();
  }

  #emit(frame: Frame, turnId: string | undefined): void {
    this.#session.frame(frame);
    if (turnId !== undefined) this.#turns.get(turnId)?.frame(frame);
    const failure = this.#host.observe(frame.events);
    if (failure !== undefined) this.#fail(failure);
  }

  /** The session cannot go on. */
  #fail(error: Error): void {
    this.#end(error);
    this.#terminate(["SIGTERM", "SIGKILL"]);
  }

  #write(line: string): void {
    const writer = this.#writer;
    if (writer === undefined) {
      // Before the process is there, a line waits for it; after its end, for nothing.
      if (this.#process === undefined) this.#unwritten.push(line);
      return;
    }
    const bytes = new TextEncoder().encode(line);
    const whole = new Uint8Array(bytes.length + 1);
    whole.set(bytes);
    whole.set(LINE_FEED, bytes.length);
    // A process that reads no more has ended, or has to be: its end is what is reported.
    writer.write(whole).catch(() => this.#process?.kill("SIGTERM"));
  }

  #ask(id: string, question: Question): void {
    const abort = new AbortController();
    this.#open.set(id, {
      question,
      abort,
      left: false,
      timer: this.#timer(id, question),
    });
    const { cwd, id: sessionId } = this.#protocol.facts;
    const answer = this.#host.answer(question, {
      signal: abort.signal,
      ...cwd === undefined ? {} : { cwd },
      ...sessionId === undefined ? {} : { sessionId },
    });
    // What is known at once is not kept waiting for a promise.
    if (answer instanceof Promise) {
      answer.then((answer) => this.#settle(id, answer));
    } else this.#settle(id, answer);
  }

  /** Answers a question no when its time is up. */
  #timer(id: string, question: Question): OpenQuestion["timer"] {
    const { permissionTimeoutMs: timeoutMs } = this.#options;
    if (timeoutMs === undefined || !this.#host.isTimed(question)) {
      return undefined;
    }
    return setTimeout(() => {
      const abort = this.#open.get(id)?.abort;
      this.#answer(id, this.#host.late(question, timeoutMs));
      abort?.abort(new DeadlineError("answer", timeoutMs));
    }, timeoutMs);
  }

  #settle(id: string, answer: Answer): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (answer !== LEFT) {
      this.#answer(id, answer);
    } else if (!this.#isAttended(open.question)) {
      this.#answer(id, this.#host.unattended(open.question));
    } else {
      open.left = true;
      this.#hand(id, open.question);
    }
  }

  get #reader(): TurnSink | undefined {
    return this.#turns.values().next().value;
  }

  #isAttended(question: Question): boolean {
    return isForPeople(question) && (this.#reader?.attended() === true ||
      this.#session.attended(eventTypeOf(question)));
  }

  /** Leaves a question to the caller. */
  #hand(id: string, question: Question): void {
    if (!isForPeople(question)) return;
    const event = answeringEvent(
      question,
      id,
      this.#protocol.facts.id,
      (answer) => this.respond(id, answer),
    );
    this.#emit({ message: event, events: [event] }, this.#protocol.turnId);
  }

  /** Somebody stopped reading: questions that nobody is left to answer are answered no. */
  unattend(): void {
    for (const [id, { question, left }] of this.#open) {
      if (!left || this.#isAttended(question)) continue;
      this.#answer(id, this.#host.unattended(question));
    }
  }

  /** Answers a question that was left to the caller. */
  respond(requestId: string, answer: HandAnswer): void {
    const question = this.#open.get(requestId)?.question;
    if (question === undefined || !isForPeople(question)) {
      throw new StateError(
        "already_answered",
        this.#protocol.state,
        "respond",
        `Cannot answer the request "${requestId}": it was answered or withdrawn before, or there never was one`,
      );
    }
    this.#answer(requestId, { ...handReply(question, answer), by: "consumer" });
  }

  /** A question is open no more. */
  #take(id: string): OpenQuestion | undefined {
    const open = this.#open.get(id);
    clearTimeout(open?.timer);
    this.#open.delete(id);
    return open;
  }

  #answer(id: string, reply: DecidedReply): void {
    const open = this.#take(id);
    if (open === undefined) return;
    this.#perform(this.#protocol.answer(id, reply));
    const { facts, turnId } = this.#protocol;
    const event = this.#host.told(open.question, reply, facts.id);
    if (event !== undefined) {
      this.#emit({ message: event, events: [event] }, turnId);
    }
  }

  /** Who decides on a call, and why. Asks nobody but the policy. */
  explain(
    request: ToolRequest,
  ): PermissionExplanation | Promise<PermissionExplanation> {
    const { cwd } = this.#protocol.facts;
    return this.#host.explain(request, {
      signal: new AbortController().signal,
      ...cwd === undefined ? {} : { cwd },
    });
  }

  /**
   * Ends the process: an interruption where a turn runs, the end of stdin, SIGTERM,
   * SIGKILL, each after the time that the one before was given.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const { state } = this.#protocol;
    if (this.#protocol.facts.tasks.size > 0) {
      // An interruption leaves shells in the background running, and the end of stdin
      // waits for them without a limit.
      this.request("end_session", {}).catch(() => {});
    } else if (state === "running") {
      this.request("interrupt", {}).catch(() => {});
    }
    this.#protocol.close();
    if (state === "new") {
      this.#gone.resolve();
      this.#end(this.#closedError("start"));
      return;
    }
    // A process that is only just being started is ended like any other.
    await this.#spawned.promise;
    this.#endInput();
    if (await settleWithin(this.#gone.promise, this.#stepMs())) return;
    await this.#terminate(["SIGTERM", "SIGKILL"]);
  }

  /** Sends the signals, one after the other, until the process is gone. */
  async #terminate(signals: readonly ("SIGTERM" | "SIGKILL")[]): Promise<void> {
    await this.#spawned.promise;
    for (const signal of signals) {
      this.#process?.kill(signal);
      if (await settleWithin(this.#gone.promise, this.#stepMs())) return;
    }
    await this.#gone.promise;
  }

  #stepMs(): number {
    return this.#options.closeTimeoutMs ?? DEFAULTS.closeTimeoutMs;
  }

  #endInput(): void {
    // The process may have closed its end before.
    this.#writer?.close().catch(() => {});
    this.#writer = undefined;
  }

  /** The conversation is over: everything that waits fails. The process may still be on its way out. */
  #end(how: ProcessExit | Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#perform(this.#protocol.end(how));
    this.#host.close();
    this.#endInput();
    if (this.#process === undefined) this.#spawned.resolve();
    this.#session.closed(
      this.#closing === undefined ? this.#protocol.endError : undefined,
    );
  }

  #closedError(operation: string): StateError {
    return new StateError(
      "session_closed",
      this.#protocol.state,
      operation,
      `Cannot ${operation}: the session is closed`,
      { cause: this.#protocol.endError },
    );
  }
}

/** The CLI may refuse the handshake, as it may any request; to the caller the start failed. */
function startFailure(error: unknown, stderrTail: string): Error {
  return error instanceof ControlError
    ? new StartupError(
      "handshake",
      `The CLI refused the handshake: ${error.reason}`,
      { cause: error, stderrTail },
    )
    : error as Error;
}

function withdrawn(): DOMException {
  return new DOMException("The request was withdrawn", "AbortError");
}

/** Waits for the end of something, but not for longer than this. Says whether it ended. */
async function settleWithin(
  promise: Promise<unknown>,
  timeoutMs: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
