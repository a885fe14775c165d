// The stages from bytes to events, of what no CLI should ever write: the same events however
// the bytes are cut, and an error only after what came before it.

import { assertEquals } from "@std/assert";
import {
  decodeEvents,
  decodeLines,
  LineEventStream,
} from "../../src/decode/public.ts";
import { drain, inChunks } from "../support/transcripts.ts";

/** A line over this is `oversized`. */
const MAX_LINE_BYTES = 100_000;

Deno.test("decodeEvents says of each line that is no message why, however the bytes are cut", async () => {
  const text = '\uFEFF{"type":"news"}\r\n\r\n \nno JSON\n[1]\n"é"\r\r\n' +
    `{"long":"${"x".repeat(MAX_LINE_BYTES)}"}\n\uFEFF{"a":1}\n{"cut":"é\r`;
  const bytes = new TextEncoder().encode(text);
  const expected = [
    "type",
    "not_json",
    "not_object",
    "not_object",
    "oversized",
    "not_json",
    "truncated",
  ];
  for (const size of [1, 7, 4096, 65536]) {
    const options = { maxLineBytes: MAX_LINE_BYTES };
    const events = await drain(decodeEvents(inChunks(bytes, size), options));
    const reasons = events.map((event) =>
      event.type === "unknown" ? event.reason : event.type
    );
    assertEquals(reasons, expected, `chunks of ${size}`);
    const byHand = await drain(
      decodeLines(inChunks(bytes, size), MAX_LINE_BYTES)
        .pipeThrough(new LineEventStream()),
    );
    assertEquals(JSON.stringify(byHand), JSON.stringify(events));
  }
});

for (const view of ["flat", "messages", "wire"] as const) {
  Deno.test(`a strict ${view} stream is an error where a line does not fit, after what came before`, async () => {
    const bytes = new TextEncoder().encode(
      '{"type":"news"}\n{"type":"news"}\nno JSON\n{"type":"news"}\n',
    );
    for (const size of [1, 100]) {
      let before = 0;
      let failure: unknown;
      try {
        const stream = decodeEvents(inChunks(bytes, size), {
          view,
          validation: "strict",
        });
        for await (const _ of stream) before++;
      } catch (error) {
        failure = error;
      }
      assertEquals(before, 2, `chunks of ${size}`);
      assertEquals((failure as Error | undefined)?.name, "ProtocolError");
    }
  });
}
