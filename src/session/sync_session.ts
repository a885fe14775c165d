/**
 * A conversation with `claude`, blocking.
 *
 * @module
 */

import type { InitializeInfo } from "../control/initialize.ts";
import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import { checkSynchronous } from "../conversation/sync_handlers.ts";
import type { ClaudeEvent, View } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import type { CompactBoundary } from "../messages/system/session.ts";
import { checkOptions } from "../options/check_options.ts";
import type {
  NeedsContext,
  SessionOptions,
} from "../options/session_options.ts";
import type { SyncSessionOptions } from "../options/sync_options.ts";
import type { Decision } from "../permissions/decision.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { PushOptions } from "../protocol/prompt.ts";
import type { DialogAnswer, ElicitationAnswer } from "../questions/answers.ts";
import type { SchemaOutput, StandardSchema } from "../util/standard_schema.ts";
import { Blocking } from "./blocking.ts";
import type { EventsOptions, SessionEventMap } from "./broadcast.ts";
import { LiveControl } from "./live_control.ts";
import { Session } from "./session.ts";
import { syncPushed, type SyncPushedMessage } from "./pushed.ts";
import { SyncTurn } from "./sync_turn.ts";
import type {
  Answer,
  AskOptions,
  CompactOptions,
  SendOptions,
} from "./turn_options.ts";

/**
 * A blocking conversation with `claude`: every method returns its value, not a promise of it.
 * Events arrive one by one while the process streams.
 *
 * The caller's functions (policy, hooks, listeners, …) run on the caller's thread while it waits,
 * and must answer synchronously. They may call the session: `setModel()`, `interrupt()`, `push()`,
 * `close()` and the like are safe there, and events that arrive meanwhile are delivered in order
 * when they return. They cannot start or await a turn: `send()`, `ask()`, `text()`, `result()` and
 * reading a turn or `events()` throw a `StateError` (`session_busy`). No other code of the caller
 * runs meanwhile: no timers, so `AbortSignal.timeout()` does not fire, and no signal listeners of
 * the process. Between two calls the session is paused: output waits in bounded memory.
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
  readonly #session: Session<"sync">;
  readonly #blocking: Blocking;

  /**
   * Does not start a process.
   *
   * @throws {ConfigError} An option is invalid, two contradict each other, or a function is async.
   * @throws {unknown} The reason of `signal`, if it is already aborted.
   */
  constructor(given?: SyncSessionOptions<Context> & NeedsContext<Context>) {
    // The code below passes the context on without inspecting it.
    const options = (given ?? {}) as SessionOptions;
    checkOptions(options);
    checkSynchronous(options);
    const blocking = new Blocking();
    const session = new Session<"sync">(options, blocking);
    super(session);
    this.#session = session;
    this.#blocking = blocking;
  }

  /**
   * Starts the process and does the handshake, so that the first turn starts faster. Needs no
   * prompt and costs nothing. A second call returns the same result.
   *
   * @throws {ClaudeNotFoundError} There is no `claude`.
   * @throws {StartupError} It cannot be started, or ended during the start.
   * @throws {DeadlineError} It took longer than `startTimeoutMs`.
   */
  start(): InitializeInfo {
    return this.#session.start();
  }

  /**
   * Sends a prompt immediately, without blocking. Reading the turn blocks.
   *
   * @throws {StateError} A turn is running (`session_busy`), or the session is closed
   * (`session_closed`).
   * @throws {ConfigError} An option is invalid.
   * @throws {TypeError} The prompt is not valid, or is empty or blank.
   */
  send<V extends View = "flat">(
    prompt: PromptContent,
    options: SendOptions<V> = {},
  ): SyncTurn<V> {
    const { view = "flat" as V } = options;
    return new SyncTurn(
      this.#session.send(prompt, options),
      view,
      this.#blocking,
    );
  }

  /**
   * Replaces the conversation so far by a summary, to make room, as the command `/compact` does.
   * Takes a turn, and a call of the model. Returns the sizes before and after, as the event
   * `compact_boundary` has them.
   *
   * @param options `instructions`: what to keep, for the model; `signal`, `timeoutMs`: as of `send`.
   * @throws {ControlError} It was not compacted, such as one with too little history; the text says
   *   why.
   * @throws {TurnError} The turn failed.
   * @throws {StateError} A turn is running (`session_busy`), or the session is closed
   *   (`session_closed`).
   * @throws {ConfigError} An option is invalid.
   */
  compact(options: CompactOptions = {}): CompactBoundary {
    return this.#session.compact(options);
  }

  /**
   * Sends a prompt and waits for the answer. The events are not read, so a tool call that no policy
   * decides is denied.
   *
   * With a `schema` the answer has its type, or the call fails. The CLI accepts a schema only at
   * its start: if the schema differs from the previous one, or is omitted, the session continues in
   * a new process, which takes about half a second. Live changes are kept in it; rules that were
   * remembered for the session are not.
   *
   * @throws {TurnError} The turn failed; with the code `structured_output_retries` if the model
   *   never matched the schema.
   * @throws {StructuredOutputError} There is no answer that matches the schema.
   * @throws {TypeError} The prompt is not valid, or is empty or blank.
   * @throws {ConfigError} An option is invalid, the schema has no JSON Schema, or the session is
   *   not written to disk and cannot continue in a new process.
   * @throws {DeadlineError} It took longer than `timeoutMs`.
   */
  ask<Schema extends StandardSchema>(
    prompt: PromptContent,
    options: AskOptions & { readonly schema: Schema },
  ): Answer<SchemaOutput<Schema>>;
  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options?: AskOptions): Answer;
  ask(prompt: PromptContent, options: AskOptions = {}): Answer {
    return this.#session.ask(prompt, options);
  }

  /**
   * Pushes a message to the session, even while a turn is running: the CLI folds it into that turn
   * or starts a separate one.
   *
   * @throws {StateError} The session is closed (`session_closed`).
   * @throws {ConfigError} An option is invalid.
   * @throws {TypeError} The prompt is not valid, or is empty or blank.
   */
  push(prompt: PromptContent, options: PushOptions = {}): SyncPushedMessage {
    return syncPushed(this.#session.push(prompt, options), this.#blocking);
  }

  /**
   * Returns all events of the session, within turns and between them, from this call on. The loop
   * blocks until the session ends: leave it when you have enough.
   */
  events(options: EventsOptions = {}): IterableIterator<ClaudeEvent> {
    const blocking = this.#blocking;
    const feed = this.#session.broadcast.feed(
      options,
      () => !blocking.isInTurn,
    );
    return feed.read({ cut: ({ events }) => events }, (isDone) => {
      // Otherwise no event would ever arrive, and nothing else could start the process meanwhile.
      if (this.state === "new") this.start();
      else blocking.untilEvent(isDone);
    });
  }

  /**
   * Calls a listener for each event of a type, while the session is waited for; also for
   * `"turn_end"`, `"error"`, `"handler_failed"` and `"close"`, as in an async session. Dispose of
   * the returned object to remove the listener.
   *
   * @throws {TypeError} The listener is not a function.
   */
  on<T extends keyof SessionEventMap>(
    type: T,
    listener: (event: SessionEventMap[T]) => void,
  ): Disposable {
    return this.#session.broadcast.on(type, listener);
  }

  /**
   * Answers a `PermissionRequest`, an `ElicitationRequest` or a `UserDialogRequest` by its
   * `requestId`, with a value created by `allow()` or `deny()`, `elicit` or `dialog`.
   *
   * @throws {StateError} It is already answered or withdrawn (`already_answered`).
   * @throws {TypeError} The value is not an answer to such a request.
   */
  respond(
    requestId: string,
    answer: Decision | ElicitationAnswer | DialogAnswer,
  ): void {
    this.#session.conversation.respond(requestId, answer);
  }

  /**
   * Explains who would decide on a tool call, and why, without asking the CLI: which policy, by
   * which rule.
   *
   * @param name Name of the tool.
   * @param input Input of the call.
   */
  explainPermission(
    name: string,
    input: WireObject = {},
  ): PermissionExplanation {
    return this.#session.explainPermission(name, input);
  }

  /**
   * Interrupts the running turn; the session continues. A turn that has its result and waits for
   * background tasks ends with that result; the tasks continue. Does nothing if no turn is running.
   * While the session blocks, only its own listeners and handlers can call this.
   */
  interrupt(options?: InterruptOptions): InterruptReceipt {
    return this.#session.interrupt(options);
  }

  /**
   * Ends the session and its process: interrupts a running turn, closes stdin, sends SIGTERM and
   * then SIGKILL, waiting `closeTimeoutMs` before each; then ends the processes that it left
   * behind. Blocks until it is gone. A second call does nothing. Pending calls fail with a
   * `StateError`.
   *
   * @throws {DeadlineError} The process cannot be ended.
   */
  close(): void {
    this.#session.close();
  }

  /** Closes the session. */
  [Symbol.dispose](): void {
    this.close();
  }
}
