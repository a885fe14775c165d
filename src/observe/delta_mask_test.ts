// A secret is masked in a recording however the pieces of a block split it.

import { assert, assertEquals } from "@std/assert";
import { maskSecrets } from "../util/secrets.ts";
import { secretForms } from "../util/secret_values.ts";
import { DeltaMask } from "./delta_mask.ts";

const KEY = "sk-ant-api03-AbC_d-123456789012345678901234567890";
const TOKEN = 'open "sesame" now';
const SECRETS = secretForms([TOKEN, "aaaaaaaab", "hunter22"]);

type Kind = readonly [type: string, field: string];

const KINDS: readonly Kind[] = [
  ["text_delta", "text"],
  ["thinking_delta", "thinking"],
  ["input_json_delta", "partial_json"],
];

function delta(
  text: string,
  [type, field]: Kind = ["text_delta", "text"],
  index = 0,
  parent: string | null = null,
): string {
  return JSON.stringify({
    type: "stream_event",
    event: {
      type: "content_block_delta",
      index,
      delta: { type, [field]: text },
    },
    parent_tool_use_id: parent,
    uuid: "u",
  });
}

function stop(index = 0, parent: string | null = null): string {
  return JSON.stringify({
    type: "stream_event",
    event: { type: "content_block_stop", index },
    parent_tool_use_id: parent,
  });
}

function make(secrets: readonly string[] = SECRETS) {
  const written: string[] = [];
  const mask = new DeltaMask<string>(() => secrets, (line, masked) => {
    written.push(masked ?? line);
  });
  return { written, push: (line: string) => mask.push(line, line), mask };
}

/** The text of some lines, by block. */
function texts(lines: readonly string[]): Record<string, string> {
  const blocks: Record<string, string> = {};
  for (const line of lines) {
    const { event, parent_tool_use_id: parent } = JSON.parse(line);
    if (event?.delta === undefined) continue;
    const { text, thinking, partial_json: json } = event.delta;
    const name = `${parent}:${event.index}`;
    blocks[name] = (blocks[name] ?? "") + (text ?? thinking ?? json);
  }
  return blocks;
}

const TEXTS: readonly string[] = [
  `the key is ${KEY}, keep it`,
  KEY,
  `${KEY}\n${KEY}`,
  `say ${TOKEN} and ${TOKEN}${TOKEN}`,
  JSON.stringify({ command: `login ${TOKEN}`, again: { key: KEY } }),
  "aaaaaaaaaaaaaaaab aaaaaaaa",
  "Authorization: Bearer abc.DEF~123+/= and Basic auth",
  "risk-taking-and-other-long-words-here are none",
  "x_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-x y",
  "http://h/sse?token=0123456789&x=1 via http://me:hunter2@proxy:8080/",
  `{"access_token": "opaquevalue","api_key":"0123456789"}`,
  `"{\\"refresh_token\\":\\"opaquevalue\\"}"`,
  "AKIAIOSFODNN7EXAMPLE is set, ghp_0123456789abcdefghij0123 too",
  "nothing to hide, and ends with sk",
  "hunter2 hunter22 hunter222",
];

/** A number below 1, the same each time. */
function numbers(seed: number): () => number {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return seed / 2 ** 32;
  };
}

Deno.test("the pieces of a block hold what its whole text masked is, however it is split", () => {
  const random = numbers(20_261_129);
  for (const text of TEXTS) {
    const expected = maskSecrets(text, SECRETS);
    for (let round = 0; round < 60; round++) {
      const most = round === 0 ? 1 : 1 + Math.floor(random() * 20);
      const { written, push } = make();
      const kind = KINDS[round % KINDS.length];
      let count = 0;
      for (let at = 0; at < text.length;) {
        const end = at + 1 + Math.floor(random() * most);
        push(delta(text.slice(at, end), kind));
        at = end;
        count++;
      }
      push(stop());
      assertEquals(written.length, count + 1, text);
      assertEquals(texts(written), { "null:0": expected }, text);
    }
  }
});

Deno.test("blocks side by side are told apart, and lines keep their order", () => {
  const { written, push } = make();
  const lines = [
    delta("a hunt", KINDS[0], 0, null),
    delta("b hunt", KINDS[1], 0, "toolu_1"),
    `{"type":"system","subtype":"status"}`,
    delta("er2", KINDS[0], 0, null),
    delta("er", KINDS[1], 0, "toolu_1"),
    delta("2 ok", KINDS[0], 0, null),
    stop(0, null),
    delta("2", KINDS[1], 0, "toolu_1"),
    delta("2", KINDS[1], 0, "toolu_1"),
    stop(0, "toolu_1"),
  ];
  for (const line of lines) push(line);
  assertEquals(written.length, lines.length);
  assertEquals(written[2], lines[2]);
  assertEquals(texts(written), { "null:0": "a *** ok", "toolu_1:0": "b ***" });
});

Deno.test("a line is kept back only while it may end in the beginning of a secret", () => {
  const { written, push } = make();
  const plain = delta("nothing to hide ");
  push(plain);
  assertEquals(written, [plain]);
  push(delta("not a hunter"));
  assertEquals(written.length, 1);
  push(delta("-gatherer "));
  assertEquals(written.length, 3);
  assertEquals(texts(written), {
    "null:0": "nothing to hide not a hunter-gatherer ",
  });
  // The end of a turn, of a message or of a block ends what is open.
  push(delta("hunter"));
  push(`{"type":"result"}`);
  assertEquals(written.length, 5);
});

Deno.test("what is cut short is masked as far as it is known, and nothing is lost", () => {
  const { written, push, mask } = make();
  push(delta("it is hunter2"));
  push(`{"type":"system","subtype":"status"}`);
  assertEquals(written, []);
  mask.end();
  assertEquals(texts(written), { "null:0": "it is ***" });
  assertEquals(written.length, 2);
});

Deno.test("a block may be long, and lines wait behind one only up to a number", () => {
  const { written, push } = make();
  const word = "word ".repeat(20);
  for (let at = 0; at < 10_000; at++) push(delta(word));
  assertEquals(written.length, 10_000);
  push(delta("hunt", KINDS[0], 9));
  for (let at = 0; at < 1_001; at++) push(`{"type":"system"}`);
  assert(written.length >= 11_000);
});
