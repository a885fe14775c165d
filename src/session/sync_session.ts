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
import type { Answer, AskOptions, SendOptions } from "./turn_options.ts";

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
  readonly #session: Session<"sync">;
  readonly #blocking: Blocking;

  /**
   * Starts nothing.
   *
   * @throws {ConfigError} An option cannot be, two contradict each other, or a function
   * is async.
   * @throws {unknown} The reason of `signal`, where it was aborted before.
   */
  constructor(given?: SyncSessionOptions<Context> & NeedsContext<Context>) {
    // What follows hands the context on and never looks at it.
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
   * Starts the process and does the handshake, so that the first turn starts warm.
   * No prompt is needed for it and nothing is spent. A second call gives the same.
   *
   * @throws {ClaudeNotFoundError} There is no `claude`.
   * @throws {StartupError} It cannot be started, or gave up.
   * @throws {DeadlineError} It took longer than `startTimeoutMs`.
   */
  start(): InitializeInfo {
    return this.#session.start();
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
    const { view = "flat" as V } = options;
    return new SyncTurn(
      this.#session.send(prompt, options),
      view,
      this.#blocking,
    );
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
    return this.#session.ask(prompt, options);
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
    return syncPushed(this.#session.push(prompt, options), this.#blocking);
  }

  /**
   * Everything the session says, in turns and between them, from this call on. Ends
   * when the session does, and blocks until then: leave the loop when you have enough.
   */
  events(options: EventsOptions = {}): IterableIterator<ClaudeEvent> {
    const blocking = this.#blocking;
    const feed = this.#session.broadcast.feed(
      options,
      () => !blocking.isInTurn,
    );
    return feed.read({ cut: ({ events }) => events }, (isDone) => {
      // Nothing would ever come, and nobody else could start it meanwhile.
      if (this.state === "new") this.start();
      else blocking.untilEvent(isDone);
    });
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
    return this.#session.broadcast.on(type, listener);
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
    this.#session.conversation.respond(requestId, answer);
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
    return this.#session.explainPermission(name, input);
  }

  /**
   * Interrupts the turn that is running; the session lives on. A turn that is over and waits
   * for tasks in the background ends with what it has; the tasks go on. Without a turn
   * nothing happens. While the session blocks, only its own listeners and handlers can call
   * it.
   */
  interrupt(options?: InterruptOptions): InterruptReceipt {
    return this.#session.interrupt(options);
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
    this.#session.close();
  }

  /** Closes the session. */
  [Symbol.dispose](): void {
    this.close();
  }
}
