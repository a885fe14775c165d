/**
 * Converts a scripted message to the events of the Messages API, and these to text.
 *
 * @module
 */

import type { RequestOutcome } from "./api_request.ts";
import { Gate } from "./gate.ts";
import type { ApiEvent, Block, Fault, MessageReply, Piece } from "./script.ts";

/** How the events of a message end, if the client waits for all of them. */
export type MessageOutcome = Exclude<RequestOutcome, "abandoned">;

/** Ids and model of a reply that the script does not set. */
export interface Identity {
  /** Id of the message, if the script does not set one. */
  readonly messageId: string;
  /** The id of the request, for the header `request-id`. */
  readonly requestId: string;
  /** Name of the model, if the script does not set one. */
  readonly model: string;
  /** Returns the id of the next tool call without one in the script. */
  readonly nextToolUseId: () => string;
}

/**
 * Yields the events of a message in order. Waits at gates.
 *
 * @param reply The scripted message.
 * @param identity Ids and model.
 * @param gone Rejects when the stream is no longer read; ends every wait.
 * @returns A generator of events, where a string is written unchanged; its return value is the
 *   outcome.
 */
export async function* messageEvents(
  reply: MessageReply,
  identity: Identity,
  gone: Promise<never>,
): AsyncGenerator<ApiEvent | string, MessageOutcome, undefined> {
  yield { type: "message_start", message: startOfMessage(reply, identity) };
  let index = 0;
  for (const part of reply.content) {
    if (!isBlock(part)) {
      const outcome = yield* happen(part, gone);
      if (outcome !== undefined) return outcome;
      continue;
    }
    const [start, deltas] = unfold(part, identity);
    yield { type: "content_block_start", index, content_block: start };
    // The API sends its first ping here. Clients must skip it.
    if (index === 0) yield { type: "ping" };
    for (const delta of deltas) {
      if ("whole" in delta) {
        yield { type: "content_block_delta", index, delta: delta.whole };
      } else if (typeof delta.piece !== "string") {
        const outcome = yield* happen(delta.piece, gone);
        if (outcome !== undefined) return outcome;
      } else {
        for (const text of split(delta.piece, reply.chunkSize)) {
          yield {
            type: "content_block_delta",
            index,
            delta: { type: delta.type, [delta.field]: text },
          };
        }
      }
    }
    yield { type: "content_block_stop", index };
    index++;
  }
  yield {
    type: "message_delta",
    delta: {
      stop_reason: stopReasonOf(reply),
      stop_sequence: reply.stopSequence ?? null,
    },
    usage: { output_tokens: reply.usage.outputTokens ?? 20 },
  };
  yield { type: "message_stop" };
  return "sent";
}

/**
 * Whether the connection breaks in this reply.
 *
 * @param reply The scripted message.
 * @returns Whether it contains a `cut`.
 */
export function isCut(reply: MessageReply): boolean {
  return reply.content.some((part) =>
    isBlock(part)
      ? "pieces" in part && part.pieces.some(isCutFault)
      : isCutFault(part)
  );
}

/**
 * Encodes an event as lines of an event stream.
 *
 * @param event The event, or text that is written unchanged.
 * @returns The text, with its empty line.
 */
export function encodeEvent(event: ApiEvent | string): string {
  if (typeof event === "string") return event;
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

type Delta =
  | { readonly whole: ApiEvent }
  | { readonly type: string; readonly field: string; readonly piece: Piece };

/** Carries out a gate or fault between deltas; returns the outcome if that ends the stream. */
async function* happen(
  part: Gate | Fault,
  gone: Promise<never>,
): AsyncGenerator<
  ApiEvent | string,
  MessageOutcome | undefined,
  undefined
> {
  if (part instanceof Gate) {
    await Promise.race([part.pass(), gone]);
    return undefined;
  }
  switch (part.fault) {
    case "cut":
    case "end":
      return "cut";
    case "silence":
      return await gone;
    case "error":
      yield {
        type: "error",
        error: { type: part.errorType, message: part.message },
      };
      return "failed";
    case "event":
      yield part.event;
      return undefined;
    case "raw":
      yield part.text;
      return undefined;
  }
}

function startOfMessage(
  reply: MessageReply,
  identity: Identity,
): Record<string, unknown> {
  const { usage } = reply;
  return {
    id: reply.id ?? identity.messageId,
    type: "message",
    role: "assistant",
    model: reply.model ?? identity.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: usage.inputTokens ?? 100,
      cache_creation_input_tokens: usage.cacheCreationInputTokens ?? 0,
      cache_read_input_tokens: usage.cacheReadInputTokens ?? 0,
      // The API reports 1 here and the actual number in message_delta.
      output_tokens: 1,
    },
  };
}

function unfold(
  block: Block,
  identity: Identity,
): [start: ApiEvent, deltas: readonly Delta[]] {
  switch (block.type) {
    case "text":
      return [
        { type: "text", text: "" },
        pieces(block.pieces, "text_delta", "text"),
      ];
    case "thinking":
      return [
        { type: "thinking", thinking: "", signature: "" },
        [
          ...pieces(block.pieces, "thinking_delta", "thinking"),
          { whole: { type: "signature_delta", signature: block.signature } },
        ],
      ];
    case "redacted_thinking":
      return [{ type: "redacted_thinking", data: block.data }, []];
    case "tool_use":
      return [
        {
          type: "tool_use",
          id: block.id ?? identity.nextToolUseId(),
          name: block.name,
          input: {},
        },
        pieces(block.pieces, "input_json_delta", "partial_json"),
      ];
    case "other":
      return [block.start, block.deltas.map((whole) => ({ whole }))];
  }
}

function pieces(
  pieces: readonly Piece[],
  type: string,
  field: string,
): Delta[] {
  return pieces.map((piece) => ({ type, field, piece }));
}

function stopReasonOf(reply: MessageReply): string {
  const callsTool = reply.content.some((part) =>
    isBlock(part) && part.type === "tool_use"
  );
  return reply.stopReason ?? (callsTool ? "tool_use" : "end_turn");
}

function isCutFault(piece: Piece): boolean {
  return typeof piece !== "string" && "fault" in piece && piece.fault === "cut";
}

function isBlock(part: Block | Gate | Fault): part is Block {
  return !(part instanceof Gate) && "type" in part;
}

function* split(
  text: string,
  size: number | undefined,
): Generator<string, void, undefined> {
  if (size === undefined) return yield text;
  // Split by code points, because half a surrogate pair is not valid UTF-8.
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += size) {
    yield characters.slice(at, at + size).join("");
  }
}
