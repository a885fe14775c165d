import { assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { parseLine } from "../messages/mod.ts";
import { LineSplitter, WholeLinesStream } from "./lines.ts";

const encoder = new TextEncoder();

/** What comes out, read as lines, when the bytes come in chunks of this size. */
async function linesOf(
  bytes: Uint8Array,
  chunkSize: number,
  maxLineBytes = 1_000_000,
): Promise<string[]> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + chunkSize));
      at += chunkSize;
    },
  });
  const lines = source
    .pipeThrough(new WholeLinesStream(maxLineBytes))
    .pipeThrough(
      new TextDecoderStream() as TransformStream<Uint8Array, string>,
    )
    .pipeThrough(new TextLineStream());
  const piped = await Array.fromAsync(lines);
  assertEquals(splitIn(bytes, chunkSize, maxLineBytes), piped);
  return piped;
}

/** The same in one go: every test here is one of both. */
function splitIn(
  bytes: Uint8Array,
  chunkSize: number,
  maxLineBytes: number,
): string[] {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) {
    // The producer may reuse its buffer as soon as the chunk was taken.
    const chunk = bytes.slice(at, at + chunkSize);
    lines.push(...splitter.push(chunk));
    chunk.fill(0x21);
  }
  return [...lines, ...splitter.end()];
}

const HARD = [
  `{"text":"台湾 🎉 é"}`,
  `{"text":"a\u2028b\u2029c\u0085d"}`,
  "",
  `{"text":"\\n"}`,
  `no JSON \u0000 at all`,
];

Deno.test("WholeLinesStream gives the same lines whatever the chunks", async () => {
  const bytes = encoder.encode(HARD.join("\n") + "\n");
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(await linesOf(bytes, size), HARD, `chunks of ${size}`);
  }
});

Deno.test("WholeLinesStream marks a last line without its end", async () => {
  for (const size of [1, 3, 100]) {
    const lines = await linesOf(encoder.encode(`{"a":1}\n{"b":`), size);
    assertEquals(lines.length, 2);
    const { unknown } = parseLine(lines[1] ?? "");
    assertEquals(unknown?.reason, "truncated");
    assertEquals(unknown?.raw, `{"b":`);
  }
});

Deno.test("a last line that is whole but for its line break is read", async () => {
  const [line = ""] = await linesOf(encoder.encode(`{"b":1}`), 3);
  assertEquals(parseLine(line).raw, { b: 1 });
});

Deno.test("WholeLinesStream replaces a line over the limit and reads on", async () => {
  const long = "x".repeat(5_000);
  const bytes = encoder.encode(`{"a":1}\n${long}\n{"b":1}\n${long}`);
  for (const size of [1, 7, 999, 1000, 1001, 100_000]) {
    const lines = await linesOf(bytes, size, 1000);
    assertEquals(lines.length, 4, `chunks of ${size}`);
    assertEquals(parseLine(lines[0] ?? "").raw, { a: 1 });
    assertEquals(parseLine(lines[2] ?? "").raw, { b: 1 });
    for (const at of [1, 3]) {
      const { unknown } = parseLine(lines[at] ?? "");
      assertEquals(unknown?.reason, "oversized");
      assertEquals(unknown?.lineBytes, 5_000);
      assertEquals(unknown?.raw, "x".repeat(256));
    }
  }
});

Deno.test("the begin of a line over the limit is the same whatever the chunks", async () => {
  const bytes = encoder.encode("0123456789".repeat(20) + "\n");
  for (const size of [1, 7, 50, 100_000]) {
    const [line = ""] = await linesOf(bytes, size, 15);
    assertEquals(parseLine(line).unknown?.raw, "012345678901234", `${size}`);
  }
});

Deno.test("a line of exactly the limit is no line over it", async () => {
  const line = "y".repeat(1000);
  for (const size of [1, 1000, 1001, 5000]) {
    const lines = await linesOf(encoder.encode(`${line}\n`), size, 1000);
    assertEquals(lines, [line]);
  }
});

Deno.test("many lines never trip the limit of one", async () => {
  const lines = Array.from({ length: 1000 }, (_, at) => `{"at":${at}}`);
  const bytes = encoder.encode(lines.join("\n") + "\n");
  assertEquals(await linesOf(bytes, 777, 20), lines);
});

Deno.test("a line break of two characters, and a mark of the byte order, are none of a line's", async () => {
  const mark = "\uFEFF";
  const hard = [
    `${mark}{"a":1}\r\n\r\n\n{"b":2}\r\r\n${mark}{"c":3}\n\r`,
    `a\r\n`,
    `\r\n`,
    `\r`,
    mark,
    `${mark}\n${mark}`,
    `a\n\r\nb\r`,
  ];
  for (const text of hard) {
    const bytes = encoder.encode(text);
    for (let size = 1; size <= bytes.length; size++) await linesOf(bytes, size);
  }
});

Deno.test("bytes that are no UTF-8 are replaced alike", async () => {
  const bytes = Uint8Array.from(
    [0xe2, 0x82, 10, 0xff, 13, 10, 0xf0, 0x9f, 10, 0xed, 0xa0, 0x80, 10, 0xc3],
  );
  for (let size = 1; size <= bytes.length; size++) await linesOf(bytes, size);
});
