// Lines of stdin: the same for every chunk size, and no more read than needed.

import { assertEquals, assertRejects } from "@std/assert";
import { InputLines } from "./input_lines.ts";

/** An input that gives these chunks, one for each read, and then ends. */
function chunks(parts: readonly Uint8Array[]): {
  read: (buffer: Uint8Array) => Promise<number | null>;
  left: () => number;
} {
  const rest = [...parts];
  return {
    left: () => rest.length,
    read: (buffer) => {
      const part = rest.shift();
      if (part === undefined) return Promise.resolve(null);
      buffer.set(part);
      return Promise.resolve(part.length);
    },
  };
}

async function all(lines: InputLines): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const line = await lines.next();
    if (line === undefined) return found;
    found.push(line);
  }
}

Deno.test("InputLines gives the same lines for every chunk size", async () => {
  const bytes = new TextEncoder().encode("ünï 😀\r\n\n漢字\n  last");
  for (let size = 1; size <= bytes.length; size++) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      parts.push(bytes.slice(at, at + size));
    }
    assertEquals(await all(new InputLines(chunks(parts).read)), [
      "ünï 😀",
      "",
      "漢字",
      "  last",
    ]);
  }
});

Deno.test("InputLines reads no more than it was asked for", async () => {
  const input = chunks(
    ["a\n", "b\n", "c\n"].map((t) => new TextEncoder().encode(t)),
  );
  const lines = new InputLines(input.read);
  assertEquals(await lines.next(), "a");
  assertEquals(input.left(), 2);
});

/** An input that gives what is typed, once somebody reads. */
function typing(): {
  read: (buffer: Uint8Array) => Promise<number | null>;
  type: (text: string) => void;
  reads: () => number;
} {
  const typed: string[] = [];
  let wake: (() => void) | undefined;
  let reads = 0;
  return {
    reads: () => reads,
    type: (text) => {
      typed.push(text);
      wake?.();
    },
    read: async (buffer) => {
      reads++;
      for (;;) {
        const text = typed.shift();
        if (text !== undefined) {
          return new TextEncoder().encodeInto(text, buffer).written;
        }
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

Deno.test("InputLines hands its input to one other reader, and takes it back", async () => {
  const { read, type, reads } = typing();
  const lines = new InputLines(read, { readsAhead: true });
  const first = lines.next();
  type("one\ntyped ahead\nhalf");
  assertEquals(await first, "one");
  const captured = lines.capture();
  const key = captured.read();
  type("y");
  assertEquals(await key, "y");
  // No more lines are wanted: further input is for another program.
  const before = reads();
  await Promise.resolve();
  assertEquals(reads(), before);
  captured.release(" a line\nrest");
  assertEquals(await lines.next(), "typed ahead");
  assertEquals(await lines.next(), "half a line");
  assertEquals(lines.unfinished, "rest");
  lines.dropUnfinished();
  const last = lines.next();
  type("end\n");
  assertEquals(await last, "end");
});

Deno.test("InputLines lets go of whoever gives up, and keeps what comes", async () => {
  const { read, type } = typing();
  const lines = new InputLines(read);
  const controller = new AbortController();
  const answer = lines.next(controller.signal);
  controller.abort(new Error("over"));
  await assertRejects(() => answer, Error, "over");
  await assertRejects(() => lines.next(controller.signal), Error, "over");
  type("late\n");
  assertEquals(await lines.next(), "late");

  const captured = lines.capture();
  const again = new AbortController();
  const key = captured.read(again.signal);
  again.abort(new Error("over"));
  await assertRejects(() => key, Error, "over");
  type("k");
  assertEquals(await captured.read(), "k");
});

Deno.test("InputLines fails where the input breaks, after the lines before", async () => {
  const input = chunks([new TextEncoder().encode("one\ntwo")]);
  const lines = new InputLines(async (buffer) => {
    const size = await input.read(buffer);
    if (size === null) throw new Error("gone");
    return size;
  }, { readsAhead: true });
  assertEquals(await lines.next(), "one");
  assertEquals(await lines.next(), "two");
  await assertRejects(() => lines.next(), Error, "gone");
  const captured = lines.capture();
  await assertRejects(() => captured.read(), Error, "gone");
});

Deno.test("InputLines ends where the input ends, for the other reader as well", async () => {
  const lines = new InputLines(() => Promise.resolve(null));
  const captured = lines.capture();
  assertEquals(await captured.read(), undefined);
  captured.release("");
  assertEquals(await lines.next(), undefined);
});
