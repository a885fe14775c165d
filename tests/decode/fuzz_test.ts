// No line harms the stream or the lines after it.

import { assert, assertEquals } from "@std/assert";
import { decodeEvents } from "../../src/decode/decode_events.ts";
import { Protocol } from "../../src/protocol/mod.ts";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";

const MUTATIONS = 10_000;
const SEED = 20261122;
const encoder = new TextEncoder();

type Random = () => number;

/** Mulberry32: small, and the same everywhere. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  assert(item !== undefined);
  return item;
}

type Json = { [key: string]: unknown } | unknown[];

/** Some place inside of a value: an object or a list, and a key in it. */
function somewhere(random: Random, root: Json): [Json, string] {
  let at: Json = root;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return [at, "0"];
    const key = pick(random, keys);
    const inner = Reflect.get(at, key);
    if (typeof inner !== "object" || inner === null || random() < 0.3) {
      return [at, key];
    }
    at = inner;
  }
}

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  "",
  "\u2028\u2029\u0000\uFEFF",
  "\uD800",
  [],
  {},
  [null],
  [[{}]],
  { type: "invented_block", text: 5 },
  { constructor: "x", toString: null, hasOwnProperty: 1 },
  "x".repeat(2000),
];

/** Changes an object in one way. */
const CHANGES: readonly ((random: Random, line: Json) => void)[] = [
  (random, line) => {
    const [at, key] = somewhere(random, line);
    Reflect.deleteProperty(at, key);
  },
  (random, line) => {
    const [at, key] = somewhere(random, line);
    Reflect.set(at, key, structuredClone(pick(random, VALUES)));
  },
  (random, line) => {
    const [at, key] = somewhere(random, line);
    const names = ["__proto__", "constructor", "type", "subtype", `${key}_2`];
    const value: unknown = Reflect.get(at, key);
    Reflect.deleteProperty(at, key);
    Object.defineProperty(at, pick(random, names), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  },
  (random, line) => {
    const message = Reflect.get(line, "message");
    const content = [structuredClone(pick(random, VALUES)), {
      type: "hologram",
      beam: 1,
    }];
    Reflect.set(line, "message", { id: "m", model: "m", ...message, content });
  },
];

/** Changes the text or the bytes of a line in one way. */
const BREAKS: readonly ((random: Random, text: string) => Uint8Array)[] = [
  (random, text) =>
    encoder.encode(text.slice(0, Math.floor(random() * text.length))),
  (random, text) => {
    const bytes = encoder.encode(text);
    const at = Math.floor(random() * bytes.length);
    const wrong = pick(random, [0xFF, 0xC0, 0x80, 0x00, 0xED, 0x0D]);
    bytes[at] = wrong;
    return bytes;
  },
  (random, text) => {
    const at = Math.floor(random() * text.length);
    const wrong = pick(random, ["\u2028", "\0", "\uFEFF", "}", '"', "\r", ","]);
    return encoder.encode(text.slice(0, at) + wrong + text.slice(at));
  },
  (random) =>
    encoder.encode(pick(random, [
      "Error: something on stdout",
      "\0oversized ",
      "\0tail ",
      "\0oversized x y",
      "NaN",
      "null",
      "[]",
      "5",
      '"text"',
      "{",
      "   ",
      "",
      "\uFEFF{}",
    ])),
];

function mutate(random: Random, lines: readonly string[]): Uint8Array {
  const text = pick(random, lines);
  if (random() < 0.25) return pick(random, BREAKS)(random, text);
  const line: Json = JSON.parse(text);
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    pick(random, CHANGES)(random, line);
  }
  return encoder.encode(JSON.stringify(line));
}

function good(index: number): string {
  return `{"type":"prompt_suggestion","suggestion":"${index}"}`;
}

function joined(lines: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const line of lines) {
    whole.set(line, at);
    whole[at + line.length] = 10;
    at += line.length + 1;
  }
  return whole;
}

/** Whether a line holds anything, as the decoder sees it. */
function isBlank(line: Uint8Array): boolean {
  return new TextDecoder().decode(line).trim() === "";
}

function mutations(): Uint8Array[] {
  const random = seeded(SEED);
  const lines = readTranscripts().flatMap((transcript) => transcript.lines)
    .filter((line) => line.length < 3000);
  return Array.from({ length: MUTATIONS }, () => mutate(random, lines));
}

Deno.test("no line can end a stream, nor harm the line after it", async () => {
  const broken = mutations();
  const bytes = joined(
    broken.flatMap((line, index) => [line, encoder.encode(good(index))]),
  );

  // One item for each line, and each second one is what was written.
  const wire = await drain(
    decodeEvents(inChunks(bytes, 65536), { view: "wire" }),
  );
  let at = 0;
  broken.forEach((line, index) => {
    if (!isBlank(line)) at++;
    assertEquals(wire[at], JSON.parse(good(index)), `after ${index}`);
    at++;
  });
  assertEquals(wire.length, at);

  for (const view of ["flat", "messages"] as const) {
    const events = await drain(decodeEvents(inChunks(bytes, 65536), { view }));
    const found = events
      .filter((event) => event.type === "prompt_suggestion")
      .map((event) => event.suggestion)
      // A mutated suggestion is none of ours.
      .filter((text) => /^\d+$/.test(text));
    assertEquals(found.length, MUTATIONS, view);
    assert(events.every((event) => event.raw !== undefined));
  }
});

Deno.test("no line of the CLI makes the conversation throw", () => {
  const protocol = new Protocol();
  protocol.start("start", {}, 1000);
  const decoder = new TextDecoder();
  let prompts = 0;
  for (const line of mutations()) {
    if (protocol.state === "idle") {
      protocol.send({ id: `p${prompts++}`, content: "hi" });
    }
    protocol.receive(decoder.decode(line));
  }
  assert(protocol.state === "running" || protocol.state === "idle");
});

Deno.test("a deep line and a long one are lines like others", async () => {
  const deep = `${'{"a":['.repeat(5000)}${"]}".repeat(5000)}`;
  const size = 64 * 1024 * 1024;
  const long = new Uint8Array(size).fill(97);
  long.set(encoder.encode('{"type":"prompt_suggestion","suggestion":"'));
  long.set(encoder.encode('"}'), size - 2);
  const input = joined([
    encoder.encode(
      `{"type":"system","subtype":"task_updated","task_id":"t","patch":${deep}}`,
    ),
    encoder.encode(deep),
    encoder.encode(good(1)),
    long,
    encoder.encode(good(2)),
  ]);
  const events = await drain(decodeEvents(inChunks(input, 65536)));
  assertEquals(events.map((event) => event.type), [
    "task_updated",
    "unknown",
    "prompt_suggestion",
    "prompt_suggestion",
    "prompt_suggestion",
  ]);
  const short = await drain(
    decodeEvents(inChunks(input, 1 << 20), { maxLineBytes: 1 << 20 }),
  );
  const cut = short[3];
  assert(cut?.type === "unknown" && cut.reason === "oversized");
  assertEquals(cut.lineBytes, size);
  assertEquals(short[4]?.type, "prompt_suggestion");
});
