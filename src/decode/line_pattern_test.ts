// A line that is read by a pattern gives what it gives when it is parsed and read by
// its schema: nothing else is accepted, and nothing else comes of it.

import { assert, assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import { readMessage } from "../messages/mod.ts";
import type { StreamDelta } from "../messages/stream_event.ts";
import { EventDecoder } from "./decoder.ts";
import { classifyLine } from "./line.ts";
import { LinePattern } from "./line_pattern.ts";

const UUID = "00fb8673-8b42-4c83-a548-4f3e32248c1e";
const OTHER_UUID = "89af9ed0-2560-41c5-a67f-bb5522e53a50";

interface Parts {
  readonly delta?: WireObject;
  readonly index?: number;
  readonly uuid?: string;
  readonly before?: WireObject;
  readonly more?: WireObject;
}

/** A line as CLI 2.1.330 writes it. */
function lineOf(
  { delta, index = 0, uuid = UUID, before = {}, more = {} }: Parts,
): string {
  return JSON.stringify({
    type: "stream_event",
    ...before,
    event: {
      type: "content_block_delta",
      index,
      delta: delta ?? { type: "text_delta", text: "text" },
    },
    session_id: "s",
    parent_tool_use_id: null,
    uuid,
    api_message_id: "msg_1",
    ...more,
  });
}

/** What comes of a line that is parsed. */
function slowly(line: string): unknown {
  let raw: WireObject;
  try {
    raw = JSON.parse(line);
  } catch {
    return undefined;
  }
  return readMessage(raw);
}

function patternOf(line: string): LinePattern | undefined {
  const message = readMessage(JSON.parse(line));
  assertEquals(message.type, "stream_delta");
  return LinePattern.of(line, message as StreamDelta);
}

/** Reads a line by a pattern; what comes of it must be right. */
function checked(pattern: LinePattern, line: string): boolean {
  const event = pattern.read(line);
  if (event === undefined) return false;
  const expected = slowly(line) as StreamDelta | undefined;
  assertEquals(event, expected, line);
  // The order of the fields, and what is hidden.
  assertEquals(JSON.stringify(event), JSON.stringify(expected), line);
  assertEquals(JSON.stringify(event.raw), JSON.stringify(expected?.raw), line);
  assertEquals(Object.keys(event), Object.keys(expected ?? {}), line);
  assertEquals(event.event, (event.raw as WireObject).event);
  assert(event.event === (event.raw as WireObject).event);
  return true;
}

const PIECES = [
  "",
  " ",
  "text",
  "a longer piece of text than V8 would copy",
  "“ümläut” 台湾 🎉 \u2028\u2029\u0085",
  'a "quoted" \\ word\n\t\u0000\u001f\u007f',
  "\ud800 alone",
  "<piece>",
  `","uuid":"${UUID}`,
  `"}},"session_id":"s","parent_tool_use_id":null,"uuid":"${UUID}`,
  "a",
  "b",
  "__proto__",
];

const KINDS: readonly ((piece: string) => WireObject)[] = [
  (text) => ({ type: "text_delta", text }),
  (thinking) => ({ type: "thinking_delta", thinking }),
  (partial_json) => ({ type: "input_json_delta", partial_json }),
];

Deno.test("LinePattern.read: another piece and another uuid, of each kind", () => {
  for (const kind of KINDS) {
    for (const first of PIECES) {
      const pattern = patternOf(lineOf({ delta: kind(first) }));
      assert(pattern !== undefined, first);
      for (const piece of PIECES) {
        const line = lineOf({ delta: kind(piece), uuid: OTHER_UUID });
        assert(checked(pattern, line), line);
      }
    }
  }
});

Deno.test("LinePattern.read: anything else is not of the pattern", () => {
  const pattern = patternOf(lineOf({}));
  assert(pattern !== undefined);
  for (
    const line of [
      lineOf({ index: 1 }),
      lineOf({ uuid: "short" }),
      lineOf({ more: { api_message_id: "msg_2" } }),
      lineOf({ more: { agent_id: "x" } }),
      lineOf({ before: { ttft_ms: 1 } }),
      lineOf({ delta: { type: "text_delta", text: 1 } }),
      lineOf({ delta: { type: "text_delta", text: "a", thinking: "b" } }),
      lineOf({}).slice(0, -1),
      ` ${lineOf({})}`,
      "",
    ]
  ) assert(pattern.read(line) === undefined, line);
});

Deno.test("LinePattern.of: none where the piece or the uuid is not plainly there", () => {
  for (
    const line of [
      // No piece, no uuid, or no names that are known.
      lineOf({ delta: { type: "signature_delta", signature: "x" } }),
      lineOf({ more: { uuid: undefined } }),
      lineOf({ delta: { type: "text_delta" } }),
      // Objects that two events would share.
      lineOf({ more: { extra: { a: 1 } } }),
      lineOf({ delta: { type: "text_delta", text: "a", extra: [] } }),
      // Another value of the same name comes first.
      lineOf({ before: { text: "a" } }),
      lineOf({ more: { uuid: undefined, x: UUID } }),
      // Written in another way.
      lineOf({}).replace('"text":"', '"text": "'),
      lineOf({}).replace('"uuid":"', '"\\u0075uid":"'),
    ]
  ) assert(patternOf(line) === undefined, line);
});

Deno.test("LinePattern.of: a name that only looks like it, or comes twice", () => {
  for (
    const line of [
      lineOf({ before: { 'x"text': "a" } }),
      lineOf({ before: { 'x\\"text': "a", 'text\\":"': "b" } }),
      lineOf({}).replace('"session_id"', '"uuid":"twice","session_id"'),
      lineOf({}).replace('"text":"text"', '"text":"once","text":"text"'),
      lineOf({}).replace('"text":"text"', '"text":"text","text":"again"'),
    ]
  ) {
    const pattern = patternOf(line);
    if (pattern === undefined) continue;
    for (const piece of PIECES) {
      const other = line.replace(
        '"text":"text"',
        () => `"text":${JSON.stringify(piece)}`,
      );
      checked(pattern, other);
    }
  }
});

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

Deno.test("LinePattern.read: 50,000 lines with something changed anywhere", () => {
  const next = numbers(1);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const bits = [
    '"',
    "\\",
    '\\"',
    "\\n",
    "\\u00e9",
    "\\u00",
    "{",
    "}",
    ",",
    ":",
    '","',
    "\t",
    "\u0000",
    "é",
    "🎉",
    " ",
    "null",
    '"uuid":"',
    '"text":"',
    "",
    "",
  ];
  let hits = 0;
  for (let run = 0; run < 50_000; run++) {
    const kind = pick(KINDS);
    const pattern = patternOf(lineOf({ delta: kind(pick(PIECES)) }));
    assert(pattern !== undefined);
    const whole = lineOf({ delta: kind(pick(PIECES)) });
    const at = next(whole.length);
    const gone = next(4);
    const changed = whole.slice(0, at) + pick(bits) + whole.slice(at + gone);
    if (checked(pattern, changed)) hits++;
  }
  // Changes within the piece or the uuid, most of them.
  assert(hits > 1_000, `${hits} lines were read`);
});

Deno.test("EventDecoder.again: the same events as without it, in every block", () => {
  const start = (index: number, block: WireObject) =>
    event({ type: "content_block_start", index, content_block: block });
  const event = (event: WireObject, uuid = UUID) =>
    JSON.stringify({
      type: "stream_event",
      event,
      session_id: "s",
      parent_tool_use_id: null,
      uuid,
    });
  const lines = [
    event({ type: "message_start", message: { id: "msg_1" } }),
    start(0, { type: "text", text: "" }),
    ...PIECES.map((text) => lineOf({ delta: { type: "text_delta", text } })),
    event({ type: "content_block_stop", index: 0 }),
    start(1, { type: "tool_use", id: "t", name: "Bash", input: {} }),
    ...["", '{"a', '":"', "\\n", '"}'].map((partial_json) =>
      lineOf({ index: 1, delta: { type: "input_json_delta", partial_json } })
    ),
    event({ type: "content_block_stop", index: 1 }),
    event({ type: "message_stop" }),
    // The same lines once more, with no tool whose input they could be.
    event({ type: "message_start", message: { id: "msg_1" } }),
    start(1, { type: "text", text: "" }),
    ...['{"a', '":1', "}"].map((partial_json) =>
      lineOf({ index: 1, delta: { type: "input_json_delta", partial_json } })
    ),
    // CLI 2.1.197 names the message in its first event only.
    ...["a", "b", "c"].map((text) =>
      event({
        type: "content_block_delta",
        index: 1,
        delta: { type: "text_delta", text },
      })
    ),
  ];
  const quick = new EventDecoder();
  const plain = new EventDecoder();
  let hits = 0;
  for (const line of lines) {
    const told = classifyLine(line);
    assert(told.kind === "message");
    const expected = plain.decode(told.raw);
    const again = quick.piece(line);
    if (again !== undefined) hits++;
    const frame = again ?? quick.decode(told.raw, line);
    assertEquals(frame, expected, line);
    assertEquals(
      frame.events.map((event) => [event.raw, snapshotOf(event)]),
      expected.events.map((event) => [event.raw, snapshotOf(event)]),
    );
  }
  assertEquals(hits, PIECES.length - 1 + 4 + 2);
});

function snapshotOf(event: object): unknown {
  return "snapshot" in event ? event.snapshot : undefined;
}
