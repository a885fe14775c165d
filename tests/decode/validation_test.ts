// The three strictnesses: of decodeEvents, and of a session.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  decodeEvents,
  ProtocolError,
} from "../../mod.ts";
import { isWireObject, type Validation } from "../../src/messages/_define.ts";
import { KINDS, readMessage } from "../../src/messages/mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";

const TRANSCRIPTS = readTranscripts();

function decode(text: string, validation: Validation) {
  const bytes = new TextEncoder().encode(text);
  return drain(decodeEvents(inChunks(bytes, 1024), { validation }));
}

Deno.test("strict and off give the same events as lenient, for every transcript", async () => {
  async function events(
    bytes: Uint8Array<ArrayBuffer>,
    validation: Validation,
  ) {
    const stream = decodeEvents(inChunks(bytes, 65536), { validation });
    return (await drain(stream)).map((event) => JSON.stringify(event));
  }
  for (const { name, bytes } of TRANSCRIPTS) {
    const expected = await events(bytes, "lenient");
    assertEquals(await events(bytes, "strict"), expected, name);
    // Only the order of the keys is the same by chance, so it is not looked at.
    const unchecked = (await events(bytes, "off")).map((it) => JSON.parse(it));
    assertEquals(unchecked, expected.map((it) => JSON.parse(it)), name);
  }
});

const MISFITS: readonly {
  readonly what: string;
  readonly line: string;
  readonly message: string;
}[] = [
  {
    what: "no JSON",
    line: "debug: x",
    message: "Cannot read a line of the CLI: it is not JSON",
  },
  {
    what: "no object",
    line: "[1]",
    message: "Cannot read a line of the CLI: it is not an object",
  },
  {
    what: "a field of another type",
    line: '{"type":"prompt_suggestion","suggestion":7}',
    message:
      "Cannot read a line of the CLI: suggestion: Invalid type: Expected string but received 7",
  },
  {
    what: "a field of another type that may be absent",
    line: '{"type":"prompt_suggestion","suggestion":"a","uuid":7}',
    message:
      "Cannot read a line of the CLI: uuid: Invalid type: Expected string but received 7",
  },
  {
    what: "a block of a wrong shape",
    line:
      '{"type":"user","message":{"role":"user","content":[{"type":"text"}]}}',
    message:
      "Cannot read a line of the CLI: text: Invalid type: Expected string but received undefined",
  },
];

for (const { what, line, message } of MISFITS) {
  Deno.test(`strict: ${what} is a ProtocolError`, async () => {
    const error = await assertRejects(
      () => decode(`${line}\n`, "strict"),
      ProtocolError,
    );
    assertEquals([error.message, error.line], [message, line]);
    assertEquals((await decode(`${line}\n`, "lenient")).length, 1);
    await decode(`${line}\n`, "off");
  });
}

Deno.test("strict: a line that is cut short is a ProtocolError with its text", async () => {
  const error = await assertRejects(
    () => decode('{"type":"resu', "strict"),
    ProtocolError,
  );
  assertEquals(error.line, '{"type":"resu');
});

Deno.test("strict: a newer CLI is no error", async () => {
  const lines = [
    '{"type":"news"}',
    '{"type":"system","subtype":"news"}',
    '{"type":"prompt_suggestion","suggestion":"a","news":1}',
    '{"type":"user","message":{"role":"user","content":[{"type":"news"}]}}',
  ];
  const events = await decode(`${lines.join("\n")}\n`, "strict");
  assertEquals(
    events.map((event) => event.type === "unknown" ? event.reason : event.type),
    ["type", "subtype", "prompt_suggestion", "block"],
  );
});

Deno.test("strict: what does not fit is found at any depth", () => {
  const line = TRANSCRIPTS.flatMap(({ lines }) => lines)
    .map((line): unknown => JSON.parse(line))
    .find((raw) => isWireObject(raw) && raw.type === "result");
  assert(isWireObject(line) && isWireObject(line.usage));
  const raw = {
    ...line,
    usage: { ...line.usage, cache_read_input_tokens: "many" },
  };
  assertEquals(readMessage(raw).type, "result");
  const read = readMessage(raw, "strict");
  assert(read.type === "unknown");
  assertEquals(read.issues?.[0]?.path, "usage.cache_read_input_tokens");
});

Deno.test("off: nothing throws, whatever is in a line", async () => {
  const values = [undefined, null, 7, "text", [], [7], {}, { type: 7 }];
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const line of TRANSCRIPTS.flatMap(({ lines }) => lines)) {
    const raw: Record<string, unknown> = JSON.parse(line);
    const name = `${raw.type}/${raw.subtype}/${
      JSON.stringify(raw.event)?.slice(0, 30)
    }`;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const key of Object.keys(raw)) {
      if (key === "type" || key === "subtype") continue;
      for (const value of values) {
        lines.push(JSON.stringify({ ...raw, [key]: value }));
      }
      const inner = raw[key];
      if (!isWireObject(inner)) continue;
      for (const deeper of Object.keys(inner)) {
        for (const value of values) {
          lines.push(
            JSON.stringify({ ...raw, [key]: { ...inner, [deeper]: value } }),
          );
        }
      }
    }
  }
  assert(seen.size > Object.keys(KINDS).length);
  const events = await decode(lines.map((line) => `${line}\n`).join(""), "off");
  assert(events.length > lines.length / 2);
});

Deno.test("strict: the turn fails, and the session goes on", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([
    [step.text("a"), step.line({ type: "prompt_suggestion", suggestion: 7 })],
    [step.text("second")],
  ]));
  await using session = new AsyncSession({
    claudePath: claude.command,
    validation: "strict",
  });
  const turn = session.send("one");
  const types: string[] = [];
  const error = await assertRejects(async () => {
    for await (const event of turn) types.push(event.type);
  }, ProtocolError);
  assertEquals(error.issues[0]?.path, "suggestion");
  assertEquals(types.at(-1), "unknown");
  await assertRejects(() => turn.text(), ProtocolError);
  assertEquals(await session.send("two").text(), "second");
});

Deno.test("a validation that there is not is a ConfigError", () => {
  const error = assertThrowsConfig("sometimes");
  assertEquals(error.option, "validation");
});

function assertThrowsConfig(validation: string): ConfigError {
  try {
    new AsyncSession({ validation: validation as Validation });
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("Nothing was thrown");
}
