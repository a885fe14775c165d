/**
 * The parts of a scripted reply, as plain data. The functions in `reply.ts`, `block.ts` and
 * `fault.ts` build them; this module has no code.
 *
 * @module
 */

import type { Gate } from "./gate.ts";

/** A fault or special event at one point of a reply's stream. */
export type Fault =
  /** The connection breaks. */
  | { readonly fault: "cut" }
  /** The stream ends cleanly, but too early. */
  | { readonly fault: "end" }
  /** Nothing more is sent until the client gives up or the server is closed. */
  | { readonly fault: "silence" }
  /** An `error` event, which is the last one of the stream. */
  | {
    readonly fault: "error";
    readonly errorType: string;
    readonly message: string;
  }
  /** An event of any form, for events that a later version of the API may send. */
  | { readonly fault: "event"; readonly event: ApiEvent }
  /** Text that is written to the stream unchanged. */
  | { readonly fault: "raw"; readonly text: string };

/** A part of a block's text: the text of one or more deltas, or a gate or fault at that point. */
export type Piece = string | Gate | Fault;

/** One event of the stream, as on the wire. */
export interface ApiEvent {
  /** The name of the event, such as `content_block_delta`. */
  readonly type: string;
  /** Other fields of the event. */
  readonly [field: string]: unknown;
}

/** A block of text. */
export interface TextBlock {
  /** Tells the blocks apart. */
  readonly type: "text";
  /** The text, a delta for each piece. */
  readonly pieces: readonly Piece[];
}

/** A block of thinking. */
export interface ThinkingBlock {
  /** Tells the blocks apart. */
  readonly type: "thinking";
  /** The thoughts, a delta for each piece. */
  readonly pieces: readonly Piece[];
  /** The signature, sent as the last delta. */
  readonly signature: string;
}

/** A block of encrypted thinking. */
export interface RedactedThinkingBlock {
  /** Tells the blocks apart. */
  readonly type: "redacted_thinking";
  /** The encrypted thoughts. */
  readonly data: string;
}

/** A call of a tool. */
export interface ToolUseBlock {
  /** Tells the blocks apart. */
  readonly type: "tool_use";
  /** Id of the call; if absent, the server assigns one. */
  readonly id: string | undefined;
  /** The name of the tool. */
  readonly name: string;
  /** The input as JSON text, a delta for each piece. It may be broken on purpose. */
  readonly pieces: readonly Piece[];
}

/** A block of any other type, sent unchanged. */
export interface OtherBlock {
  /** Tells the blocks apart. */
  readonly type: "other";
  /** The `content_block` of `content_block_start`. */
  readonly start: ApiEvent;
  /** The `delta` of each `content_block_delta`. */
  readonly deltas: readonly ApiEvent[];
}

/** A content block of a reply. */
export type Block =
  | TextBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | OtherBlock;

/** Tokens of a reply, as the API reports them. */
export interface ReplyUsage {
  /**
   * Tokens of the request, without cached ones.
   *
   * @default 100
   */
  readonly inputTokens?: number;
  /**
   * Tokens of the reply.
   *
   * @default 20
   */
  readonly outputTokens?: number;
  /**
   * Tokens of the request that were put into the cache.
   *
   * @default 0
   */
  readonly cacheCreationInputTokens?: number;
  /**
   * Tokens of the request that came from the cache.
   *
   * @default 0
   */
  readonly cacheReadInputTokens?: number;
}

/** Common fields of all replies. */
export interface ReplyBase {
  /** The server waits here before it sends even the status line. */
  readonly before: Gate | undefined;
  /** Headers of the response that override the usual ones, for example rate limits. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A message of the model, streamed or whole, depending on the request. */
export interface MessageReply extends ReplyBase {
  /** Tells the replies apart. */
  readonly kind: "message";
  /** Blocks, and gates and faults between them. */
  readonly content: readonly (Block | Gate | Fault)[];
  /** Why the model stopped; if absent, `tool_use` if there is a tool call, otherwise `end_turn`. */
  readonly stopReason: string | undefined;
  /** The text that made the model stop, for the stop reason `stop_sequence`. */
  readonly stopSequence: string | undefined;
  /** Tokens of the reply. */
  readonly usage: ReplyUsage;
  /** Id of the message; if absent, the server assigns one. */
  readonly id: string | undefined;
  /** Name of the model; if absent, that of the request. */
  readonly model: string | undefined;
  /** Maximum length of a delta in code points. */
  readonly chunkSize: number | undefined;
}

/** An error instead of a message. */
export interface FailureReply extends ReplyBase {
  /** Tells the replies apart. */
  readonly kind: "failure";
  /** The HTTP status. */
  readonly status: number;
  /** The body, JSON or not. */
  readonly body: string;
  /** Whether it answers every call until the user's next prompt, not only one. */
  readonly wholeTurn: boolean;
}

/** What the server does with one request. */
export type Reply = MessageReply | FailureReply;
