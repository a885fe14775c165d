/**
 * A session: the common implementation of `AsyncSession` and `SyncSession`.
 *
 * @module
 */

import {
  checkControlOptions,
  type ControlCall,
  type ControlOptions,
} from "../control/call.ts";
import type {
  ControlCalls,
  ControlHost,
  Given,
  SessionKind,
} from "../control/host.ts";
import {
  type CommandInfo,
  type InitializeInfo,
  readInitializeInfo,
} from "../control/initialize.ts";
import {
  interruptCall,
  type InterruptOptions,
  type InterruptReceipt,
} from "../control/conversation.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { ConfigError, ControlError } from "../errors.ts";
import type { View } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { CompactBoundary } from "../messages/system/session.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { SessionFacts } from "../protocol/facts.ts";
import type { PushOptions } from "../protocol/prompt.ts";
import { answerSchemaOf } from "../structured/json_schema.ts";
import {
  outputGiven,
  outputTaken,
  uncheckedOutput,
} from "../structured/output.ts";
import { hostServers } from "../tools/config.ts";
import { roundUsd } from "../decode/usage.ts";
import {
  type Due,
  Foreign,
  onAbort,
  type Steps,
  unlessAborted,
} from "../util/due.ts";
import { jsonCopy } from "../util/json.ts";
import type { Admission, Pass, Work } from "./admission.ts";
import { Broadcast } from "./broadcast.ts";
import type { FactsSource } from "./facts_view.ts";
import type { StatsCounter } from "../decode/stats.ts";
import { PushCore } from "./pushed.ts";
import { type Asked, Succession } from "./succession.ts";
import { TurnCore, type TurnSession } from "./turn_core.ts";
import { checkTurnOptions, readyPrompt } from "./turn_input.ts";
import type {
  Answer,
  AskOptions,
  CompactOptions,
  SendOptions,
} from "./turn_options.ts";
import type { Waiting } from "./waiting.ts";

/** Error text of a blocking session for a schema that validates with a promise. */
const SCHEMA_REFUSAL =
  "Cannot check the answer: the schema gives a promise; use an AsyncSession, or a schema that answers at once";

/** Error text for a policy that explains a decision with a promise. */
const POLICY_REFUSAL =
  "Cannot explain the permission: the policy gives a promise; use an AsyncSession";

/** A turn, and what the session had spent when its prompt was sent. */
interface BegunTurn {
  readonly turn: TurnCore;
  sent: { readonly facts: SessionFacts; readonly spentUsd: number } | undefined;
}

/**
 * One session of a kind. Always pass the kind, `new Session<"async">(…)`: TypeScript does not infer
 * it.
 */
export class Session<Kind extends SessionKind>
  implements ControlHost<Kind>, FactsSource, TurnSession {
  /** How the session waits. */
  readonly waiting: Waiting<Kind>;
  /** Distributes all events of the session. */
  readonly broadcast: Broadcast = new Broadcast();
  readonly #options: SessionOptions;
  readonly #admission: Admission | undefined;
  readonly #succession: Succession;
  /** Result of starting the process. */
  #info:
    | { readonly of: Conversation; readonly info: InitializeInfo }
    | undefined;
  /** The last turn that was started. */
  #turn: TurnCore | undefined;
  /** Functions that remove the listeners of turns' signals, by turn. */
  readonly #releases = new Map<string, () => void>();

  /**
   * Does not start a process.
   *
   * @param options Options that were already checked.
   * @param admission Set for the session of a pool, which outlives its processes.
   * @throws {unknown} The reason of `signal`, if it is already aborted.
   */
  constructor(
    options: SessionOptions,
    waiting: Waiting<Kind>,
    admission?: Admission,
  ) {
    const { signal } = options;
    signal?.throwIfAborted();
    this.waiting = waiting;
    this.#options = options;
    this.#admission = admission;
    this.#succession = new Succession(
      options,
      this.broadcast,
      waiting.converse,
      admission !== undefined,
    );
    if (signal === undefined) return;
    const release = onAbort(signal, () => {
      this.#turn?.abort(signal.reason);
      this.conversation.closeSoon();
    });
    this.broadcast.on("close", release);
  }

  /** The conversation with the current process. */
  get conversation(): Conversation {
    return this.#succession.conversation;
  }

  /** Totals of the session. */
  get tally(): StatsCounter {
    return this.broadcast.tally;
  }

  /** Id of the session, if it is known before the first message. */
  get knownId(): string | undefined {
    return this.#succession.knownId;
  }

  /** Starts the process and does the handshake. A second call returns the same result. */
  start(): Given<Kind, InitializeInfo> {
    return this.waiting.run(() =>
      this.#admitted("start", () => this.#started())
    );
  }

  /** Uses the process, in a pool once there is one to use. */
  *#admitted<T>(
    operation: string,
    steps: () => Steps<T>,
    signal?: AbortSignal,
  ): Steps<T> {
    const pass = this.#enter("request", operation);
    if (pass === undefined) return yield* steps();
    try {
      yield* unlessAborted(pass.granted, signal);
      return yield* steps();
    } finally {
      pass.leave();
    }
  }

  #enter(work: Work, operation: string): Pass | undefined {
    if (this.#admission === undefined) return undefined;
    this.conversation.checkOpen(operation);
    return this.#admission.enter(work, operation);
  }

  *#started(signal?: AbortSignal): Steps<InitializeInfo> {
    const { conversation } = this;
    const response = yield* unlessAborted(conversation.start(), signal);
    if (this.#info?.of !== conversation) {
      this.#info = { of: conversation, info: readInitializeInfo(response) };
    }
    return this.#info.info;
  }

  /** Sends a prompt immediately. */
  send(prompt: PromptContent, options: SendOptions<View>): TurnCore {
    checkTurnOptions("send", options);
    this.waiting.checkTurn("send");
    return this.#begin(prompt, options, undefined).turn;
  }

  /** @param asked Set for `ask()`, which waits for the answer and reads no events. */
  #begin(
    prompt: PromptContent,
    options: SendOptions<View>,
    asked: Asked | undefined,
  ): BegunTurn {
    const content = readyPrompt(prompt);
    const { signal } = options;
    signal?.throwIfAborted();
    const id = crypto.randomUUID();
    const pass = this.#enter("turn", asked === undefined ? "send" : "ask");
    const turn = new TurnCore(id, this);
    const begun: BegunTurn = { turn, sent: undefined };
    if (pass === undefined) this.#dispatch(begun, content, options, asked);
    else {
      turn.result.whenSettled(() => pass.leave());
      pass.granted.whenSettled(() => {
        if (turn.end !== undefined) return;
        try {
          pass.granted.take();
          this.#dispatch(begun, content, options, asked);
        } catch (error) {
          turn.settle({ error });
        }
      });
    }
    if (signal !== undefined) {
      const release = onAbort(signal, () => turn.abort(signal.reason));
      if (turn.end === undefined) this.#releases.set(id, release);
      else release();
    }
    return begun;
  }

  /** Hands a prompt to the process. */
  #dispatch(
    begun: BegunTurn,
    content: PromptContent,
    { timeoutMs, verbatim, until }: SendOptions<View>,
    asked: Asked | undefined,
  ): void {
    const { turn } = begun;
    this.#succession.hold(asked);
    const { facts } = this.conversation.protocol;
    turn.begin(this.conversation, facts.lastResult);
    begun.sent = { facts, spentUsd: facts.spentUsd };
    this.conversation.send(
      { id: turn.id, content, timeoutMs, verbatim, until },
      turn,
    );
    this.#turn = turn;
    // An observer may have aborted the session while the prompt was sent.
    const { signal: whole } = this.#options;
    if (whole?.aborted === true) {
      turn.abort(whole.reason);
      this.conversation.closeSoon();
    }
  }

  /** Replaces the conversation by a summary. */
  compact(options: CompactOptions): Given<Kind, CompactBoundary> {
    return this.waiting.run(() => this.#compacted(options));
  }

  *#compacted(
    { instructions = "", ...rest }: CompactOptions,
  ): Steps<CompactBoundary> {
    if (typeof instructions !== "string") {
      throw new ConfigError(
        "instructions",
        `Invalid instructions: expected a text, got ${typeof instructions}`,
      );
    }
    checkTurnOptions("send", rest);
    this.waiting.checkTurn("compact");
    const { facts: before } = this.conversation.protocol;
    before.compaction = undefined;
    const prompt = `/compact ${instructions.replaceAll(/\s+/g, " ")}`.trim();
    const { turn } = this.#begin(
      prompt,
      // It is a command, even if the session takes prompts as they are written.
      { ...rest, verbatim: false },
      undefined,
    );
    const result = yield* turn.awaited(turn.result);
    if (turn.failure !== undefined) throw turn.failure;
    const { compaction } = this.conversation.protocol.facts;
    if (typeof compaction === "object") return compaction;
    throw new ControlError(
      "compact",
      compaction ?? (result.text || "the CLI did not compact it"),
    );
  }

  /** Removes the listener of a turn's signal, since the turn has ended for its readers. */
  turnEnded(id: string): void {
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }

  /**
   * Interrupts a turn. A prompt that still waits for the previous turn is withdrawn instead,
   * because an interruption would stop that turn.
   */
  *interruptTurn(
    id: string,
    options?: InterruptOptions,
  ): Steps<InterruptReceipt> {
    const { conversation } = this;
    if (!conversation.protocol.turns.isWaiting(id)) {
      return yield* this.#interrupted(options);
    }
    conversation.leave(id);
    return { stillQueued: [] };
  }

  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options: AskOptions): Given<Kind, Answer> {
    return this.waiting.run(() => this.#asked(prompt, options));
  }

  *#asked(prompt: PromptContent, options: AskOptions): Steps<Answer> {
    checkTurnOptions("ask", options);
    this.waiting.checkTurn("ask");
    const { until = "tasks", schema, jsonSchema } = options;
    const begun = this.#begin(prompt, { ...options, until }, {
      schema: schema && answerSchemaOf(schema, jsonSchema),
    });
    const { turn } = begun;
    const text = yield* turn.awaited(turn.text);
    const result = yield* turn.result;
    const { sent } = begun;
    const costUsd = sent === undefined
      ? result.costUsd
      : roundUsd(sent.facts.spentUsd - sent.spentUsd);
    const { facts: now } = this.conversation.protocol;
    const answer = {
      text,
      result,
      costUsd,
      totalCostUsd: now.totalCostUsd,
      usage: result.usage,
      durationMs: result.durationMs,
      sessionId: now.id ?? this.knownId,
    };
    if (schema === undefined) {
      const isAsked = this.#options.outputSchema !== undefined;
      return { ...answer, output: uncheckedOutput(isAsked, text, result) };
    }
    const said = schema["~standard"].validate(outputGiven(text, result));
    const checked = yield* new Foreign(said, SCHEMA_REFUSAL);
    return { ...answer, output: outputTaken(checked, text, result) };
  }

  /** Pushes a message to the session, even while a turn is running. */
  push(prompt: PromptContent, options: PushOptions): PushCore {
    checkTurnOptions("push", options);
    const content = readyPrompt(prompt);
    const id = crypto.randomUUID();
    const push = new PushCore(id);
    const hand = () =>
      this.conversation.push(
        { id, content, verbatim: options.verbatim },
        options,
        (news) => push.take(news),
      );
    const pass = this.#enter("request", "push");
    if (pass === undefined) hand();
    else {
      pass.granted.whenSettled(() => {
        try {
          pass.granted.take();
          hand();
        } catch (error) {
          push.take({ error });
        } finally {
          pass.leave();
        }
      });
    }
    return push;
  }

  /** Explains who would decide on a tool call, and why, without asking the CLI. */
  explainPermission(
    toolName: string,
    input: WireObject,
  ): Given<Kind, PermissionExplanation> {
    return this.waiting.run(() => this.#explained(toolName, input));
  }

  *#explained(
    toolName: string,
    input: WireObject,
  ): Steps<PermissionExplanation> {
    const request = { toolName, input, toolUseId: "" };
    return yield* new Foreign(
      this.conversation.explain(request),
      POLICY_REFUSAL,
    );
  }

  /** Interrupts the turn that is running. */
  interrupt(options?: InterruptOptions): Given<Kind, InterruptReceipt> {
    return this.waiting.run(() => this.#interrupted(options));
  }

  *#interrupted(options?: InterruptOptions): Steps<InterruptReceipt> {
    const call = interruptCall(options);
    if (this.conversation.protocol.state === "new") return { stillQueued: [] };
    const [receipt] = yield* this.#requested([call], options);
    return receipt;
  }

  /** Ends the session and its process. */
  close(): Given<Kind, void> {
    const closed = this.#succession.close();
    this.#admission?.closing(closed);
    return this.waiting.end(closed);
  }

  /**
   * Ends the process; the next work starts another one, which resumes the session. Settled when the
   * process has ended. Returns `undefined`, and does nothing, if that would cut something off.
   */
  park(): Due<void> | undefined {
    const gone = this.#succession.park();
    if (gone !== undefined) {
      // Both hold on to the conversation with the old process.
      this.#turn = undefined;
      this.#info = undefined;
    }
    return gone;
  }

  /** Whether {@linkcode park} would end the process now. */
  get isParkable(): boolean {
    return this.#succession.isParkable;
  }

  /** Settled when all processes before the current one have ended. */
  get gone(): Due<void> | undefined {
    return this.#succession.gone;
  }

  /** Reads the CLI's answer to the handshake. */
  info<R>(read: (info: InitializeInfo) => R): Given<Kind, R> {
    return this.waiting.run(() =>
      this.#admitted("start", () => this.#read(read))
    );
  }

  *#read<R>(read: (info: InitializeInfo) => R): Steps<R> {
    return read(yield* this.#started());
  }

  /** Makes a request and reads its answer. Starts the process if there is none. */
  request<T>(
    make: () => ControlCall<T>,
    options?: ControlOptions,
  ): Given<Kind, T> {
    return this.waiting.run(() => this.#one(make, options));
  }

  *#one<T>(make: () => ControlCall<T>, options?: ControlOptions): Steps<T> {
    const calls = [make()] as unknown as ControlCalls<[T]>;
    const [answer] = yield* this.#requested(calls, options);
    return answer;
  }

  /** Makes several requests at once, and reads their answers together. */
  requestAll<Answers extends readonly unknown[], R>(
    make: () => ControlCalls<Answers>,
    read: (answers: Answers) => R,
    options?: ControlOptions,
  ): Given<Kind, R> {
    return this.waiting.run(() => this.#all(make, read, options));
  }

  *#all<Answers extends readonly unknown[], R>(
    make: () => ControlCalls<Answers>,
    read: (answers: Answers) => R,
    options?: ControlOptions,
  ): Steps<R> {
    return read(yield* this.#requested(make(), options));
  }

  *#requested<Answers extends readonly unknown[]>(
    calls: ControlCalls<Answers>,
    options: ControlOptions = {},
  ): Steps<Answers> {
    checkControlOptions(options);
    const { signal } = options;
    const payloads = calls.map((call) =>
      call && jsonCopy(call.payload, `Cannot ask for "${call.subtype}"`)
    );
    signal?.throwIfAborted();
    const operation = calls.find((call) => call !== undefined)?.subtype ?? "";
    return yield* this.#admitted(
      operation,
      () => this.#answered(calls, payloads, options),
      signal,
    );
  }

  *#answered<Answers extends readonly unknown[]>(
    calls: ControlCalls<Answers>,
    payloads: readonly (WireObject | undefined)[],
    options: ControlOptions,
  ): Steps<Answers> {
    yield* this.#started(options.signal);
    const { conversation } = this;
    const asked = calls.map((call, at): Due<WireObject> | undefined =>
      call && conversation.ask(call.subtype, payloads[at] ?? {}, options)
    );
    const answers: unknown[] = [];
    for (const [at, call] of calls.entries()) {
      const due = asked[at];
      if (call === undefined || due === undefined) {
        answers.push(undefined);
        continue;
      }
      const response = yield* due;
      const { subtype } = call;
      this.#succession.granted({ subtype, payload: payloads[at] ?? {} });
      answers.push(call.read(response));
    }
    return answers as unknown as Answers;
  }

  /** Returns the commands, if the CLI has sent an update since the start. */
  commands(): readonly CommandInfo[] | undefined {
    return this.conversation.protocol.facts.commands;
  }

  /** Returns the background tasks by id. */
  tasks(): ReadonlyMap<string, BackgroundTask> {
    return this.conversation.protocol.facts.tasks;
  }

  /** Returns the names of the MCP servers that run in this process. */
  inProcessServers(): readonly string[] {
    return [...hostServers(this.#options).keys()];
  }
}
