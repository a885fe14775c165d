/**
 * A conversation with `claude`, async.
 *
 * @module
 */

import type { InitializeInfo } from "../control/initialize.ts";
import type {
  InterruptOptions,
  InterruptReceipt,
} from "../control/conversation.ts";
import type { ClaudeEvent, View } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import { checkOptions } from "../options/check_options.ts";
import type {
  NeedsContext,
  SessionOptions,
} from "../options/session_options.ts";
import type { Decision } from "../permissions/decision.ts";
import type { PermissionExplanation } from "../permissions/policy_types.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { PushOptions } from "../protocol/prompt.ts";
import type { DialogAnswer, ElicitationAnswer } from "../questions/answers.ts";
import type { SchemaOutput, StandardSchema } from "../util/standard_schema.ts";
import type { EventsOptions, SessionEventMap } from "./broadcast.ts";
import { LiveControl } from "./live_control.ts";
import { Promising } from "./promising.ts";
import { pushed, type PushedMessage } from "./pushed.ts";
import { Session } from "./session.ts";
import { Turn } from "./turn.ts";
import type { Answer, AskOptions, SendOptions } from "./turn_options.ts";

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
  readonly #session: Session<"async">;

  /**
   * Starts nothing.
   *
   * @throws {ConfigError} An option cannot be, or two contradict each other.
   * @throws {unknown} The reason of `signal`, where it was aborted before.
   */
  constructor(given?: SessionOptions<Context> & NeedsContext<Context>) {
    // What follows hands the context on and never looks at it.
    const options = (given ?? {}) as SessionOptions;
    checkOptions(options);
    const session = new Session<"async">(options, new Promising());
    super(session);
    this.#session = session;
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
    return this.#session.start();
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
    const { view = "flat" as V } = options;
    return new Turn(
      this.#session.send(prompt, options),
      view,
      this.#session.waiting,
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
  ): Promise<Answer<SchemaOutput<Schema>>>;
  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options?: AskOptions): Promise<Answer>;
  ask(prompt: PromptContent, options: AskOptions = {}): Promise<Answer> {
    return this.#session.ask(prompt, options);
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
    return pushed(this.#session.push(prompt, options));
  }

  /**
   * Everything the session says, in turns and between them, from this call on. Any
   * number of readers, each with all of it. Ends when the session does. A reader that
   * is slow for long loses events, and is told so by an `EventsDropped`.
   */
  events(options: EventsOptions = {}): AsyncIterableIterator<ClaudeEvent> {
    return this.#session.broadcast.feed(options).iterate({
      cut: ({ events }) => events,
    });
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
  explainPermission(
    name: string,
    input: WireObject = {},
  ): Promise<PermissionExplanation> {
    return this.#session.explainPermission(name, input);
  }

  /**
   * Interrupts the turn that is running; the session lives on. A turn that is over and waits
   * for tasks in the background ends with what it has; the tasks go on. Without a turn
   * nothing happens.
   */
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    return this.#session.interrupt(options);
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
    return this.#session.close();
  }

  /** Closes the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
