// Records cross the ring between worker and session whole and in order.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeRing, RECORD, RingReader, RingWriter } from "./ring.ts";

function bytes(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed) & 255);
}

Deno.test("records arrive whole and in order, whatever their size", async () => {
  const memory = makeRing(64);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const sizes = [0, 1, 58, 59, 60, 63, 64, 65, 1000, 3, 10_000, 0, 7];
  const written = (async () => {
    for (const [at, size] of sizes.entries()) {
      await writer.write(RECORD.line, bytes(size, at));
    }
  })();
  for (const [at, size] of sizes.entries()) {
    let record = reader.read(0);
    // The writer makes progress between two looks only, as both ends share this thread here.
    while (record === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      record = reader.read(0);
    }
    assertEquals(record.kind, RECORD.line);
    assertEquals(record.bytes, bytes(size, at));
  }
  await written;
  assertEquals(reader.read(0), undefined);
});

Deno.test("what is written at once arrives as well, or is not written at all", () => {
  const memory = makeRing(64);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  // All of the ring but the prefix, then over its end at each place.
  for (let round = 0; round < 500; round++) {
    const sizes = [round % 57, (round * 7) % 30];
    const written = sizes.filter((size, at) =>
      writer.writeNow(RECORD.stderr, bytes(size, round + at))
    );
    assertEquals(written[0], sizes[0]);
    const [first = 0, second = 0] = sizes.map((size) =>
      8 + Math.ceil(size / 8) * 8
    );
    assertEquals(written.length, first + second <= 64 ? 2 : 1);
    for (const [at, size] of written.entries()) {
      const record = reader.read(0);
      assertEquals(record?.kind, RECORD.stderr);
      assertEquals(record?.bytes, bytes(size, round + at));
    }
    assertEquals(reader.read(0), undefined);
  }
  assertEquals(writer.writeNow(RECORD.line, bytes(57, 0)), false);
  writer.abandon();
  assertEquals(writer.writeNow(RECORD.line, bytes(57, 0)), true);
  assertEquals(reader.read(0), undefined);
});

Deno.test("a reader waits no longer than it is told", () => {
  const reader = new RingReader(makeRing(64));
  const start = performance.now();
  assertEquals(reader.read(20), undefined);
  const waited = performance.now() - start;
  assert(waited >= 19 && waited < 60_000, `${waited} ms`);
});

Deno.test("a ring is a power of two", () => {
  assertThrows(() => new RingReader(makeRing(100)), RangeError);
});
