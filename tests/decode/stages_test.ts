// decodeEvents is its stages in one. Piped by hand they give the same, for every
// recording, however its bytes are cut, and for what no CLI should ever write.

import { assertEquals } from "@std/assert";
import {
  decodeEvents,
  decodeLines,
  LineEventStream,
} from "../../src/decode/public.ts";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";

/** Some recordings have longer lines. */
const MAX_LINE_BYTES = 100_000;

async function assertSame(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  name: string,
): Promise<void> {
  for (const view of ["flat", "messages", "wire"] as const) {
    const inOne = await drain(
      decodeEvents(inChunks(bytes, size), {
        view,
        maxLineBytes: MAX_LINE_BYTES,
      }),
    );
    const byHand = await drain(
      decodeLines(inChunks(bytes, size), MAX_LINE_BYTES)
        .pipeThrough(new LineEventStream(view)),
    );
    const about = `${name}, ${view}, chunks of ${size}`;
    assertEquals(JSON.stringify(inOne), JSON.stringify(byHand), about);
  }
}

for (const size of [97, 4096, 65536]) {
  Deno.test(`decodeEvents gives what its stages give, chunks of ${size}`, async () => {
    for (const { name, bytes } of readTranscripts()) {
      await assertSame(bytes, size, name);
    }
  });
}

Deno.test("decodeEvents gives what its stages give of what is no message", async () => {
  const text = '\uFEFF{"type":"news"}\r\n\r\n \nno JSON\n[1]\n"é"\r\r\n' +
    `{"long":"${"x".repeat(MAX_LINE_BYTES)}"}\n\uFEFF{"a":1}\n{"cut":"é\r`;
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 7, 65536]) await assertSame(bytes, size, "hard");
});

Deno.test("decodeEvents is an error where one of its stages is, after what came before", async () => {
  const bytes = new TextEncoder().encode('{"type":"news"}\nno JSON\n');
  const outcomes: unknown[] = [];
  for (
    const stream of [
      decodeEvents(inChunks(bytes, 100), { validation: "strict" }),
      decodeLines(inChunks(bytes, 100))
        .pipeThrough(new LineEventStream("flat", "strict")),
    ]
  ) {
    const types: string[] = [];
    let failure: unknown;
    try {
      for await (const { type } of stream) types.push(type);
    } catch (error) {
      failure = error;
    }
    outcomes.push([types, String(failure)]);
  }
  assertEquals(outcomes[0], outcomes[1]);
});
