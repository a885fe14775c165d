/**
 * Scripted replies: what the server does with one request.
 *
 * @example Two failures, then a text
 * ```ts
 * import { reply } from "@claudestream/core/testing";
 *
 * const replies = [
 *   ...reply.repeat(2, reply.failure(529)),
 *   reply.text("Here I am"),
 * ];
 * console.assert(replies.length === 3);
 * ```
 *
 * @module
 */

import * as block from "./block.ts";
import type { Gate } from "./gate.ts";
import type {
  Block,
  FailureReply,
  Fault,
  MessageReply,
  Piece,
  Reply,
  ReplyUsage,
} from "./script.ts";

/** Options of {@linkcode message} and of its short forms. */
export interface MessageOptions {
  /** Why the model stopped. Default: `tool_use` if there is a tool call, otherwise `end_turn`. */
  readonly stopReason?: string;
  /** The text that made the model stop, for the stop reason `stop_sequence`. */
  readonly stopSequence?: string;
  /** Tokens of the reply. */
  readonly usage?: ReplyUsage;
  /** Id of the message; by default the server assigns one (`msg_scripted_0001`, …). */
  readonly id?: string;
  /** Name of the model; by default that of the request. */
  readonly model?: string;
  /**
   * Maximum length of a delta in code points; longer pieces are split. By default each piece is one
   * delta.
   */
  readonly chunkSize?: number;
  /** Headers of the response, for example rate limits. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The server waits here before it sends even the status line. */
  readonly before?: Gate;
}

/**
 * A message of the model.
 *
 * @param content Blocks, and the gates and faults between them.
 * @param options Stop reason, usage, size of the deltas and more.
 * @returns The reply.
 * @throws {RangeError} If `chunkSize` is not a whole number above 0.
 */
export function message(
  content: readonly (Block | Gate | Fault)[],
  options: MessageOptions = {},
): MessageReply {
  const { chunkSize } = options;
  if (
    chunkSize !== undefined && !(Number.isInteger(chunkSize) && chunkSize > 0)
  ) {
    throw new RangeError(
      `Cannot split a reply: chunkSize must be above 0, got "${chunkSize}"`,
    );
  }
  return {
    kind: "message",
    content,
    stopReason: options.stopReason,
    stopSequence: options.stopSequence,
    usage: options.usage ?? {},
    id: options.id,
    model: options.model,
    chunkSize,
    headers: options.headers ?? {},
    before: options.before,
  };
}

/**
 * A message of one text block.
 *
 * @param pieces The text, or its pieces.
 * @param options As of {@linkcode message}.
 * @returns The reply.
 */
export function text(
  pieces: string | readonly Piece[],
  options: MessageOptions = {},
): MessageReply {
  return message([block.text(pieces)], options);
}

/**
 * A message of one tool call.
 *
 * @param name The name of the tool, such as `Bash`.
 * @param input The input of the tool.
 * @param options As of {@linkcode message}, and those of the block; `id` is that of the call.
 * @returns The reply.
 */
export function toolUse(
  name: string,
  input: Readonly<Record<string, unknown>> = {},
  options: Omit<MessageOptions, "id"> & block.ToolUseOptions = {},
): MessageReply {
  const { id, json, ...rest } = options;
  const own = {
    ...(id === undefined ? {} : { id }),
    ...(json === undefined ? {} : { json }),
  };
  return message([block.toolUse(name, input, own)], rest);
}

/**
 * A message without any content.
 *
 * @param options As of {@linkcode message}.
 * @returns The reply.
 */
export function empty(options: MessageOptions = {}): MessageReply {
  return message([], options);
}

/**
 * A stream that starts and never sends an event; the client must give up.
 *
 * @returns The reply.
 */
export function silence(): MessageReply {
  return message([{ fault: "silence" }]);
}

/**
 * Some text, and then the connection breaks.
 *
 * A client may lose data that arrives together with the end; CLI 2.1.330 sometimes does. If the
 * text matters, end with a gate and open it when the client has seen the text.
 *
 * @param pieces Text before the break, if any.
 * @returns The reply.
 */
export function cut(pieces: string | readonly Piece[] = []): MessageReply {
  const before = typeof pieces === "string" ? [pieces] : pieces;
  return message([block.text([...before, { fault: "cut" }])]);
}

/** Options of {@linkcode failure}. */
export interface FailureOptions {
  /** Type of the error; by default the type for the status. */
  readonly type?: string;
  /** Text of the error; by default a plain text for the status. */
  readonly message?: string;
  /** The whole body as text, JSON or not, instead of type and message. */
  readonly body?: string;
  /** The header `retry-after`, in seconds. */
  readonly retryAfterSeconds?: number;
  /**
   * Whether to answer every call until the user's next prompt, so that the number of retries does
   * not matter. Only in a list of replies; a handler sees each call anyway.
   *
   * @default false
   */
  readonly wholeTurn?: boolean;
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The server waits here before it sends even the status line. */
  readonly before?: Gate;
}

/**
 * An error instead of a message.
 *
 * Each call of the CLI uses one reply, and the CLI retries more often than it reports. CLI
 * 2.1.330 retries 401, 409, 429 and 5xx up to `CLAUDE_CODE_MAX_RETRIES` times (default 10), and
 * reports that. After 400 and 422 with an unknown text it drops one new feature after the other and
 * asks up to five more times, silently and even with retries disabled; after 404 it asks once more
 * without streaming. 402, 403, 410 and 413 end the turn immediately. With `wholeTurn` you need not
 * count.
 *
 * @param status The HTTP status, such as 429 or 529.
 * @param options Text, headers and more.
 * @returns The reply.
 * @throws {RangeError} If the status is not one of an error, 400 to 599.
 */
export function failure(
  status: number,
  options: FailureOptions = {},
): FailureReply {
  if (!(Number.isInteger(status) && status >= 400 && status <= 599)) {
    throw new RangeError(
      `Cannot make a failure: status must be 400 to 599, got "${status}"`,
    );
  }
  const [type, text] = STATUS_ERRORS[status] ??
    (status < 500
      ? ["invalid_request_error", "Bad request"]
      : ["api_error", "Server error"]);
  const { retryAfterSeconds } = options;
  return {
    kind: "failure",
    status,
    body: options.body ??
      errorBody(options.type ?? type, options.message ?? text),
    headers: {
      ...(retryAfterSeconds === undefined
        ? {}
        : { "retry-after": `${retryAfterSeconds}` }),
      ...options.headers,
    },
    wholeTurn: options.wholeTurn ?? false,
    before: options.before,
  };
}

/**
 * Repeats a reply.
 *
 * @param count How many times.
 * @param reply The reply.
 * @returns An array for a list of replies.
 */
export function repeat(count: number, reply: Reply): Reply[] {
  return Array.from({ length: count }, () => reply);
}

/**
 * Returns the HTTP status for a type of error.
 *
 * @param errorType The type, such as `overloaded_error`.
 * @returns The status; 500 for a type that is not known.
 */
export function statusOf(errorType: string): number {
  for (const [status, [type]] of Object.entries(STATUS_ERRORS)) {
    if (type === errorType) return Number(status);
  }
  return 500;
}

function errorBody(type: string, message: string): string {
  return JSON.stringify({
    type: "error",
    error: { type, message },
    request_id: null,
  });
}

/** Type and text of the errors of the API, by HTTP status. */
const STATUS_ERRORS: Readonly<
  Record<number, readonly [type: string, message: string]>
> = {
  400: ["invalid_request_error", "Bad request"],
  401: ["authentication_error", "invalid x-api-key"],
  403: ["permission_error", "Permission denied"],
  404: ["not_found_error", "Not found"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: ["rate_limit_error", "Rate limited"],
  500: ["api_error", "Internal server error"],
  529: ["overloaded_error", "Overloaded"],
};
