// Bytes become the same lines whatever the chunks, and a line over the limit harms no
// other.

import { assert, assertEquals } from "@std/assert";
import { parseLine } from "../messages/mod.ts";
import { decodeLines } from "./lines.ts";

const encoder = new TextEncoder();

/** What comes out, read as lines, when the bytes come in chunks of this size. */
async function linesOf(
  bytes: Uint8Array<ArrayBuffer>,
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
  return await Array.fromAsync(decodeLines(source, maxLineBytes));
}

const HARD = [
  `{"text":"台湾 🎉 é"}`,
  `{"text":"a\u2028b\u2029c\u0085d"}`,
  "",
  `{"text":"\\n"}`,
  `no JSON \u0000 at all`,
];

Deno.test("decodeLines returns the same lines whatever the chunks", async () => {
  const bytes = encoder.encode(HARD.join("\n") + "\n");
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(await linesOf(bytes, size), HARD, `chunks of ${size}`);
  }
});

Deno.test("decodeLines marks a last line without its end", async () => {
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

Deno.test("decodeLines replaces a line over the limit and reads on", async () => {
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

Deno.test("a line of exactly the limit is not over it", async () => {
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

Deno.test("a line break of two characters is no part of a line, a mark of the byte order only in the middle", async () => {
  const mark = "\uFEFF";
  const hard: [string, string[]][] = [
    [
      `${mark}{"a":1}\r\n\r\n\n{"b":2}\r\r\n${mark}{"c":3}\n`,
      [`{"a":1}`, "", "", `{"b":2}\r`, `${mark}{"c":3}`],
    ],
    [`a\r\n`, ["a"]],
    [`\r\n`, [""]],
    [`${mark}\n`, [""]],
    [`${mark}\n${mark}\n`, ["", mark]],
    [`a\n\r\nb\r\n`, ["a", "", "b"]],
  ];
  for (const [text, expected] of hard) {
    const bytes = encoder.encode(text);
    for (let size = 1; size <= bytes.length; size++) {
      const about = `${JSON.stringify(text)} in chunks of ${size}`;
      assertEquals(await linesOf(bytes, size), expected, about);
    }
  }
});

Deno.test("bytes that are no UTF-8 are replaced, and never cross a line", async () => {
  const bytes = Uint8Array.from(
    [0xe2, 0x82, 10, 0xff, 13, 10, 0xf0, 0x9f, 10, 0xed, 0xa0, 0x80, 10, 0xc3],
  );
  const [tail] = await linesOf(bytes.slice(-1), 1);
  const bad = "\uFFFD";
  const expected = [bad, bad, bad, bad.repeat(3), tail];
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(await linesOf(bytes, size), expected, `chunks of ${size}`);
  }
});

Deno.test("a line is there as soon as its line break is", async () => {
  let source!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  const reader = decodeLines(
    new ReadableStream({
      start(controller) {
        source = controller;
      },
    }),
  ).getReader();
  source.enqueue(encoder.encode("one\ntwo\nthr"));
  assertEquals((await reader.read()).value, "one");
  assertEquals((await reader.read()).value, "two");
  source.enqueue(encoder.encode("ee\n"));
  assertEquals((await reader.read()).value, "three");
});

Deno.test("what nobody takes is not read: the stages keep a few chunks at most", async () => {
  let pulled = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      pulled++;
      controller.enqueue(encoder.encode("line\n"));
    },
  }, { highWaterMark: 0 });
  const reader = decodeLines(source).getReader();
  for (let taken = 1; taken <= 20; taken++) {
    await reader.read();
    // All that runs without waiting for anything has run.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert(pulled <= taken + 5, `${pulled} chunks for ${taken} lines`);
  }
});
