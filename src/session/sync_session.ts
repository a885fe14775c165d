/**
 * A conversation with `claude`, blocking.
 *
 * @module
 */

import {
  bufferSizeOf,
  type EventsOptions,
  type SessionEventMap,
} from "./broadcast.ts";
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
import { syncHost } from "../control/host.ts";
import { attachControl, LiveControl } from "./live_control.ts";
import { CallGuard } from "../conversation/call_guard.ts";
import { BlockingDriver } from "../conversation/blocking.ts";
import { checkSynchronous } from "../conversation/sync_handlers.ts";
import { FrameQueue } from "../decode/frame_queue.ts";
import type { ClaudeEvent, View } from "../events/mod.ts";
import { jsonCopy } from "../util/json_copy.ts";
import type { WireObject } from "../messages/_define.ts";
import type {
  NeedsContext,
  SessionOptions,
} from "../options/session_options.ts";
import type { Decision } from "../permissions/decision.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import type { SchemaOutput, StandardSchema } from "../util/standard_schema.ts";
import { answerSchemaOf } from "../structured/convert.ts";
import { outputOfSync, uncheckedOutput } from "../structured/output.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import { checkOptions } from "../options/check_options.ts";
import type { PushNews } from "../protocol/message_state.ts";
import type { PushOptions } from "../protocol/prompt.ts";
import type { DialogAnswer, ElicitationAnswer } from "../questions/answers.ts";
import { syncPushed, type SyncPushedMessage } from "./sync_pushed.ts";
import type { Answer, AskOptions, SendOptions } from "./async_session.ts";
import { answerOf, checkTurnOptions, readyPrompt } from "./session_common.ts";
import { type Asked, SessionCore } from "./session_core.ts";
import type { SyncSessionOptions } from "../options/sync_options.ts";
import { hostServers } from "../tools/config.ts";
import { SyncTurn, syncTurnControl } from "./sync_turn.ts";

/**
 * A conversation with `claude` that blocks: every method gives what it is asked for,
 * not a promise of it. Events come one by one while the process streams.
 *
 * The caller's functions (policy, hooks, listeners, …) run on the caller's thread while
 * it waits, and have to answer at once. They may call the session: `setModel()`,
 * `interrupt()`, `push()`, `close()` and the like are safe there, and what comes meanwhile
 * is told in order when they return. No turn can be begun or waited for in them: `send()`, `ask()`,
 * `text()`, `result()` and reading a turn or `events()` throw a `StateError`
 * (`session_busy`). Nothing else of the caller's runs meanwhile: no timer, so `AbortSignal.timeout()` does not fire, and no signal listener of the
 * process. Between two calls the session rests: output waits in memory that is bounded.
 *
 * @example
 * ```ts
 * import { SyncSession } from "@claudestream/core";
 *
 * function explain(): void {
 *   using session = new SyncSession({ model: "sonnet" });
 *   for (const event of session.send("explain this repo")) {
 *     if (event.type === "assistant_text") console.log(event.text);
 *   }
 * }
 * ```
 */
export class SyncSession<Context = unknown> extends LiveControl<"sync">
  implements Disposable {
  readonly #core: SessionCore<BlockingDriver, InitializeInfo>;
  readonly #guard = new CallGuard();
  /** How many calls wait for a turn: one, or more where handlers make calls as well. */
  #turnWaits = 0;

  /**
   * Starts nothing.
   *
   * @throws {ConfigError} An option cannot be, two contradict each other, or a function
   * is async.
   * @throws {unknown} The reason of `signal`, where it was aborted before.
   */
  constructor(given?: SyncSessionOptions<Context> & NeedsContext<Context>) {
    super();
    // What follows hands the context on and never looks at it.
    const options = (given ?? {}) as SessionOptions;
    checkOptions(options);
    checkSynchronous(options);
    this.#core = new SessionCore(
      this,
      options,
      (options, sink, inherited) =>
        new BlockingDriver(options, sink, this.#guard, inherited),
    );
    attachControl(
      this,
      syncHost({
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
  start(): InitializeInfo {
    const { driver } = this.#core;
    return this.#core.info(() => readInitializeInfo(driver.start()));
  }

  /**
   * Sends a prompt; it goes out at this call, which does not block. Reading the turn
   * does.
   *
   * @throws {StateError} A turn is running (`session_busy`), or the session is closed
   * (`session_closed`).
   * @throws {ConfigError} An option cannot be.
   * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
   */
  send<V extends View = "flat">(
    prompt: PromptContent,
    options: SendOptions<V> = {},
  ): SyncTurn<V> {
    checkTurnOptions("send", options);
    this.#guard.checkTurnWait("send", this.state);
    return this.#begin(prompt, options);
  }

  #begin<V extends View = "flat">(
    prompt: PromptContent,
    options: SendOptions<V>,
    asked?: Asked,
  ): SyncTurn<V> {
    const { view = "flat" as V, signal, timeoutMs, verbatim, until } = options;
    const content = readyPrompt(prompt);
    signal?.throwIfAborted();
    const id = crypto.randomUUID();
    const turn = new SyncTurn<V>(id, view, {
      wait: (isDone) => this.#waitForTurn("wait", isDone),
      checkRead: () => this.#guard.checkTurnWait("read a turn", this.state),
      // To interrupt would stop the turn that it waits for.
      interrupt: (options) =>
        this.#core.withdraw(id) ? { stillQueued: [] } : this.interrupt(options),
      leave: () => this.#core.driver.leave(id),
      unattend: () => this.#core.driver.unattend(),
      ended: () => this.#core.turnEnded(id),
      stderrTail: () => this.stderrTail,
    });
    this.#core.send(
      { id, content, timeoutMs, verbatim, until },
      syncTurnControl(turn),
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
  ): Answer<SchemaOutput<Schema>>;
  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options?: AskOptions): Answer;
  ask(prompt: PromptContent, options: AskOptions = {}): Answer {
    checkTurnOptions("ask", options);
    this.#guard.checkTurnWait("ask", this.state);
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
    const text = turn.text();
    const result = turn.result();
    const answer = answerOf(text, result, facts.spentUsd - before, this);
    const output = schema === undefined
      ? uncheckedOutput(this.#core.asksForOutput, text, result)
      : outputOfSync(schema, text, result);
    return { ...answer, output };
  }

  /**
   * Hands a message to the session, also while a turn runs: it is folded into that turn
   * or gets one of its own.
   *
   * @throws {StateError} The session is closed (`session_closed`).
   * @throws {ConfigError} An option cannot be.
   * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
   */
  push(prompt: PromptContent, options: PushOptions = {}): SyncPushedMessage {
    checkTurnOptions("push", options);
    const content = readyPrompt(prompt);
    const id = crypto.randomUUID();
    const { message, take } = syncPushed(
      id,
      (isDone) => this.#waitForTurn("wait", isDone),
    );
    this.#core.driver.push(
      { id, content, verbatim: options.verbatim },
      options,
      (news: PushNews) => take(news),
    );
    return message;
  }

  /** @throws {StateError} A function that the session calls would wait for a turn (`session_busy`). */
  #waitForTurn(operation: string, isDone: () => boolean): void {
    if (!isDone()) this.#guard.checkTurnWait(operation, this.state);
    this.#untilTurnEnds(() => this.#core.driver.wait(isDone));
  }

  /**
   * Waits for what may not come before a question of the turn is answered. Meanwhile
   * nobody reads `events()`, so what is left to its readers is answered no.
   */
  #untilTurnEnds(wait: () => void): void {
    this.#turnWaits++;
    try {
      this.#core.driver.unattend();
      wait();
    } finally {
      this.#turnWaits--;
    }
  }

  /**
   * Everything the session says, in turns and between them, from this call on. Ends
   * when the session does, and blocks until then: leave the loop when you have enough.
   */
  events(options: EventsOptions = {}): IterableIterator<ClaudeEvent> {
    const bufferSize = bufferSizeOf(options);
    const queue = new FrameQueue(bufferSize, bufferSize);
    let isOver = false;
    const detach = this.#core.broadcast.attach({
      push: (frame) => queue.push(frame),
      end: () => isOver = true,
      attends: () => this.#turnWaits === 0,
    });
    const wait = () => {
      // Nothing would ever come, and nobody else could start it meanwhile.
      if (this.state === "new") this.start();
      else {
        this.#guard.checkTurnWait("wait for events", this.state);
        this.#core.driver.wait(() => queue.size > 0 || isOver);
      }
    };
    return read();

    function* read(): IterableIterator<ClaudeEvent> {
      try {
        for (;;) {
          const frame = queue.take();
          if (frame !== undefined) yield* frame.events;
          else if (isOver) return;
          else wait();
        }
      } finally {
        detach();
      }
    }
  }

  /**
   * Calls a listener for each event of a type, while the session is waited for; also for
   * `"turn_end"`, `"error"`, `"handler_failed"` and `"close"`, as in an async session.
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
   * policy, by which rule.
   *
   * @param name Name of the tool.
   * @param input What it would be called with.
   */
  explainPermission(
    name: string,
    input: WireObject = {},
  ): PermissionExplanation {
    return this.#core.driver.explain({ toolName: name, input, toolUseId: "" });
  }

  /**
   * Interrupts the turn that is running; the session lives on. A turn that is over and waits
   * for tasks in the background ends with what it has; the tasks go on. Without a turn
   * nothing happens. While the session blocks, only its own listeners and handlers can call
   * it.
   */
  interrupt(options?: InterruptOptions): InterruptReceipt {
    const call = interruptCall(options);
    if (this.#core.driver.protocol.state === "new") return { stillQueued: [] };
    return this.#request(call, options);
  }

  #request<T>(call: ControlCall<T>, options: ControlOptions = {}): T {
    checkControlOptions(options);
    const payload = jsonCopy(call.payload, `Cannot ask for "${call.subtype}"`);
    options.signal?.throwIfAborted();
    this.start();
    const { subtype } = call;
    const response = this.#core.driver.request(subtype, payload, options);
    this.#core.granted({ subtype, payload });
    return call.read(response);
  }

  /**
   * Ends the session and its process: interrupts a running turn, ends stdin, and
   * after `closeTimeoutMs` each sends SIGTERM and SIGKILL; then what it left behind is
   * ended. Blocks until it is gone. A second call does nothing. Whatever still waits
   * fails with a `StateError`.
   *
   * @throws {DeadlineError} The process will not go.
   */
  close(): void {
    this.#core.driver.close();
  }

  /** Closes the session. */
  [Symbol.dispose](): void {
    this.close();
  }
}
