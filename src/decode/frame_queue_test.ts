// A reader that is slow gets whole messages in order; only pieces are joined or
// dropped.

import { assert, assertEquals } from "@std/assert";
import { isWireObject } from "../messages/_define.ts";
import { EventDecoder } from "./decoder.ts";
import { FrameQueue } from "./frame_queue.ts";
import type { ClaudeEvent, Frame } from "../events/mod.ts";

const decoder = new EventDecoder();

function frame(raw: unknown): Frame {
  assert(isWireObject(raw));
  return decoder.decode(raw);
}

function delta(type: string, field: string, piece: string, index = 0): Frame {
  return frame({
    type: "stream_event",
    api_message_id: "m",
    event: {
      type: "content_block_delta",
      index,
      delta: { type, [field]: piece },
    },
  });
}

function text(piece: string, index = 0): Frame {
  return delta("text_delta", "text", piece, index);
}

function whole(suggestion: string): Frame {
  return frame({ type: "prompt_suggestion", suggestion });
}

function takeAll(queue: FrameQueue): Frame[] {
  const all: Frame[] = [];
  for (;;) {
    const frame = queue.take();
    if (frame === undefined) return all;
    all.push(frame);
  }
}

/** Events in short: the piece, the suggestion, or how many were dropped. */
function short(event: ClaudeEvent): string | number {
  switch (event.type) {
    case "stream_delta":
      return event.text ?? event.thinking ?? event.partialJson ?? "";
    case "prompt_suggestion":
      return event.suggestion;
    case "events_dropped":
      return event.count;
    default:
      return event.type;
  }
}

function told(queue: FrameQueue): (string | number)[] {
  return takeAll(queue).flatMap(({ events }) => events.map(short));
}

Deno.test("FrameQueue keeps the order, and every frame as it came, below its mark", () => {
  const queue = new FrameQueue(10);
  const frames = [text("a"), whole("b"), text("c"), text("d")];
  for (const frame of frames) queue.push(frame);
  assertEquals(queue.size, 4);
  const taken = takeAll(queue);
  assertEquals(taken.map((frame, at) => frame === frames[at]), [
    true,
    true,
    true,
    true,
  ]);
  assertEquals(queue.size, 0);
});

Deno.test("FrameQueue joins pieces of one block above its mark, never past something whole", () => {
  const queue = new FrameQueue(2);
  for (
    const frame of [
      text("a"),
      text("b"),
      text("c"),
      text("d"),
      whole("-"),
      text("e"),
      text("f"),
      text("g", 1),
      text("h", 1),
    ]
  ) queue.push(frame);
  assertEquals(queue.size, 5);
  assertEquals(told(queue), ["a", "bcd", "-", "ef", "gh"]);
});

Deno.test("FrameQueue: a joined piece is one in every view", () => {
  const queue = new FrameQueue(0);
  queue.push(text("a"));
  queue.push(text("b"));
  const [joined] = takeAll(queue);
  const [event] = joined?.events ?? [];
  assert(event?.type === "stream_delta");
  assertEquals(event.text, "ab");
  const wire = {
    type: "stream_event",
    api_message_id: "m",
    event: {
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: "ab" },
    },
  };
  assertEquals<unknown>(event.raw, wire);
  assertEquals<unknown>(event.event, wire.event);
  assertEquals<unknown>(joined?.wire, wire);
  assert(joined?.message === event);
  assert(!Object.keys(event).includes("raw"));
});

Deno.test("FrameQueue: thinking is joined though its tokens are told in between", () => {
  const queue = new FrameQueue(0);
  for (let at = 1; at <= 50; at++) {
    queue.push(frame({
      type: "system",
      subtype: "thinking_tokens",
      estimated_tokens: at * 10,
      estimated_tokens_delta: 10,
    }));
    queue.push(delta("thinking_delta", "thinking", "x"));
  }
  const events = takeAll(queue).flatMap(({ events }) => events);
  assertEquals(events.length, 2);
  const [tokens, thinking] = events;
  assert(tokens?.type === "thinking_tokens");
  assertEquals(tokens.estimatedTokens, 500);
  assertEquals(tokens.estimatedTokensDelta, 500);
  assert(thinking?.type === "stream_delta");
  assertEquals(thinking.thinking, "x".repeat(50));
});

Deno.test("FrameQueue: the input of a tool is joined, with what it is so far", () => {
  const queue = new FrameQueue(0);
  frame({
    type: "stream_event",
    api_message_id: "m",
    event: { type: "message_start", message: { id: "m" } },
  });
  frame({
    type: "stream_event",
    api_message_id: "m",
    event: {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "t", name: "Bash" },
    },
  });
  for (const piece of ['{"com', 'mand":"l', "s"]) {
    queue.push(delta("input_json_delta", "partial_json", piece));
  }
  const [joined] = takeAll(queue);
  const [, input] = joined?.events ?? [];
  assert(input?.type === "tool_input_delta");
  assertEquals(input.partialJson, '{"command":"ls');
  assertEquals(input.snapshot, { command: "ls" });
  assert(!JSON.stringify(input).includes("snapshot"));
});

Deno.test("FrameQueue drops pieces first and says how many", () => {
  const queue = new FrameQueue(4, 4);
  for (
    const frame of [
      whole("a"),
      text("b"),
      text("c", 1),
      whole("d"),
      whole("e"),
      text("f"),
    ]
  ) queue.push(frame);
  assertEquals(told(queue), ["a", 2, "d", "e", "f"]);
});

Deno.test("FrameQueue: a piece never takes the place of something whole", () => {
  const queue = new FrameQueue(2, 2);
  for (const frame of [whole("a"), whole("b"), text("c"), text("d")]) {
    queue.push(frame);
  }
  assertEquals(told(queue), ["a", "b", 2]);
});

Deno.test("FrameQueue drops the oldest whole ones last of all", () => {
  const queue = new FrameQueue(3, 3);
  for (let at = 1; at <= 1000; at++) queue.push(whole(`${at}`));
  assertEquals(queue.size, 3);
  assertEquals(told(queue), [997, "998", "999", "1000"]);
  queue.push(whole("more"));
  assertEquals(told(queue), ["more"]);
});

Deno.test("FrameQueue: 100,000 pieces that nobody reads take little, and no character is lost", () => {
  const queue = new FrameQueue(1000);
  let expected = "";
  for (let at = 0; at < 100_000; at++) {
    const piece = `${at} `;
    expected += piece;
    queue.push(text(piece));
  }
  assertEquals(queue.size, 1000);
  assertEquals(told(queue).join(""), expected);
});
