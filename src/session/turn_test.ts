// A turn loses no text, holds few pieces for a reader that is slow, and ends with its
// error.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventDecoder } from "../decode/decoder.ts";
import type { View } from "../events/mod.ts";
import { isWireObject } from "../messages/_define.ts";
import { loneTurn } from "./fixtures/lone_turn.ts";
import { Promising } from "./promising.ts";
import { Turn } from "./turn.ts";

const COUNT = 100_000;

/** A turn with this many unread pieces of text, and the whole text. */
function unread<V extends View>(view: V) {
  const sink = loneTurn();
  const turn = new Turn<V>(sink, view, new Promising());
  const decoder = new EventDecoder();
  const put = (raw: unknown) => {
    assert(isWireObject(raw));
    sink.feed.push(decoder.decode(raw));
  };
  let text = "";
  const event = (event: unknown) =>
    put({ type: "stream_event", api_message_id: "m", event });
  event({ type: "message_start", message: { id: "m" } });
  for (let at = 0; at < COUNT; at++) {
    const piece = `${at} `;
    text += piece;
    event({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: piece },
    });
  }
  put({
    type: "assistant",
    message: { id: "m", model: "x", content: [{ type: "text", text }] },
    parent_tool_use_id: null,
  });
  return { turn, sink, text };
}

Deno.test("Turn: 100,000 pieces that nobody reads stay few, and the text is whole", async () => {
  const { turn, sink, text } = unread("flat");
  assertEquals(turn.pending, 1001);
  sink.settle({ error: new Error("over") });
  const stream = turn.textStream();
  let given = "";
  await assertRejects(
    async () => {
      for await (const piece of stream) given += piece;
    },
    Error,
    "over",
  );
  assertEquals(given, text);
  assertEquals(turn.pending, 0);
});

Deno.test("Turn: what came before the end is read before its error, in every view", async () => {
  for (const view of ["flat", "messages", "wire"] as const) {
    const { turn, sink } = unread(view);
    sink.settle({ error: new Error("over") });
    let count = 0;
    await assertRejects(
      async () => {
        for await (const _ of turn) count++;
      },
      Error,
      "over",
    );
    assertEquals(count, 1001, view);
  }
});

Deno.test("Turn: a piece is handed on at once to whoever waits for it", async () => {
  const sink = loneTurn();
  const turn = new Turn(sink, "flat", new Promising());
  const reader = turn.readable.getReader();
  const next = reader.read();
  const frame = new EventDecoder().decode({
    type: "prompt_suggestion",
    suggestion: "a",
  });
  sink.feed.push(frame);
  assertEquals((await next).value, frame.events[0]);
  assertEquals(turn.pending, 0);
  await reader.cancel();
  sink.feed.push(frame);
  assertEquals(turn.pending, 0);
});

Deno.test("Turn: text is taken back only when all of it was given", async () => {
  const sink = loneTurn();
  const turn = new Turn(sink, "flat", new Promising());
  const decoder = new EventDecoder();
  const reply = (id: string, ...texts: readonly string[]) => ({
    type: "assistant",
    message: {
      id,
      model: "x",
      content: texts.map((text) => ({ type: "text", text })),
    },
    parent_tool_use_id: null,
  });
  const event = (event: unknown, more: object = {}) => ({
    type: "stream_event",
    api_message_id: "a",
    event,
    ...more,
  });
  const lines = [
    event({ type: "message_start", message: { id: "a" } }),
    event({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: "One two" },
    }),
    event({ type: "message_stop" }, {
      abandoned_blocks: { from_block_index: 0 },
    }),
    // In one line: what is new, and what takes back what came before it.
    reply("b", "One", " zwei"),
  ];
  for (const line of lines) sink.feed.push(decoder.decode(line));
  sink.settle({ error: new Error("over") });
  let shown = "";
  const stream = turn.textStream({
    onRetract(text) {
      assert(shown.endsWith(text), shown);
      shown = shown.slice(0, -text.length);
    },
  });
  await assertRejects(
    async () => {
      for await (const piece of stream) shown += piece;
    },
    Error,
    "over",
  );
  assertEquals(shown, "One zwei");
});

Deno.test("Turn: text() and result() that a caller drops end no program", async () => {
  const unhandled: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", hear);
  try {
    const sink = loneTurn();
    const turn = new Turn(sink, "flat", new Promising());
    void turn.text();
    void turn.result();
    sink.settle({ error: new Error("over") });
    void turn.text();
    // Rejections that nobody handles are reported after the microtasks.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(unhandled, []);
    await assertRejects(() => turn.result(), Error, "over");
  } finally {
    globalThis.removeEventListener("unhandledrejection", hear);
  }
});
