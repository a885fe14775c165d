/**
 * A conversation with `claude`, async.
 *
 * @module
 */

import {
  checkControlOptions,
  type ControlCall,
  type ControlOptions,
} from "../control/call.ts";
import {
  type InitializeInfo,
  readInitializeInfo,
} from "../control/initialize.ts";
import {
  interruptCall,
  type InterruptOptions,
  type InterruptReceipt,
} from "../control/conversation.ts";
import { asyncHost } from "../control/host.ts";
import { attachControl, LiveControl } from "./live_control.ts";
import { AsyncDriver } from "../conversation/async.ts";
import type { ClaudeEvent, View } from "../events/mod.ts";
import { jsonCopy } from "../util/json_copy.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Result } from "../messages/result.ts";
import type { Usage } from "../messages/usage.ts";
import type {
  NeedsContext,
  SessionOptions,
} from "../options/session_options.ts";
import type { Decision } from "../permissions/decision.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import type { DialogAnswer, ElicitationAnswer } from "../questions/answers.ts";
import type { SchemaOutput, StandardSchema } from "../util/standard_schema.ts";
import { answerSchemaOf } from "../structured/convert.ts";
import { outputOf, uncheckedOutput } from "../structured/output.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import { checkOptions } from "../options/check_options.ts";
import type { PushOptions, Until } from "../protocol/prompt.ts";
import { pushControl, type PushedMessage } from "./pushed.ts";
import type { EventsOptions, SessionEventMap } from "./broadcast.ts";
import {
  answerOf,
  checkTurnOptions,
  onAbort,
  readyPrompt,
} from "./session_common.ts";
import { type Asked, SessionCore } from "./session_core.ts";
import { hostServers } from "../tools/config.ts";
import { Turn, turnControl } from "./turn.ts";

/** Options of `send()`. */
export interface SendOptions<V extends View = "flat"> {
  /** How the turn is cut into events. Default `"flat"`. */
  readonly view?: V;
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /** Interrupts the turn when it aborts; whoever reads it gets the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * How long the turn may take, in milliseconds, in place of `turnTimeoutMs` of the session;
   * with `until: "tasks"` all of it.
   */
  readonly timeoutMs?: number;
  /**
   * What ends the turn: `"turn"`, its own result; `"tasks"`, that no task runs in the
   * background any more and the turn about its end is over: what comes meanwhile is a part
   * of the turn. Default `"turn"`.
   */
  readonly until?: Until;
}

/** Options of `ask()`. */
export interface AskOptions {
  /** Takes the prompt as it is written, in place of the session's `verbatim`. */
  readonly verbatim?: boolean;
  /**
   * How long all of it may take, in milliseconds: the turn, in place of `turnTimeoutMs`
   * of the session, and the wait for tasks in the background, which go on all the same.
   */
  readonly timeoutMs?: number;
  /** Interrupts the turn when it aborts, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * What ends the wait: `"tasks"`, that no task runs in the background any more and the
   * turn about its end is over, whose text, if there is any, is then the answer; `"turn"`,
   * the end of the prompt's own turn. Default `"tasks"`. A shell that never ends, such as a
   * server, counts as a task: use `"turn"`, `timeoutMs` or `session.interrupt()` then.
   * A message that is pushed meanwhile has an answer of its own, which is not this one.
   */
  readonly until?: Until;
  /**
   * What the answer has to be, as a schema of any library that follows Standard Schema,
   * with an object at its root. It comes as `output`.
   */
  readonly schema?: StandardSchema;
  /** The JSON Schema of `schema`, where its library makes none. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
}

/** What `ask()` gives. */
export interface Answer<Output = unknown> {
  /** The final text. */
  readonly text: string;
  /**
   * What the schema made of the answer; what the model gave, where the option
   * `outputSchema` asked for it; else `undefined`.
   */
  readonly output: Output;
  /** The end of the turn. */
  readonly result: Result;
  /** Cost of this turn, in US dollars. */
  readonly costUsd: number;
  /** Cost of the session so far, in US dollars. */
  readonly totalCostUsd: number;
  /** Tokens of this turn. */
  readonly usage: Usage;
  /** Time that the turn took, in milliseconds. */
  readonly durationMs: number;
  /** The session, for a resume. */
  readonly sessionId: string | undefined;
}

/**
 * A conversation with `claude`, in one process, for as many turns as you like.
 *
 * The constructor starts nothing. The process starts with `start()` or the first
 * `send()` and ends with `close()`, which `await using` calls.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 *
 * async function explain(): Promise<void> {
 *   await using session = new AsyncSession({ model: "sonnet" });
 *   for await (const event of session.send("explain this repo")) {
 *     if (event.type === "assistant_text") console.log(event.text);
 *   }
 * }
 * ```
 */
export class AsyncSession<Context = unknown> extends LiveControl<"async">
  implements AsyncDisposable {
  readonly #core: SessionCore<AsyncDriver, Promise<InitializeInfo>>;

  /**
   * Starts nothing.
   *
   * @throws {ConfigError} An option cannot be, or two contradict each other.
   * @throws {unknown} The reason of `signal`, where it was aborted before.
   */
  constructor(given?: SessionOptions<Context> & NeedsContext<Context>) {
    super();
    // What follows hands the context on and never looks at it.
    const options = (given ?? {}) as SessionOptions;
    checkOptions(options);
    this.#core = new SessionCore(
      this,
      options,
      (options, sink, inherited) => new AsyncDriver(options, sink, inherited),
    );
    attachControl(
      this,
      asyncHost({
        start: () => this.start(),
        request: (call, options) => this.#request(call, options),
        commands: () => this.#core.driver.protocol.facts.commands,
        tasks: () => this.#core.driver.protocol.facts.tasks,
        inProcessServers: () => [...hostServers(options).keys()],
      }),
    );
  }

  /**
   * Starts the process and does the handshake, so that the first turn starts warm.
   * No prompt is needed for it and nothing is spent. A second call gives the same.
   *
   * @throws {ClaudeNotFoundError} There is no `claude`.
   * @throws {StartupError} It cannot be started, or gave up.
   * @throws {DeadlineError} It took longer than `startTimeoutMs`.
   */
  start(): Promise<InitializeInfo> {
    const { driver } = this.#core;
    return this.#core.info(() => driver.start().then(readInitializeInfo));
  }

  /**
   * Sends a prompt; it goes out at this call, not at the first read. Only after a
   * turn that was left early does it wait until that one has drained.
   *
   * @throws {StateError} A turn is running (`session_busy`), or the session is closed
   * (`session_closed`).
   * @throws {ConfigError} An option cannot be.
   * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
   */
  send<V extends View = "flat">(
    prompt: PromptContent,
    options: SendOptions<V> = {},
  ): Turn<V> {
    checkTurnOptions("send", options);
    return this.#begin(prompt, options);
  }

  #begin<V extends View = "flat">(
    prompt: PromptContent,
    options: SendOptions<V>,
    asked?: Asked,
  ): Turn<V> {
    const { view = "flat" as V, signal, timeoutMs, verbatim, until } = options;
    const content = readyPrompt(prompt);
    signal?.throwIfAborted();
    const id = crypto.randomUUID();
    const turn = new Turn<V>(id, view, {
      // To interrupt would stop the turn that it waits for.
      interrupt: async (options) =>
        this.#core.withdraw(id)
          ? { stillQueued: [] }
          : await this.interrupt(options),
      leave: () => this.#core.driver.leave(id),
      unattend: () => this.#core.driver.unattend(),
      ended: () => this.#core.turnEnded(id),
      stderrTail: () => this.stderrTail,
    });
    this.#core.send(
      { id, content, timeoutMs, verbatim, until },
      turnControl(turn),
      signal,
      asked,
    );
    return turn;
  }

  /**
   * Sends a prompt and waits for the answer. Nobody reads the events, so a tool call
   * that no policy decides is denied.
   *
   * With a `schema` the answer is of its type, or an error. The CLI takes a schema only
   * when it starts: for another one than before, or none, the session goes on in a new
   * process, which takes about half a second; what was changed live holds in it, rules
   * that were remembered for the session do not.
   *
   * @throws {TurnError} The turn failed; with the code `structured_output_retries` where
   * the model met the schema never.
   * @throws {StructuredOutputError} There is no answer of the schema.
   * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
   * @throws {ConfigError} An option cannot be, there is no JSON Schema of it, or the session is not written to
   * disk and cannot go on in a new process.
   * @throws {DeadlineError} It took longer than `timeoutMs`.
   */
  ask<Schema extends StandardSchema>(
    prompt: PromptContent,
    options: AskOptions & { readonly schema: Schema },
  ): Promise<Answer<SchemaOutput<Schema>>>;
  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options?: AskOptions): Promise<Answer>;
  async ask(prompt: PromptContent, options: AskOptions = {}): Promise<Answer> {
    checkTurnOptions("ask", options);
    const { until = "tasks", schema, jsonSchema } = options;
    const turn = this.#begin(
      prompt,
      { ...options, until },
      {
        schema: schema === undefined
          ? undefined
          : answerSchemaOf(schema, jsonSchema),
      },
    );
    const { facts } = this.#core.driver.protocol;
    const before = facts.spentUsd;
    const text = await turn.text();
    const result = await turn.result();
    const answer = answerOf(text, result, facts.spentUsd - before, this);
    const output = schema === undefined
      ? uncheckedOutput(this.#core.asksForOutput, text, result)
      : await outputOf(schema, text, result);
    return { ...answer, output };
  }

  /**
   * Hands a message to the session, also while a turn runs: it is folded into that turn
   * or gets one of its own. What the CLI does about it is told by what this returns;
   * the events of a turn of its own go to `events()` and the listeners.
   *
   * @throws {StateError} The session is closed (`session_closed`).
   * @throws {ConfigError} An option cannot be.
   * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
   */
  push(prompt: PromptContent, options: PushOptions = {}): PushedMessage {
    checkTurnOptions("push", options);
    const content = readyPrompt(prompt);
    const id = crypto.randomUUID();
    const { message, take } = pushControl(id);
    this.#core.driver.push(
      { id, content, verbatim: options.verbatim },
      options,
      take,
    );
    return message;
  }

  /**
   * Everything the session says, in turns and between them, from this call on. Any
   * number of readers, each with all of it. Ends when the session does. A reader that
   * is slow for long loses events, and is told so by an `EventsDropped`.
   */
  events(options: EventsOptions = {}): AsyncIterableIterator<ClaudeEvent> {
    return this.#core.broadcast.events(options);
  }

  /**
   * Calls a listener for each event of a type; also for `"turn_end"` (the result of
   * each turn), `"error"` (the process ended by itself), `"handler_failed"` (a hook, a
   * policy or the like threw, or answered in a wrong shape) and `"close"`. What a listener throws goes to `reportError`.
   * Disposing of what it returns ends it.
   *
   * @throws {TypeError} The listener is no function.
   */
  on<T extends keyof SessionEventMap>(
    type: T,
    listener: (event: SessionEventMap[T]) => void,
  ): Disposable {
    return this.#core.broadcast.on(type, listener);
  }

  /**
   * Answers a `PermissionRequest`, an `ElicitationRequest` or a `UserDialogRequest` by
   * its `requestId`, with what `allow()` and `deny()`, `elicit` or `dialog` make.
   *
   * @throws {StateError} It was answered or withdrawn before (`already_answered`).
   * @throws {TypeError} It is no answer to such a request.
   */
  respond(
    requestId: string,
    answer: Decision | ElicitationAnswer | DialogAnswer,
  ): void {
    this.#core.driver.respond(requestId, answer);
  }

  /**
   * Says who would decide on a tool call, and why, without asking the CLI: which
   * policy, by which rule. Where no policy decides, the CLI's own rules do; they are
   * not looked at. A `callback` is called for it, as for a real call.
   *
   * @param name Name of the tool.
   * @param input What it would be called with.
   *
   * @example
   * ```ts
   * import { allowList, AsyncSession } from "@claudestream/core";
   * import { assertEquals } from "@std/assert";
   *
   * const session = new AsyncSession({ policy: allowList(["Bash(git *)"]) });
   * const why = await session.explainPermission("Bash", { command: "git log" });
   * assertEquals(why.decision?.behavior, "allow");
   * assertEquals([why.by, why.rule], [["allowList"], "Bash(git *)"]);
   * ```
   */
  async explainPermission(
    name: string,
    input: WireObject = {},
  ): Promise<PermissionExplanation> {
    return await this.#core.driver.explain({
      toolName: name,
      input,
      toolUseId: "",
    });
  }

  /**
   * Interrupts the turn that is running; the session lives on. A turn that is over and waits
   * for tasks in the background ends with what it has; the tasks go on. Without a turn
   * nothing happens.
   */
  async interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    const call = interruptCall(options);
    if (this.#core.driver.protocol.state === "new") return { stillQueued: [] };
    return await this.#request(call, options);
  }

  async #request<T>(
    call: ControlCall<T>,
    options: ControlOptions = {},
  ): Promise<T> {
    checkControlOptions(options);
    const payload = jsonCopy(call.payload, `Cannot ask for "${call.subtype}"`);
    options.signal?.throwIfAborted();
    await unlessAborted(this.start(), options.signal);
    const { subtype } = call;
    const { driver } = this.#core;
    const response = await driver.request(subtype, payload, options);
    this.#core.granted({ subtype, payload });
    return call.read(response);
  }

  /**
   * Ends the session and its process: interrupts a running turn, ends stdin, and
   * after `closeTimeoutMs` each sends SIGTERM and SIGKILL; then what it left behind is
   * ended. A second call waits for the same end. Whatever still waits fails with a
   * `StateError`.
   *
   * @throws {DeadlineError} The process will not go.
   */
  close(): Promise<void> {
    return this.#core.driver.close();
  }

  /** Closes the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Waits for something, but no longer than until a signal aborts. */
async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const release = onAbort(signal, () => reject(signal.reason));
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    release();
  }
}
