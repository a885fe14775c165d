import {
  type ApiRequest,
  readRequest,
  type RequestKind,
  type RequestOutcome,
} from "./api_request.ts";
import { environmentFor, type EnvironmentOptions } from "./environment.ts";
import * as reply from "./reply.ts";
import { Gone, type Identity, respond, usualAnswer } from "./respond.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioReplies } from "./scenario_replies.ts";
import type { Reply } from "./script.ts";

export * as block from "./block.ts";
export * as fault from "./fault.ts";
export * as reply from "./reply.ts";
export { Gate } from "./gate.ts";
export type { EnvironmentOptions } from "./environment.ts";
export type {
  ApiMessage,
  ApiRequest,
  ApiToolResult,
  RequestKind,
  RequestOutcome,
} from "./api_request.ts";
export type {
  ApiEvent,
  Block,
  FailureReply,
  Fault,
  MessageReply,
  OtherBlock,
  Piece,
  RedactedThinkingBlock,
  Reply,
  ReplyBase,
  ReplyUsage,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from "./script.ts";

/**
 * Answers a request.
 *
 * @param request The request, already recorded.
 * @returns The reply, or `undefined` to leave it to the list or the usual answer.
 */
export type ReplyHandler = (
  request: ApiRequest,
) => Reply | undefined | Promise<Reply | undefined>;

/** Kinds of model requests outside the conversation. */
export type SideCall = Exclude<
  RequestKind,
  "conversation" | "subagent" | "count_tokens" | "other"
>;

/** Options of {@linkcode MessagesApi.start}. */
export interface MessagesApiOptions {
  /**
   * The replies to the calls of the conversation and its subagents, one for each call, in this
   * order; or a function that answers each call. A retry is a separate call.
   *
   * @default []
   */
  readonly replies?: readonly Reply[] | ReplyHandler;
  /**
   * Answers to the calls that the CLI makes outside the conversation. They never use one of
   * `replies`; without an answer here they get a default one.
   *
   * @default {}
   */
  readonly sideReplies?: Readonly<
    Partial<Record<SideCall, Reply | ReplyHandler>>
  >;
  /**
   * What `count_tokens` reports.
   *
   * @default 100
   */
  readonly countedTokens?: number;
  /**
   * Part of the ids of messages, tool calls and requests (`msg_scripted_0001`). If a session is
   * resumed on another server, the two need different prefixes: a line of the CLI is a part of a
   * message, and only the id tells which.
   *
   * @default "scripted"
   */
  readonly idPrefix?: string;
}

/**
 * A server on the loopback interface that speaks the Anthropic Messages API from a script, so that
 * the real `claude` runs without an account, without a network and without cost.
 *
 * Each call of the conversation takes the next reply. Side calls, token counts and probes are
 * answered without the script. Every request is recorded.
 *
 * @example Answer two prompts, the first one with an error before
 * ```ts
 * import { MessagesApi, reply } from "@claudestream/core/testing";
 *
 * await using api = await MessagesApi.start({
 *   replies: [reply.failure(529), reply.text("Hello"), reply.text("Still here")],
 * });
 * const response = await fetch(`${api.url}/v1/messages`, {
 *   method: "POST",
 *   body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
 * });
 * console.assert(response.status === 529);
 * await response.body?.cancel();
 * console.assert(api.requests[0]?.prompts[0] === "Hi");
 * ```
 *
 * @example Answer from what was said before
 * ```ts
 * import { MessagesApi, reply } from "@claudestream/core/testing";
 *
 * await using api = await MessagesApi.start({
 *   replies: (request) => reply.text(`You said: ${request.prompts.join(", then ")}`),
 * });
 * console.assert(api.problems.length === 0);
 * ```
 */
export class MessagesApi implements AsyncDisposable {
  readonly #options: MessagesApiOptions;
  readonly #queue: Reply[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();
  readonly #requests: ApiRequest[] = [];
  readonly #scripted: ApiRequest[] = [];
  readonly #problems: string[] = [];
  readonly #waiting = new Map<number, PromiseWithResolvers<ApiRequest>>();
  /** The user's prompts when a failure for the whole turn was first used. */
  #failingPrompts: string | undefined;
  #messages = 0;
  #toolUses = 0;

  private constructor(options: MessagesApiOptions) {
    this.#options = options;
    this.#queue = typeof options.replies === "function"
      ? []
      : [...options.replies ?? []];
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#closing.signal,
      onListen: () => {},
    }, (request) => this.#serve(request));
  }

  /**
   * Starts a server on a free port of 127.0.0.1.
   *
   * @param options Replies and more.
   * @returns The server; use it with `await using`.
   */
  static start(options: MessagesApiOptions = {}): Promise<MessagesApi> {
    return Promise.resolve(new MessagesApi(options));
  }

  /**
   * Starts a server that plays the model of a scenario, for the real `claude`. The CLI then runs
   * the tools and asks for permissions; if a call of the scenario failed, its `refused` steps are
   * played.
   *
   * @param scenario A scenario of one process, with steps of the model only.
   * @param options Options besides the replies.
   * @returns The server; use it with `await using`.
   * @throws {RangeError} The scenario has steps that only a stand-in can play.
   */
  static async play(
    scenario: Scenario,
    options: Omit<MessagesApiOptions, "replies"> = {},
  ): Promise<MessagesApi> {
    return await MessagesApi.start({
      ...options,
      replies: scenarioReplies(scenario),
    });
  }

  /** The base URL, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** All requests so far, in the order in which they were read. */
  get requests(): readonly ApiRequest[] {
    return this.#requests;
  }

  /** The {@linkcode requests} that were answered by the script. */
  get scripted(): readonly ApiRequest[] {
    return this.#scripted;
  }

  /** Errors: the script ran out of replies, or a handler threw. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** How many replies of the list are left. */
  get remaining(): number {
    // A failure for the whole turn stays in the list while it is used.
    const inUse = this.#failingPrompts === undefined ? 0 : 1;
    return this.#queue.length - inUse;
  }

  /**
   * Adds replies to the end of the list.
   *
   * @param replies The replies.
   */
  add(...replies: readonly Reply[]): void {
    this.#queue.push(...replies);
  }

  /**
   * Waits for a request of the conversation.
   *
   * @param index Its number among {@linkcode scripted}, from 0.
   * @returns The request, as soon as it was read.
   * @throws {Error} If the server is closed before.
   */
  received(index: number): Promise<ApiRequest> {
    const request = this.#scripted[index];
    if (request !== undefined) return Promise.resolve(request);
    if (this.#closing.signal.aborted) return Promise.reject(closedError(index));
    let waiting = this.#waiting.get(index);
    if (waiting === undefined) {
      waiting = Promise.withResolvers<ApiRequest>();
      this.#waiting.set(index, waiting);
    }
    return waiting.promise;
  }

  /**
   * Checks at the end of a test that the whole script was used.
   *
   * @throws {Error} If there are {@linkcode problems} or unused replies.
   */
  verify(): void {
    const left = this.remaining === 0
      ? []
      : [`${this.remaining} replies were not asked for`];
    const problems = [...this.#problems, ...left];
    if (problems.length > 0) {
      throw new Error(`Cannot follow the script: ${problems.join("; ")}`);
    }
  }

  /**
   * Returns the complete environment for a `claude` that talks only to this server. Start it with
   * `clearEnv`, so that it inherits nothing from this process.
   *
   * @param options The home directory, and more.
   * @returns The variables.
   */
  environment(options: EnvironmentOptions): Record<string, string> {
    return environmentFor(this.url, options);
  }

  /** Closes the server. Breaks the connections that are still open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const [index, { promise, reject }] of this.#waiting) {
      // A caller that still waits sees the rejection; without one it must not count as unhandled.
      promise.catch(() => {});
      reject(closedError(index));
    }
    this.#waiting.clear();
    await this.#server.finished;
  }

  async #serve(incoming: Request): Promise<Response> {
    const settled = Promise.withResolvers<RequestOutcome>();
    const gone = new Gone(this.#closing.signal);
    try {
      const text = await incoming.text();
      const request = readRequest(
        this.#requests.length,
        incoming,
        text,
        settled.promise,
      );
      this.#requests.push(request);
      const scripted = await Promise.race([
        this.#replyTo(request),
        gone.promise,
      ]);
      if (scripted === undefined) {
        settled.resolve("sent");
        return usualAnswer(request, this.#options.countedTokens ?? 100);
      }
      const identity = this.#identify(request);
      return await respond(scripted, {
        request,
        identity,
        gone,
        settle: settled.resolve,
      });
    } catch (error) {
      settled.resolve("abandoned");
      // If the client is gone, nothing can be sent. Any other error is a fault of the server
      // itself.
      if (!gone.happened) {
        this.#problems.push(`Cannot answer a request: ${error}`);
      }
      return new Response(null, { status: 500 });
    }
  }

  async #replyTo(request: ApiRequest): Promise<Reply | undefined> {
    const { kind } = request;
    if (kind === "count_tokens" || kind === "other") return undefined;
    if (kind === "conversation" || kind === "subagent") {
      return await this.#nextReply(request);
    }
    const side = this.#options.sideReplies?.[kind];
    const own = typeof side === "function"
      ? await this.#call(side, request)
      : side;
    return own ?? reply.text(SIDE_TEXTS[kind]);
  }

  async #nextReply(request: ApiRequest): Promise<Reply> {
    const number = this.#scripted.push(request) - 1;
    this.#waiting.get(number)?.resolve(request);
    this.#waiting.delete(number);
    const { replies } = this.#options;
    const handled = typeof replies === "function"
      ? await this.#call(replies, request)
      : undefined;
    return handled ?? this.#takeFromQueue(request) ?? this.#problem(
      `Cannot answer call ${number} of the conversation: the script is exhausted, the prompt was "${
        request.prompts.at(-1) ?? ""
      }"`,
    );
  }

  #takeFromQueue(request: ApiRequest): Reply | undefined {
    const next = this.#queue[0];
    if (next?.kind !== "failure" || !next.wholeTurn) return this.#queue.shift();
    const prompts = JSON.stringify(request.prompts);
    this.#failingPrompts ??= prompts;
    if (this.#failingPrompts === prompts) return next;
    this.#failingPrompts = undefined;
    this.#queue.shift();
    return this.#takeFromQueue(request);
  }

  async #call(
    handler: ReplyHandler,
    request: ApiRequest,
  ): Promise<Reply | undefined> {
    try {
      return await handler(request);
    } catch (error) {
      return this.#problem(
        `Cannot answer request ${request.index}: the handler threw "${error}"`,
      );
    }
  }

  /**
   * Use 410, because the CLI then ends the turn immediately and shows the text; it retries 400 six
   * times.
   */
  #problem(message: string): Reply {
    this.#problems.push(message);
    return reply.failure(410, { message });
  }

  #identify(request: ApiRequest): Identity {
    const prefix = this.#options.idPrefix ?? "scripted";
    const number = padded(++this.#messages);
    return {
      messageId: `msg_${prefix}_${number}`,
      requestId: `req_${prefix}_${number}`,
      model: request.model,
      nextToolUseId: () => `toolu_${prefix}_${padded(++this.#toolUses)}`,
    };
  }
}

/**
 * Default answers to side calls. The CLI expects JSON for a title, and shows the others unchanged.
 */
const SIDE_TEXTS: Readonly<Record<SideCall, string>> = {
  compaction: "<summary>The scripted summary of the conversation</summary>",
  side_question: "The scripted answer to a side question",
  title: '{"title":"Scripted title"}',
  prompt_suggestion: "go on",
  tool_use_summary: "Used tools",
  probe: "#",
};

function padded(number: number): string {
  return `${number}`.padStart(4, "0");
}

function closedError(index: number): Error {
  return new Error(
    `Cannot wait for call ${index} of the conversation: the server was closed`,
  );
}
