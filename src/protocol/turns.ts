/**
 * The turns of one process: prompts go out, lines of the CLI move the turns forward, and
 * each turn comes to its end. Pure, as all of the protocol.
 *
 * @module
 */

import type { Used } from "../decode/usage.ts";
import type { ErrorDetails, StartupError } from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { CommandLifecycle } from "../messages/conversation.ts";
import {
  dropped,
  endError,
  neverSent,
  type ProcessExit,
  refusedStart,
  type ResumeContext,
  unreported,
} from "./end_error.ts";
import type { Ledger } from "./ledger.ts";
import { LimitWait } from "./limit_wait.ts";
import { OpenTurn } from "./open_turn.ts";
import type {
  AuthMode,
  BudgetOptions,
  FailFast,
  WaitForReset,
} from "./options.ts";
import { Outbox, promptLine, type WrittenPrompt } from "./outbox.ts";
import type { Emit, Output } from "./output.ts";
import type { Outcome } from "./pending.ts";
import type { Prompt, PushOptions } from "./prompt.ts";
import { SignIn } from "./sign_in.ts";
import { type ConversationState, illegal, next } from "./state.ts";
import { type TurnEnd, turnEnd, type TurnStop } from "./turn_failure.ts";
import { TurnMatcher } from "./turn_matcher.ts";
import { TurnStops } from "./turn_stops.ts";

/** Options of the turns of a conversation. */
export interface TurnsOptions {
  /** The session that the process was told to resume. */
  readonly resume?: ResumeContext | undefined;
  /** Option of the same name of the session. */
  readonly budget?: BudgetOptions | undefined;
  /** Option `limits.maxBudgetUsd` of the session. */
  readonly maxBudgetUsd?: number | undefined;
  /** Option of the same name of the session. */
  readonly failFastOn?: readonly FailFast[] | undefined;
  /** Option of the same name of the session. */
  readonly auth?: AuthMode | undefined;
  /** Option of the same name of the session. */
  readonly waitForReset?: WaitForReset | undefined;
}

/** Tells what every error says besides. */
type Details = () => Pick<ErrorDetails, "sessionId" | "stderrTail">;

/** The turns of one process. */
export class Turns {
  readonly #ledger: Ledger;
  readonly #details: Details;
  readonly #resume: ResumeContext | undefined;
  readonly #matcher = new TurnMatcher();
  readonly #stops: TurnStops;
  readonly #limitWait: LimitWait;
  readonly #signIn: SignIn;
  readonly #outbox = new Outbox();
  #state: ConversationState = "new";
  #sawInit = false;
  #startupError: StartupError | undefined;

  /** @param ledger Each event is entered there before its message comes here. */
  constructor(options: TurnsOptions, ledger: Ledger, details: Details) {
    this.#ledger = ledger;
    this.#details = details;
    this.#resume = options.resume;
    this.#stops = new TurnStops(options, ledger.facts);
    this.#limitWait = new LimitWait(options.waitForReset);
    this.#signIn = new SignIn(options.auth);
  }

  /** The facts are those of a process before: what was reached then was told then. */
  inherited(): void {
    this.#stops.thresholds();
  }

  /** The state of the conversation. */
  get state(): ConversationState {
    return this.#state;
  }

  /** Whether this process was ever sent a prompt or a message. */
  get hasPrompted(): boolean {
    return this.#outbox.hasWritten;
  }

  /** Whether the first turn of the process has begun. */
  get sawInit(): boolean {
    return this.#sawInit;
  }

  /** The turn that the caller waits for. */
  get open(): OpenTurn | undefined {
    return this.#matcher.open;
  }

  /** Id of that turn. */
  get id(): string | undefined {
    return this.#matcher.open?.prompt.id;
  }

  /** Id of the turn that lines belong to now; `undefined` if it is not the caller's. */
  get owner(): string | undefined {
    return this.#matcher.owner;
  }

  /** Whether a prompt waits for the turn before it to drain. */
  get hasWaiting(): boolean {
    return this.#outbox.waiting !== undefined;
  }

  /** Whether it is the prompt of this turn that waits. */
  isWaiting(turnId: string): boolean {
    return this.#outbox.waiting?.prompt.id === turnId;
  }

  /** Whether any turn runs, or a message waits for one. */
  get isBusy(): boolean {
    return this.#matcher.isBusy;
  }

  /** Whether the CLI is at work on any turn. */
  get isWorking(): boolean {
    const { isBusy, open } = this.#matcher;
    return isBusy && open?.resting === undefined &&
      this.#state !== "closing" && this.#state !== "ended";
  }

  /** Whether there is a prompt whose turn has not begun: an interruption would not be heard. */
  get isUnheard(): boolean {
    return this.open?.started === false;
  }

  /** The pushed messages that the turn is about which runs, or is the next to begin. */
  get pushedTurn(): readonly string[] {
    return this.#matcher.pushedTurn;
  }

  /** Whether it makes sense to ask what the turn has used so far. */
  get isLimited(): boolean {
    return this.#stops.isLimited && this.owner !== undefined &&
      this.open?.stop === undefined;
  }

  /** Hands a line to the turn that it belongs to. */
  emit(frame: Frame): Emit {
    return { do: "emit", frame, turnId: this.#matcher.owner };
  }

  /** The process is up. */
  start(): void {
    this.#state = next(this.#state, "start");
  }

  /** The start is over: prompts that waited for it go out, or never do. */
  shakeHands(
    { id, outcome }: { readonly id: string; readonly outcome: Outcome },
  ): Output[] {
    const held = this.#outbox.release();
    if (!outcome.ok) return [{ do: "settle", id, outcome }];
    const error = this.#signIn.atHandshake(outcome.response);
    return error === undefined
      ? [{ do: "settle", id, outcome }, ...held]
      : [{ do: "settle", id, outcome: { ok: false, error } }];
  }

  /** Sends a prompt, or keeps it until the turn before has drained. */
  send(prompt: Prompt): Output[] {
    if (this.hasWaiting) throw illegal(this.#state, "send");
    this.#stops.checkBudget();
    const state = next(this.#state, "send");
    // A prompt that cannot be written must fail before it counts as a turn.
    const line = promptLine(prompt);
    this.#state = state;
    if (state === "draining") {
      this.#outbox.keep({ prompt, line });
      return [];
    }
    return this.#open({ prompt, line });
  }

  #open({ prompt, line }: WrittenPrompt): Output[] {
    this.#matcher.open = new OpenTurn(prompt);
    return this.#outbox.write(prompt.id, line);
  }

  /** Hands a message to the process in any state of its turns. What becomes of it is told. */
  push(prompt: Prompt, how: PushOptions): Output[] {
    if (
      this.#state !== "idle" && this.#state !== "running" &&
      this.#state !== "draining"
    ) {
      throw illegal(this.#state, "send");
    }
    this.#stops.checkBudget();
    const line = promptLine(prompt, how);
    this.#matcher.pushed.add(prompt.id);
    return this.#outbox.write(prompt.id, line);
  }

  /** The turn of the pushed messages failed for those who wait for it. */
  failPushed(error: unknown): Output[] {
    return this.pushedTurn.map((id) => ({
      do: "tell_push",
      id,
      news: { error },
      last: true,
    }));
  }

  /**
   * The reader of the turn left. Its rest is drained, and should be interrupted. A prompt
   * that has not gone out yet never does.
   */
  leave(turnId: string): Output[] {
    if (this.isWaiting(turnId)) {
      this.#outbox.takeWaiting();
      return [{ do: "end_turn", id: turnId, end: { error: neverSent() } }];
    }
    if (this.#outbox.drop(turnId)) {
      return this.#endTurn(turnId, { error: neverSent() });
    }
    if (this.id === turnId && this.#state === "running") {
      this.#state = next(this.#state, "leave");
    }
    return this.#endWait();
  }

  /** Ends the wait for a limit: the turn ends as it had ended. */
  #endWait(): Output[] {
    const { open } = this;
    return open?.resting === undefined
      ? []
      : this.#endTurn(open.prompt.id, open.resting);
  }

  /**
   * The limit that a turn waited for is over: the turn continues, or ends as it had ended.
   *
   * @param promptId A UUID that this process has not seen, if the turn is to continue.
   */
  goOn(turnId: string, promptId: string | undefined): Output[] {
    const { open } = this;
    if (open?.resting === undefined || open.prompt.id !== turnId) return [];
    if (promptId === undefined || this.#stops.isSpent) return this.#endWait();
    const { turn, prompt } = this.#limitWait.end(open, promptId);
    const line = promptLine(prompt);
    this.#matcher.open = turn;
    return this.#outbox.write(turnId, line);
  }

  /** Asks the CLI by this request to stop the turn that runs. */
  interrupt(id: string, line: string): Output[] {
    const { open } = this;
    // Before the turn's init the CLI accepts the interruption, and then runs the turn anyway.
    if (open?.started === false && open.resting === undefined) {
      open.holdInterrupt(id, line);
      return [];
    }
    return [{ do: "write", line }, ...this.#endWait()];
  }

  /** An interruption is no longer wanted. Returns whether it was still held back. */
  forget(id: string): boolean {
    return this.open?.dropInterrupt(id) === true;
  }

  /** A message came, and is read: it may begin a turn, or end one. */
  message(raw: WireObject, frame: Frame): Output[] {
    if (!this.#sawInit && isOfDeferredCall(raw, frame)) {
      this.#matcher.beginDeferredCall();
    }
    if (raw.type === "result") return this.#finish(raw, frame);
    if (raw.type === "system" && raw.subtype === "init") {
      return this.#begin(raw, frame);
    }
    const [event] = frame.events;
    switch (event?.type) {
      case "command_lifecycle":
        return this.#follow(event, frame);
      case "api_retry": {
        const hasKey = this.#signIn.key !== undefined;
        const stop = this.#stops.retry(event, this.open, hasKey);
        return [this.emit(frame), ...this.#stop(stop)];
      }
      default:
        return [this.emit(frame)];
    }
  }

  /** A turn begins. */
  #begin(init: WireObject, frame: Frame): Output[] {
    this.#sawInit = true;
    const { open } = this;
    const own = this.#matcher.begin(init);
    const error = this.#signIn.atInit(init);
    // The init itself belongs to the turn that it begins.
    return [
      this.emit(frame),
      ...error === undefined ? [] : [{ do: "fail", error } as const],
      ...own && open !== undefined ? releaseInterrupts(open) : [],
    ];
  }

  /** Follows the state of a prompt. */
  #follow(event: CommandLifecycle, frame: Frame): Output[] {
    const { open } = this;
    const outputs: Output[] = [
      this.#matcher.isOfTurn(event)
        ? this.emit(frame)
        : { do: "emit", frame, turnId: undefined },
    ];
    // A prompt that failed by a limit is cancelled, after its result.
    const isOver = open?.resting !== undefined;
    if (open !== undefined && !isOver && this.#matcher.isDropped(event)) {
      const error = dropped(event, "send", this.#ledger.facts.id);
      outputs.push(...this.#endTurn(open.prompt.id, { error }));
    }
    const state = this.#matcher.lifecycle(event);
    if (open?.started === true) outputs.push(...releaseInterrupts(open));
    if (state === undefined) return outputs;
    const id = event.commandUuid;
    const { pushed } = this.#matcher;
    const told = pushed.tell(id, { state });
    if (state !== "cancelled" && state !== "refused") return [...outputs, told];
    const error = dropped(event, "push", this.#ledger.facts.id);
    return [...outputs, { ...told, last: false }, pushed.tell(id, { error })];
  }

  /** Interrupts the caller's turn, which fails for this reason. */
  #stop(stop: TurnStop | undefined): Output[] {
    const { open } = this;
    if (
      stop === undefined || open === undefined || open.stop !== undefined ||
      this.owner !== open.prompt.id
    ) return [];
    open.stop = stop;
    return [{ do: "stop_turn", id: open.prompt.id }];
  }

  /** Takes what the process counts in the middle of a turn. */
  counted(counted: Used): Output[] {
    return this.#stop(this.#stops.counted(counted));
  }

  /** A turn ends. */
  #finish(raw: WireObject, decoded: Frame): Output[] {
    const { open } = this;
    const [event] = decoded.events;
    const result = event?.type === "result" ? event : undefined;
    const frame = result === undefined ? decoded : {
      ...decoded,
      events: [...decoded.events, ...this.#stops.thresholds()],
    };
    const emit = this.emit(frame);
    const outputs: Output[] = [
      this.#matcher.isOfPushed(raw) ? { ...emit, endsPushed: true } : emit,
    ];
    this.#checkStart(raw);
    const { own, answered } = this.#matcher.end(raw);
    const { pushed } = this.#matcher;
    if (result !== undefined) {
      outputs.push(...answered.map((id) => pushed.tell(id, { result })));
    }
    if (!this.#matcher.reportsLifecycle) {
      outputs.push(...pushed.end(unreported()));
    }
    if (!own || open === undefined) return outputs;
    const end = this.#startupError === undefined
      ? turnEnd(raw, frame, {
        assistantError: open.assistantError,
        key: this.#signIn.key,
        rateLimit: this.#ledger.rateLimit,
        isClosing: this.#state === "closing",
        stop: open.stop,
      }, this.#details())
      : { error: this.#startupError };
    const reset = this.#state === "running"
      ? this.#limitWait.begin(open, end)
      : undefined;
    const { id } = open.prompt;
    return [
      ...outputs,
      ...releaseInterrupts(open),
      ...reset === undefined
        ? this.#endTurn(id, end)
        : [{ do: "await_reset", id, reset } as const],
    ];
  }

  /** A result without any init is about the start of the process. */
  #checkStart(result: WireObject): void {
    if (
      result.subtype !== "error_during_execution" || this.#sawInit ||
      // A turn that we ended before it began ends like that, too.
      this.#state === "closing"
    ) return;
    this.#startupError = refusedStart(result, this.#resume, this.#details());
  }

  #endTurn(id: string, end: TurnEnd): Output[] {
    const { open } = this;
    const outputs: Output[] = [
      ...open === undefined ? [] : releaseInterrupts(open),
      { do: "end_turn", id, end },
    ];
    this.#matcher.open = undefined;
    if (this.#state !== "closing") this.#state = next(this.#state, "result");
    const waiting = this.#state === "idle"
      ? this.#outbox.takeWaiting()
      : undefined;
    if (waiting === undefined) return outputs;
    this.#state = next(this.#state, "send");
    return [...outputs, ...this.#open(waiting)];
  }

  /** No more prompts. A prompt that waited for the previous turn will not be sent. */
  close(): Output[] {
    this.#state = next(this.#state, "close");
    const waiting = this.#outbox.takeWaiting();
    if (waiting === undefined) return [];
    const error = illegal(this.#state, "send");
    return [{ do: "end_turn", id: waiting.prompt.id, end: { error } }];
  }

  /** Why the process is gone. To be asked before {@linkcode end}. */
  errorOf(how: ProcessExit): Error {
    return this.#startupError ?? endError(how, {
      isClosing: this.#state === "closing",
      isReady: this.#outbox.isReleased,
      sawInit: this.#sawInit,
      sessionId: this.#details().sessionId,
    });
  }

  /** The process is gone, or never came to be: all that waits for a turn fails. */
  end(error: unknown): Output[] {
    this.#state = next(this.#state, "end");
    const outputs: Output[] = [];
    const waiting = this.#outbox.takeWaiting();
    for (const id of [this.id, waiting?.prompt.id]) {
      if (id !== undefined) {
        outputs.push({ do: "end_turn", id, end: { error } });
      }
    }
    this.#matcher.open = undefined;
    return [...outputs, ...this.#matcher.pushed.end(error)];
  }
}

/** The readable state of a conversation's turns. */
export type TurnsState = Pick<
  Turns,
  | "hasPrompted"
  | "hasWaiting"
  | "id"
  | "isBusy"
  | "isLimited"
  | "isUnheard"
  | "isWaiting"
  | "isWorking"
  | "owner"
  | "pushedTurn"
  | "sawInit"
>;

function releaseInterrupts(turn: OpenTurn): Output[] {
  return turn.releaseInterrupts().map((line) => ({ do: "write", line }));
}

/** Whether a line before the first `init` is about a call that the session left to this process. */
function isOfDeferredCall(raw: WireObject, { events }: Frame): boolean {
  return raw.type === "result"
    ? raw.stop_reason === "tool_deferred" ||
      raw.terminal_reason === "tool_deferred_unavailable"
    : events[0]?.type === "tool_result";
}
