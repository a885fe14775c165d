/**
 * Joins pieces of a reply that were not read yet into one. Pure.
 *
 * @module
 */

import {
  type Draft,
  hidden,
  isWireObject,
  type WireObject,
} from "../messages/_define.ts";
import { pieceNames, type StreamDelta } from "../messages/stream_event.ts";
import type { ThinkingTokens } from "../messages/system/models.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";
import type { ToolInputDelta } from "../events/tools.ts";

/** How many pieces are kept one by one before they become one text. */
const MOST_PARTS = 512;

/** Whether two pieces can be joined: of the same kind, of the same block. */
export function canJoin(one: Frame, other: Frame): boolean {
  const a = one.events[0];
  const b = other.events[0];
  if (a?.type !== "stream_delta" || b?.type !== "stream_delta") {
    return a?.type === "thinking_tokens" && b?.type === "thinking_tokens";
  }
  return a.deltaType === b.deltaType && a.index === b.index &&
    a.messageId === b.messageId &&
    a.parentToolUseId === b.parentToolUseId;
}

/** Frames that became one. */
export class JoinedFrames {
  readonly #first: Frame;
  #last: Frame;
  /** The pieces, those of `#parts` at its end. */
  #text = "";
  #parts: string[] = [];
  #tokens = 0;

  /** Begins with one frame, which must be a piece. */
  constructor(first: Frame) {
    this.#first = first;
    this.#last = first;
    this.add(first);
  }

  /** Adds a frame that {@linkcode canJoin} with the first. */
  add(frame: Frame): void {
    this.#last = frame;
    const [event] = frame.events;
    if (event?.type === "thinking_tokens") {
      this.#tokens += event.estimatedTokensDelta ?? 0;
    } else if (event?.type === "stream_delta") {
      const [name] = pieceNames(event.deltaType) ?? [];
      if (name === undefined) return;
      this.#parts.push(event[name] ?? "");
      // Otherwise memory would be held by the number of the pieces, not by their text.
      if (this.#parts.length > MOST_PARTS) this.#gather();
    }
  }

  #gather(): string {
    // Append only the new parts: joining the whole text each time would take quadratic time.
    this.#text += this.#parts.join("");
    this.#parts = [];
    return this.#text;
  }

  /** How many events they are together. */
  get eventCount(): number {
    return this.#last.events.length;
  }

  /** Whether a frame belongs here as well. */
  takes(frame: Frame): boolean {
    return canJoin(this.#first, frame);
  }

  /** What they are together: as if the CLI had written fewer and longer pieces. */
  frame(): Frame {
    const [first, input] = this.#last.events;
    if (first?.type === "thinking_tokens") return this.#joinedTokens(first);
    if (first?.type !== "stream_delta") return this.#last;
    const delta = this.#joinedDelta(first);
    const events: ClaudeEvent[] = [delta];
    if (input?.type === "tool_input_delta") {
      events.push(joinedInput(input, delta));
    }
    return this.#frame(delta, events);
  }

  #joinedTokens(last: ThinkingTokens): Frame {
    const raw = isWireObject(last.raw)
      ? { ...last.raw, estimated_tokens_delta: this.#tokens }
      : last.raw;
    const tokens = hidden(
      { ...last, estimatedTokensDelta: this.#tokens },
      "raw",
      raw,
    );
    return this.#frame(tokens, [tokens]);
  }

  #joinedDelta(last: StreamDelta): StreamDelta {
    const names = pieceNames(last.deltaType);
    if (names === undefined) return last;
    const [name, wireName] = names;
    const piece = this.#gather();
    const inner = isWireObject(last.event.delta) ? last.event.delta : {};
    const event: WireObject = {
      ...last.event,
      delta: { ...inner, [wireName]: piece },
    };
    const raw = isWireObject(last.raw) ? { ...last.raw, event } : last.raw;
    const joined: Draft<Omit<StreamDelta, "raw">> = { ...last, event };
    joined[name] = piece;
    return hidden(joined, "raw", raw);
  }

  #frame(
    event: StreamDelta | ThinkingTokens,
    events: readonly ClaudeEvent[],
  ): Frame {
    return {
      ...this.#first.wire === undefined
        ? {}
        : { wire: event.raw as WireObject },
      ...this.#first.message === undefined ? {} : { message: event },
      events,
      isPiece: true,
    };
  }
}

function joinedInput(last: ToolInputDelta, delta: StreamDelta): ToolInputDelta {
  const joined = hidden(
    { ...last, partialJson: delta.partialJson ?? "" },
    "raw",
    delta.raw,
  );
  const snapshot = Object.getOwnPropertyDescriptor(last, "snapshot") ?? {};
  return Object.defineProperty(joined, "snapshot", snapshot) as ToolInputDelta;
}
