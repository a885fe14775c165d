/**
 * The turns of one process: prompts go out, lines of the CLI move them on, each comes to
 * its end. Pure, as all of the protocol.
 *
 * @module
 */

import type { ErrorDetails, StartupError } from "../errors.ts";
import type { Frame } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { CommandLifecycle } from "../messages/conversation.ts";
import type { ApiRetry } from "../messages/system/models.ts";
import type {
  AuthMode,
  BudgetOptions,
  FailFast,
  WaitForReset,
} from "./options.ts";
import type { Used } from "../decode/totals.ts";
import { BudgetWatch, exceededError } from "./budget.ts";
import {
  dropped,
  endError,
  neverSent,
  refusedStart,
  type ResumeContext,
  unreported,
} from "./end_error.ts";
import type { SessionFacts } from "./facts.ts";
import type {
  Emit,
  Output,
  ProcessExit,
  Prompt,
  PushNews,
  PushOptions,
  TurnEnd,
} from "./output.ts";
import type { Outcome } from "./pending.ts";
import { resetOf } from "./reset.ts";
import { SignIn } from "./sign_in.ts";
import { type ConversationState, illegal, next } from "./state.ts";
import { turnEnd } from "./turn_end.ts";
import {
  refusedLimit,
  type TurnContext,
  type TurnStop,
} from "./turn_failure.ts";
import { type OpenTurn, Turns } from "./turns.ts";
import { promptLine } from "./written.ts";

/** What the turns of a conversation depend on. */
export interface TurnFlowOptions {
  /** The session that the process was told to resume. */
  readonly resume?: ResumeContext | undefined;
  /** As the session was given it. */
  readonly budget?: BudgetOptions | undefined;
  /** As the session was given it. */
  readonly failFastOn?: readonly FailFast[] | undefined;
  /** As the session was given it. */
  readonly auth?: AuthMode | undefined;
  /** As the session was given it. */
  readonly waitForReset?: WaitForReset | undefined;
}

/** A prompt, and the line that it is on the wire. */
interface WrittenPrompt {
  readonly prompt: Prompt;
  readonly line: string;
}

/** Who knows what every error says besides. */
type Details = () => Pick<ErrorDetails, "sessionId" | "stderrTail">;

/** Statuses with which the API refuses who asks. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Moves the turns of one process on. */
export class TurnFlow {
  readonly #facts: SessionFacts;
  readonly #details: Details;
  readonly #budget: BudgetWatch;
  readonly #failFastOn: readonly FailFast[];
  readonly #signIn: SignIn;
  readonly #waitForReset: WaitForReset | undefined;
  readonly #resume: ResumeContext | undefined;
  #state: ConversationState = "new";
  readonly #turns = new Turns();
  /** A prompt that waits for the turn before it to drain. */
  #waiting: WrittenPrompt | undefined;
  /**
   * Prompts that wait until the start is over: who pays, the settings, the permission mode and
   * the shell commands of skills are settled before anything runs. `undefined` after that.
   */
  #held: { readonly id: string; readonly line: string }[] | undefined = [];
  #sawInit = false;
  #hasPrompted = false;
  #startupError: StartupError | undefined;
  #rateLimit: TurnContext["rateLimit"];

  /** @param facts What is known of the session; each line is noted there before it comes here. */
  constructor(options: TurnFlowOptions, facts: SessionFacts, details: Details) {
    this.#facts = facts;
    this.#details = details;
    this.#budget = new BudgetWatch(options.budget);
    this.#failFastOn = options.failFastOn ?? [];
    this.#signIn = new SignIn(options.auth);
    this.#waitForReset = options.waitForReset;
    this.#resume = options.resume;
  }

  /** The facts are those of a process before: what was reached then was told then. */
  inherited(): void {
    this.#budget.take(this.#facts);
  }

  /** Where the conversation is. */
  get state(): ConversationState {
    return this.#state;
  }

  /** Whether this process was ever sent a prompt or a message. */
  get hasPrompted(): boolean {
    return this.#hasPrompted;
  }

  /** Id of the turn that is running. */
  get id(): string | undefined {
    return this.#turns.open?.prompt.id;
  }

  /** Whether a prompt waits for the turn before it to drain. */
  get hasWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether it is the prompt of this turn that waits. */
  isWaiting(turnId: string): boolean {
    return this.#waiting?.prompt.id === turnId;
  }

  /** Id of the turn that lines belong to now; `undefined` where they are nobody's. */
  get owner(): string | undefined {
    return this.#turns.owner;
  }

  /** Whether a turn runs, whosever it is, or a message waits for one. */
  get isBusy(): boolean {
    return this.#turns.isBusy;
  }

  /** Messages that were pushed and whose turn it is: it runs, or is the next to begin. */
  get pushedTurn(): readonly string[] {
    return this.#turns.pushedTurn;
  }

  /** The turn of the messages that were pushed failed for whoever waits for it. */
  failPushed(error: unknown): Output[] {
    return this.#turns.pushedTurn.map((id) => ({
      do: "tell_push",
      id,
      news: { error },
      last: true,
    }));
  }

  /** Whether the first turn of the process has begun. */
  get sawInit(): boolean {
    return this.#sawInit;
  }

  /** Whether there is a prompt whose turn has not begun: an interruption would not be heard. */
  get isUnheard(): boolean {
    return this.#turns.open?.started === false;
  }

  /** Whether the CLI is at work on a turn, whosever it is. */
  get isWorking(): boolean {
    return this.#turns.isBusy && this.#turns.open?.resting === undefined &&
      this.#state !== "closing" && this.#state !== "ended";
  }

  /** Hands a line on, as one of the turn that runs. */
  emit(frame: Frame): Emit {
    return { do: "emit", frame, turnId: this.#turns.owner };
  }

  /** The process is up. */
  start(): void {
    this.#state = next(this.#state, "start");
  }

  /** The start is over: prompts that waited for it go out, or never do. */
  shakeHands(
    { id, outcome }: { readonly id: string; readonly outcome: Outcome },
  ): Output[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!outcome.ok) return [{ do: "settle", id, outcome }];
    const error = this.#signIn.atHandshake(outcome.response);
    if (error !== undefined) {
      return [{ do: "settle", id, outcome: { ok: false, error } }];
    }
    return [
      { do: "settle", id, outcome },
      ...held.map(({ line }): Output => ({ do: "write", line })),
    ];
  }

  /** Sends a prompt, or keeps it until the turn before has drained. */
  send(prompt: Prompt): Output[] {
    if (this.#waiting !== undefined) throw illegal(this.#state, "send");
    this.#checkBudget();
    const state = next(this.#state, "send");
    // What cannot be written must fail before it counts as a turn.
    const line = promptLine(prompt);
    this.#state = state;
    if (state === "draining") {
      this.#waiting = { prompt, line };
      return [];
    }
    return this.#open({ prompt, line });
  }

  #checkBudget(): void {
    const reached = this.#budget.exceeded(this.#facts);
    if (reached !== undefined) throw exceededError(reached, this.#facts.id);
  }

  #open({ prompt, line }: WrittenPrompt): Output[] {
    this.#turns.open = opened(prompt);
    return this.#prompt(prompt.id, line);
  }

  #prompt(id: string, line: string): Output[] {
    this.#hasPrompted = true;
    if (this.#held === undefined) return [{ do: "write", line }];
    this.#held.push({ id, line });
    return [];
  }

  /** Hands a message to the process whatever it is doing. What becomes of it is told. */
  push(prompt: Prompt, how: PushOptions): Output[] {
    if (
      this.#state !== "idle" && this.#state !== "running" &&
      this.#state !== "draining"
    ) {
      throw illegal(this.#state, "send");
    }
    this.#checkBudget();
    const line = promptLine(prompt, how);
    this.#turns.push(prompt.id);
    return this.#prompt(prompt.id, line);
  }

  /**
   * Nobody reads the turn any more. Its rest is drained; the driver should interrupt
   * it. A prompt that has not gone out yet never does.
   */
  leave(turnId: string): Output[] {
    if (this.isWaiting(turnId)) {
      this.#waiting = undefined;
      return [{ do: "end_turn", id: turnId, end: { error: neverSent() } }];
    }
    const held = this.#held?.findIndex(({ id }) => id === turnId) ?? -1;
    if (held >= 0) {
      this.#held?.splice(held, 1);
      return this.#endTurn(turnId, { error: neverSent() });
    }
    if (this.id === turnId && this.#state === "running") {
      this.#state = next(this.#state, "leave");
    }
    return this.#endWait();
  }

  /** Nobody waits for a limit any more: the turn ends as it had ended. */
  #endWait(): Output[] {
    const { open } = this.#turns;
    return open?.resting === undefined
      ? []
      : this.#endTurn(open.prompt.id, open.resting);
  }

  /**
   * The wait for a limit is over: the turn goes on, or ends as it had ended.
   *
   * @param promptId A UUID that this process has not seen, where it goes on.
   */
  goOn(turnId: string, promptId: string | undefined): Output[] {
    const { open } = this.#turns;
    if (open?.resting === undefined || open.prompt.id !== turnId) return [];
    if (
      promptId === undefined ||
      this.#budget.exceeded(this.#facts) !== undefined
    ) return this.#endWait();
    const { waitedFor, ranTools } = open;
    const { message } = this.#waitForReset ?? {};
    const content = ranTools && message !== undefined
      ? message
      : open.prompt.content;
    const line = promptLine({ ...open.prompt, content, id: promptId });
    this.#turns.open = {
      ...opened(open.prompt),
      promptId,
      waitedFor,
      ranTools,
    };
    return this.#prompt(turnId, line);
  }

  /** Asks the CLI to stop the turn that runs, by this request. */
  interrupt(id: string, line: string): Output[] {
    const { open } = this.#turns;
    if (open?.resting !== undefined) {
      return [{ do: "write", line }, ...this.#endWait()];
    }
    if (open?.started === false) {
      // Before the turn's init the CLI says yes to it and then runs the turn all the same.
      open.heldInterrupts = [...open.heldInterrupts, { id, line }];
      return [];
    }
    return [{ do: "write", line }];
  }

  /** Whoever asked for an interruption does not any more. Says whether it was still held back. */
  forget(id: string): boolean {
    const { open } = this.#turns;
    const held = open?.heldInterrupts ?? [];
    if (open === undefined || !held.some((one) => one.id === id)) return false;
    open.heldInterrupts = held.filter((one) => one.id !== id);
    return true;
  }

  /** A message came, and is read: it may begin a turn, or end one. */
  message(raw: WireObject, decoded: Frame): Output[] {
    for (const event of decoded.events) this.#observe(event);
    const frame = decoded.events[0]?.type === "result"
      ? {
        ...decoded,
        events: [...decoded.events, ...this.#budget.take(this.#facts)],
      }
      : decoded;
    if (
      raw.subtype === "error_during_execution" && !this.#sawInit &&
      // A turn that we ended before it began ends like that, too.
      this.#state !== "closing"
    ) {
      this.#startupError = refusedStart(
        raw,
        this.#resume,
        this.#details(),
      );
    }
    if (!this.#sawInit && isOfDeferredCall(raw, frame)) {
      this.#turns.beginDeferredCall();
    }
    if (raw.type === "system" && raw.subtype === "init") {
      this.#sawInit = true;
      const { open } = this.#turns;
      const own = this.#turns.begin(raw);
      const error = this.#signIn.atInit(raw);
      // The init itself belongs to the turn that it begins.
      return [
        this.emit(frame),
        ...error === undefined ? [] : [{ do: "fail", error } as const],
        ...own && open !== undefined ? this.#releaseInterrupt(open) : [],
      ];
    }
    const [event] = frame.events;
    const outputs: Output[] = [
      event?.type === "command_lifecycle" && !this.#turns.isOfTurn(event)
        ? { do: "emit", frame, turnId: undefined } as const
        : raw.type === "result" && this.#turns.isOfPushed(raw)
        ? { ...this.emit(frame), endsPushed: true }
        : this.emit(frame),
    ];
    if (raw.type === "result") outputs.push(...this.#finish(raw, frame));
    else if (event?.type === "command_lifecycle") {
      outputs.push(...this.#follow(event));
    } else if (event?.type === "api_retry") {
      outputs.push(...this.#giveUp(event));
    }
    return outputs;
  }

  /** `failFastOn`: some failures of the API are not worth another try. */
  #giveUp(retry: ApiRetry): Output[] {
    const { errorStatus: status } = retry;
    if (status === null || !this.#isHopeless(retry, status)) return [];
    return this.#stop({ why: "api_status", status });
  }

  #isHopeless({ attempt }: ApiRetry, status: number): boolean {
    if (this.#failFastOn.includes(status)) return true;
    const { open } = this.#turns;
    if (open === undefined || !REFUSED.has(status)) return false;
    // The first failure of a call: those before it were of another one.
    if (attempt === 1) open.refusals = 0;
    open.refusals++;
    // A key stays what it is; a login may have had an old token, and renewed it.
    return this.#failFastOn.includes("auth") &&
      (this.#signIn.key !== undefined || open.refusals > 1);
  }

  /** Interrupts the caller's turn, which fails for this reason. */
  #stop(stop: TurnStop): Output[] {
    const { open, owner } = this.#turns;
    if (
      open === undefined || owner !== open.prompt.id ||
      open.stop !== undefined
    ) {
      return [];
    }
    open.stop = stop;
    return [{ do: "stop_turn", id: open.prompt.id }];
  }

  /** Whether it makes sense to ask what the turn has used so far. */
  get isLimited(): boolean {
    return this.#budget.isLimited && this.#turns.owner !== undefined &&
      this.#turns.open?.stop === undefined;
  }

  /** The process counts so much in the middle of a turn. */
  counted(counted: Used): Output[] {
    const used = this.#facts.during(counted);
    const reached = this.#budget.exceeded(this.#facts, used);
    return reached === undefined ? [] : this.#stop({ why: "budget", reached });
  }

  #observe(event: Frame["events"][number]): void {
    if (event.type === "rate_limit") this.#rateLimit = event;
    const { open } = this.#turns;
    if (
      event.type === "assistant_text" && event.error !== undefined &&
      event.parentToolUseId === null && open !== undefined
    ) {
      open.assistantError = event.error;
      this.#rateLimit = refusedLimit(event.raw) ?? this.#rateLimit;
    }
    if (event.type === "tool_use" && open?.started === true) {
      open.ranTools = true;
    }
  }

  #follow(event: CommandLifecycle): Output[] {
    const id = event.commandUuid;
    const { open } = this.#turns;
    const outputs: Output[] = [];
    // A prompt that failed by a limit is cancelled, after its result.
    const isOver = open?.resting !== undefined;
    if (open !== undefined && !isOver && this.#turns.isDropped(event)) {
      const error = dropped(event, "send", this.#facts.id);
      outputs.push(...this.#endTurn(open.prompt.id, { error }));
    }
    const state = this.#turns.lifecycle(event);
    if (open?.started === true) outputs.push(...this.#releaseInterrupt(open));
    if (state !== undefined) {
      const isDropped = state === "cancelled" || state === "refused";
      const told = this.#tellPush(id, { state });
      outputs.push(isDropped ? { ...told, last: false } : told);
      if (isDropped) {
        const error = dropped(event, "push", this.#facts.id);
        outputs.push(this.#tellPush(id, { error }));
      }
    }
    return outputs;
  }

  #releaseInterrupt(turn: OpenTurn): Output[] {
    const held = turn.heldInterrupts;
    turn.heldInterrupts = [];
    return held.map(({ line }) => ({ do: "write", line }));
  }

  #finish(raw: WireObject, frame: Frame): Output[] {
    const { open } = this.#turns;
    const { own, pushed } = this.#turns.end(raw);
    const outputs: Output[] = [];
    const [event] = frame.events;
    for (const id of pushed) {
      if (event?.type !== "result") continue;
      outputs.push(this.#tellPush(id, { result: event }));
    }
    if (!this.#turns.reportsLifecycle) {
      for (const id of this.#turns.takePushed()) {
        outputs.push(this.#tellPush(id, { error: unreported() }));
      }
    }
    if (!own || open === undefined) return outputs;
    const end = this.#startupError === undefined
      ? turnEnd(raw, frame, {
        assistantError: open.assistantError,
        key: this.#signIn.key,
        rateLimit: this.#rateLimit,
        isClosing: this.#state === "closing",
        stop: open.stop,
      }, this.#details())
      : { error: this.#startupError };
    return [
      ...outputs,
      ...this.#releaseInterrupt(open),
      ...this.#rest(open, end) ?? this.#endTurn(open.prompt.id, end),
    ];
  }

  /** A turn that failed by a limit may wait for its end. */
  #rest(open: OpenTurn, end: TurnEnd): Output[] | undefined {
    const reset = this.#state === "running"
      ? resetOf(end, open, this.#waitForReset)
      : undefined;
    if (reset === undefined) return undefined;
    open.waitedFor = reset.resetsAt;
    open.resting = end;
    return [{ do: "await_reset", id: open.prompt.id, reset }];
  }

  #tellPush(
    id: string,
    news: PushNews,
  ): Extract<Output, { do: "tell_push" }> {
    return { do: "tell_push", id, news, last: !this.#turns.isPushed(id) };
  }

  #endTurn(id: string, end: TurnEnd): Output[] {
    const { open } = this.#turns;
    const outputs: Output[] = [
      ...open === undefined ? [] : this.#releaseInterrupt(open),
      { do: "end_turn", id, end },
    ];
    this.#turns.open = undefined;
    if (this.#state !== "closing") this.#state = next(this.#state, "result");
    const waiting = this.#waiting;
    if (waiting !== undefined && this.#state === "idle") {
      this.#waiting = undefined;
      this.#state = next(this.#state, "send");
      outputs.push(...this.#open(waiting));
    }
    return outputs;
  }

  /** No more prompts. One that waited for the turn before it will not be sent. */
  close(): Output[] {
    this.#state = next(this.#state, "close");
    const id = this.#waiting?.prompt.id;
    if (id === undefined) return [];
    this.#waiting = undefined;
    const error = illegal(this.#state, "send");
    return [{ do: "end_turn", id, end: { error } }];
  }

  /** Why there is no process any more. To be asked before {@linkcode end}. */
  errorOf(how: ProcessExit): Error {
    return this.#startupError ?? endError(how, {
      isClosing: this.#state === "closing",
      isReady: this.#held === undefined,
      sawInit: this.#sawInit,
      sessionId: this.#details().sessionId,
    });
  }

  /** The process is gone, or never came to be: whoever waits for a turn hears of it. */
  end(error: unknown): Output[] {
    this.#state = next(this.#state, "end");
    const outputs: Output[] = [];
    for (const id of [this.id, this.#waiting?.prompt.id]) {
      if (id !== undefined) {
        outputs.push({ do: "end_turn", id, end: { error } });
      }
    }
    for (const id of this.#turns.takePushed()) {
      outputs.push(this.#tellPush(id, { error }));
    }
    this.#turns.open = undefined;
    this.#waiting = undefined;
    return outputs;
  }
}

/** Whether a line before the first `init` is about a call that the session left to this process. */
function isOfDeferredCall(raw: WireObject, { events }: Frame): boolean {
  return raw.type === "result"
    ? raw.stop_reason === "tool_deferred" ||
      raw.terminal_reason === "tool_deferred_unavailable"
    : events[0]?.type === "tool_result";
}

function opened(prompt: Prompt): OpenTurn {
  return {
    prompt,
    promptId: prompt.id,
    started: false,
    heldInterrupts: [],
    assistantError: undefined,
    refusals: 0,
    ranTools: false,
    waitedFor: undefined,
    resting: undefined,
  };
}
