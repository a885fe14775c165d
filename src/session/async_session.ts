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
import type { CompactBoundary } from "../messages/system/session.ts";
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
import type {
  Answer,
  AskOptions,
  CompactOptions,
  SendOptions,
} from "./turn_options.ts";

/**
 * A conversation with `claude`, in one process, for any number of turns.
 *
 * The constructor does not start a process. The process starts with `start()` or the first `send()`
 * and ends with `close()`, which `await using` calls.
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
   * Does not start a process.
   *
   * @throws {ConfigError} An option is invalid, or two contradict each other.
   * @throws {unknown} The reason of `signal`, if it is already aborted.
   */
  constructor(given?: SessionOptions<Context> & NeedsContext<Context>) {
    const session = sessionOf(given ?? {});
    super(session);
    this.#session = session;
  }

  /**
   * Starts the process and does the handshake, so that the first turn starts faster. Needs no
   * prompt and costs nothing. A second call returns the same result.
   *
   * @throws {ClaudeNotFoundError} There is no `claude`.
   * @throws {StartupError} It cannot be started, or ended during the start.
   * @throws {DeadlineError} It took longer than `startTimeoutMs`.
   */
  start(): Promise<InitializeInfo> {
    return this.#session.start();
  }

  /**
   * Sends a prompt immediately, not at the first read. Only if the previous turn was left early
   * does the prompt wait until that turn has ended.
   *
   * @throws {StateError} A turn is running (`session_busy`), or the session is closed
   * (`session_closed`).
   * @throws {ConfigError} An option is invalid.
   * @throws {TypeError} The prompt is not valid, or is empty or blank.
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
  compact(options: CompactOptions = {}): Promise<CompactBoundary> {
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
  ): Promise<Answer<SchemaOutput<Schema>>>;
  /** Sends a prompt and waits for the answer. */
  ask(prompt: PromptContent, options?: AskOptions): Promise<Answer>;
  ask(prompt: PromptContent, options: AskOptions = {}): Promise<Answer> {
    return this.#session.ask(prompt, options);
  }

  /**
   * Pushes a message to the session, even while a turn is running: the CLI folds it into that turn
   * or starts a separate one. The returned object reports what happens to it; the events of a
   * separate turn go to `events()` and the listeners.
   *
   * @throws {StateError} The session is closed (`session_closed`).
   * @throws {ConfigError} An option is invalid.
   * @throws {TypeError} The prompt is not valid, or is empty or blank.
   */
  push(prompt: PromptContent, options: PushOptions = {}): PushedMessage {
    return pushed(this.#session.push(prompt, options));
  }

  /**
   * Returns all events of the session, within turns and between them, from this call on. There may
   * be any number of readers, each of which gets all events. Ends when the session ends. A reader
   * that falls far behind loses events, which an `EventsDropped` event reports.
   */
  events(options: EventsOptions = {}): AsyncIterableIterator<ClaudeEvent> {
    return this.#session.broadcast.feed(options).iterate({
      cut: ({ events }) => events,
    });
  }

  /**
   * Calls a listener for each event of a type; also for `"turn_end"` (the result of each turn),
   * `"error"` (the process ended by itself), `"handler_failed"` (a hook, a policy or the like
   * threw, or returned an answer of the wrong shape) and `"close"`. Errors of a listener go to
   * `reportError`. Dispose of the returned object to remove the listener.
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
   * which rule. If no policy decides, the CLI's own rules do; they are not evaluated here. A
   * `callback` is called as for a real call.
   *
   * @param name Name of the tool.
   * @param input Input of the call.
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
   * Interrupts the running turn; the session continues. A turn that has its result and waits for
   * background tasks ends with that result; the tasks continue. Does nothing if no turn is running.
   */
  interrupt(options?: InterruptOptions): Promise<InterruptReceipt> {
    return this.#session.interrupt(options);
  }

  /**
   * Ends the session and its process: interrupts a running turn, closes stdin, sends SIGTERM and
   * then SIGKILL, waiting `closeTimeoutMs` before each; then ends the processes that it left
   * behind. A second call waits for the same end. Pending calls fail with a `StateError`.
   *
   * @throws {DeadlineError} The process cannot be ended.
   */
  close(): Promise<void> {
    return this.#session.close();
  }

  /** Closes the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Returns the session of these options, or the one that a pool made and hands over in their place. */
function sessionOf(given: object): Session<"async"> {
  if (given instanceof Session) return given;
  // The code below passes the context on without inspecting it.
  const options = given as SessionOptions;
  checkOptions(options);
  return new Session<"async">(options, new Promising());
}
