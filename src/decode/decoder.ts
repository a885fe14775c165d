/**
 * Lines to messages, and messages to events. Pure: the decoder remembers what an event
 * needs to know of those before it, and nothing else.
 *
 * A line is read in one of two ways. Most lines of a reply that is streamed differ from the
 * one before only in their piece of text, and are read by its pattern; all others are parsed.
 *
 * @module
 */

import { goesOnFrom, roundUsd, usedBefore } from "./usage.ts";
import {
  type Draft,
  isWireObject,
  type Validation,
  type WireObject,
} from "../messages/_define.ts";
import type { AssistantMessage } from "../messages/assistant.ts";
import { type MessageOrUnknown, readMessage } from "../messages/mod.ts";
import type { Result } from "../messages/result.ts";
import { pieceNames, type StreamDelta } from "../messages/stream_event.ts";
import { Agents } from "./agents.ts";
import { Answers } from "./answers.ts";
import { fileChange, OpenToolInput, type TodoItem } from "../events/tools.ts";
import { TodoFollower } from "./todos.ts";
import { classifyLine, type Line } from "./line.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import { LinePattern } from "./line_pattern.ts";
import {
  blocksOf,
  type KnownCall,
  timeOf,
  unfoldReplyBlock,
  unfoldUser,
} from "./unfold.ts";
import { type ErrorDetails, ProtocolError } from "../errors.ts";
import type { UnknownEvent, UnknownReason } from "../messages/unknown.ts";

/** The reply that is being streamed; only replies of the main agent are. */
interface OpenStream {
  readonly messageId: string | undefined;
  /** The block between its `content_block_start` and `content_block_stop`. */
  open: number | undefined;
  /** Blocks whose deltas were delivered. */
  readonly streamed: Set<number>;
  /** The tool call between its `content_block_start` and `content_block_stop`. */
  input: OpenToolInput | undefined;
}

/** Turns the lines of one process, in their order, into events of all views. */
export class EventDecoder {
  #todos: TodoFollower;
  #stream: OpenStream | undefined;
  /** How many blocks of a reply came, by the reply's id, and in which turn the last one. */
  readonly #blocks = new Map<
    string,
    { readonly count: number; readonly turn: number; readonly isOwn: boolean }
  >();
  /** How many turns are over. */
  #turn = 0;
  readonly #calls = new Map<string, KnownCall>();
  /** How long calls waited for an answer, in milliseconds. */
  readonly #waits = new Map<string, number>();
  readonly #agents = new Agents();
  readonly #answers = new Answers();
  /** The total of the last result. */
  #totalCostUsd: number | undefined;
  #earlierCostUsd = 0;
  readonly #validation: Validation;
  /** The pattern of the block that is being streamed; `null` if its lines have none. */
  #pattern: LinePattern | null | undefined;

  /**
   * @param validation How much is checked. Default `"lenient"`.
   * @param todos Follows the to-do list, which lasts longer than a process. Default: an empty one.
   */
  constructor(
    validation: Validation = "lenient",
    todos: TodoFollower = new TodoFollower(),
  ) {
    this.#validation = validation;
    this.#todos = todos;
  }

  /**
   * Decodes a line that is only the next piece of the block that is being streamed. The
   * result is the same as that of {@linkcode read} and {@linkcode decode}, for which any
   * other line is left: `undefined`.
   */
  piece(line: string): Frame | undefined {
    const delta = this.#pattern?.read(line);
    if (delta === undefined) return undefined;
    const input = this.#stream?.input;
    return {
      wire: delta.raw as WireObject,
      message: delta,
      events: input === undefined ? [delta] : this.#withInput(delta, input),
      isPiece: true,
    };
  }

  /** Parses a line and tells what it is. Never throws. */
  read(line: string): Line {
    const told = classifyLine(line);
    if (told.kind !== "question" || told.question.kind !== "permission") {
      return told;
    }
    const { question } = told;
    // The line contains only the id of the calling subagent, so add its other fields.
    return question.request.agentId === undefined ? told : {
      ...told,
      question: {
        ...question,
        request: this.#agents.signRequest(question.request),
      },
    };
  }

  /**
   * Decodes a message. Never throws.
   *
   * @param line The line that it was read from, for {@linkcode piece}.
   */
  decode(raw: WireObject, line?: string): Frame {
    const message = readMessage(raw, this.#validation);
    const events = this.#unfold(message);
    if (message.type === "stream_delta") this.#learn(message, line);
    return { wire: raw, message, events, isPiece: isPiece(message) };
  }

  /** Makes a pattern of the first piece of a block for the others. */
  #learn(delta: StreamDelta, line: string | undefined): void {
    if (delta.eventType !== "content_block_delta") this.#pattern = undefined;
    else if (line !== undefined && this.#pattern === undefined) {
      // If this line has no pattern, no later line of the block has one.
      this.#pattern = LinePattern.of(line, delta) ?? null;
    }
  }

  #unfold(message: MessageOrUnknown): readonly ClaudeEvent[] {
    if (message.type === "stream_delta") {
      this.#follow(message);
      const input = this.#stream?.input;
      return input === undefined ? [message] : this.#withInput(message, input);
    }
    const events = this.#eventsOf(message);
    for (const event of events) this.#answers.take(event);
    return events;
  }

  #eventsOf(
    message: Exclude<MessageOrUnknown, { readonly type: "stream_delta" }>,
  ): readonly ClaudeEvent[] {
    switch (message.type) {
      case "task_started":
        this.#agents.started(message);
        return [message];
      case "assistant_message":
        if (message.parentToolUseId === null) this.#answers.reply(message);
        else this.#agents.sign(message);
        return this.#unfoldReply(message);
      case "user_message":
        if (message.parentToolUseId !== null) this.#agents.sign(message);
        return unfoldUser(message, (id) => this.#takeCall(id))
          .flatMap<ClaudeEvent>((event) => {
            if (event.type !== "tool_result") return [event];
            const change = fileChange(event) ?? this.#todos.add(event);
            return change === undefined ? [event] : [event, change];
          });
      case "result":
        this.#count(message);
        return [message];
      default:
        return [message];
    }
  }

  #follow(delta: Draft<StreamDelta>): void {
    if (delta.eventType === "message_start") {
      const id = delta.messageId ?? startedId(delta.event);
      this.#stream = {
        messageId: id,
        open: undefined,
        streamed: new Set(),
        input: undefined,
      };
    }
    const stream = this.#stream;
    if (stream === undefined) return;
    // CLI 2.1.197 names the message in its first event only.
    if (delta.messageId === undefined && stream.messageId !== undefined) {
      delta.messageId = stream.messageId;
    }
    switch (delta.eventType) {
      case "content_block_start":
        stream.open = delta.index;
        stream.input = startedInput(delta);
        break;
      case "content_block_delta":
        if (delta.index !== undefined) stream.streamed.add(delta.index);
        break;
      case "content_block_stop":
        stream.open = undefined;
        stream.input = undefined;
        break;
    }
  }

  /** The events of a delta: one more for a piece of the input of a tool. */
  #withInput(delta: StreamDelta, input: OpenToolInput): readonly ClaudeEvent[] {
    const { partialJson } = delta;
    return partialJson === undefined || partialJson === ""
      ? [delta]
      : [delta, input.take(delta, partialJson)];
  }

  #unfoldReply(message: AssistantMessage): readonly ClaudeEvent[] {
    const stream = this.#stream?.messageId === message.messageId
      ? this.#stream
      : undefined;
    const blocks = blocksOf(message.content);
    return blocks.map((block) => {
      // The line of a block comes before its content_block_stop, so the open one is it.
      const index = stream?.open ??
        this.#blocks.get(message.messageId)?.count ?? 0;
      this.#blocks.set(message.messageId, {
        count: index + 1,
        turn: this.#turn,
        isOwn: message.parentToolUseId === null,
      });
      const streamed = stream?.streamed.has(index) ?? false;
      const event = unfoldReplyBlock(
        message,
        block,
        index,
        streamed,
        (id) => this.#takeCall(id),
      );
      if (event.type === "tool_use") {
        this.#calls.set(event.toolUseId, {
          name: event.name,
          input: event.input,
          atMs: timeOf(message.timestamp),
          waitedMs: 0,
        });
      }
      return event;
    });
  }

  /**
   * Takes over what the session had cost before this process. CLI 2.1.300 counts on from
   * there and does not say so, while 2.1.310 does.
   */
  inherit(costUsd: number, todos: readonly TodoItem[]): void {
    this.#todos = new TodoFollower(todos);
    this.#earlierCostUsd = costUsd;
  }

  /** A call waited this long for an answer, in addition to earlier waits. */
  waited(toolUseId: string, waitedMs: number): void {
    this.#waits.set(toolUseId, (this.#waits.get(toolUseId) ?? 0) + waitedMs);
  }

  #takeCall(toolUseId: string): KnownCall | undefined {
    const call = this.#calls.get(toolUseId);
    const waitedMs = this.#waits.get(toolUseId) ?? 0;
    this.#calls.delete(toolUseId);
    this.#waits.delete(toolUseId);
    return call && { ...call, waitedMs };
  }

  #count(result: Draft<Result>): void {
    result.text = this.#answers.end(result);
    // The wire has only the total. A process that resumes a session may begin with what that had
    // cost. The total should never fall within one process; if it does, the new total counts as the
    // cost of this turn.
    this.#totalCostUsd ??= usedBefore(result)?.costUsd ??
      (goesOnFrom(this.#earlierCostUsd, result) ? this.#earlierCostUsd : 0);
    const grown = result.totalCostUsd - this.#totalCostUsd;
    result.costUsd = roundUsd(grown >= 0 ? grown : result.totalCostUsd);
    this.#totalCostUsd = result.totalCostUsd;
    this.#turn++;
    for (const [id, { turn, isOwn }] of this.#blocks) {
      // A reply of a subagent in the background may continue after the result.
      if (isOwn || turn < this.#turn - 1) this.#blocks.delete(id);
    }
  }
}

/** Whether a message is a piece, which can be joined with others. */
function isPiece(message: MessageOrUnknown): boolean {
  return message.type === "stream_delta"
    ? pieceNames(message.deltaType) !== undefined
    : message.type === "thinking_tokens";
}

function startedInput(delta: StreamDelta): OpenToolInput | undefined {
  const block = delta.event.content_block;
  if (!isWireObject(block) || delta.index === undefined) return undefined;
  const { id, name } = block;
  return typeof id === "string" && typeof name === "string"
    ? new OpenToolInput(id, name, delta.index)
    : undefined;
}

function startedId(event: WireObject): string | undefined {
  const message = event.message as { readonly id?: unknown } | undefined;
  return typeof message?.id === "string" ? message.id : undefined;
}

/** Descriptions of faulty lines. Lines that are merely new are not faulty. */
const WRONG: ReadonlyMap<UnknownReason, string> = new Map([
  ["not_json", "it is not JSON"],
  ["not_object", "it is not an object"],
  ["invalid", "it does not have the shape of its type"],
  ["oversized", "it is longer than maxLineBytes"],
  ["truncated", "it is cut short"],
]);

function fault(event: UnknownEvent): string | undefined {
  const first = event.issues?.[0];
  // A block of a kind that we do not know has no issues: it is new, and not wrong.
  if (first !== undefined) return `${first.path}: ${first.message}`;
  return WRONG.get(event.reason);
}

/**
 * Returns the error for the first mismatch in a line, or `undefined` if there is none. An unknown
 * type, subtype or kind of block is not a mismatch: newer CLIs have more of them, and a session
 * must not fail because of that.
 */
export function violation(
  frame: Frame,
  line: string,
  details: ErrorDetails = {},
): ProtocolError | undefined {
  for (const event of frame.events) {
    if (event.type !== "unknown") continue;
    const what = fault(event);
    if (what === undefined) continue;
    return new ProtocolError(
      `Cannot read a line of the CLI: ${what}`,
      // The text without the marks that our own stages put before it.
      typeof event.raw === "string" ? event.raw : line,
      event.issues,
      { ...details, sessionId: event.sessionId ?? details.sessionId },
    );
  }
  return undefined;
}
