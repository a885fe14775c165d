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

Deno.test("InputLines gives a question a line that came after it", async () => {
  let type: (text: string) => void = () => {};
  const lines = new InputLines(
    (buffer) =>
      new Promise((resolve) => {
        type = (text) =>
          resolve(new TextEncoder().encodeInto(text, buffer).written);
      }),
    { readsAhead: true },
  );
  const first = lines.next();
  type("one\ntyped ahead\n");
  assertEquals(await first, "one");
  const answer = lines.fresh();
  type("yes\n");
  assertEquals(await answer, "yes");
  assertEquals(await lines.next(), "typed ahead");
});

Deno.test("InputLines lets go of whoever gives up, and keeps the line", async () => {
  let type: (text: string) => void = () => {};
  const lines = new InputLines((buffer) =>
    new Promise((resolve) => {
      type = (text) =>
        resolve(new TextEncoder().encodeInto(text, buffer).written);
    })
  );
  const controller = new AbortController();
  const answer = lines.fresh(controller.signal);
  controller.abort(new Error("over"));
  await assertRejects(() => answer, Error, "over");
  await assertRejects(() => lines.fresh(controller.signal), Error, "over");
  type("late\n");
  assertEquals(await lines.next(), "late");
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
  await assertRejects(() => lines.fresh(), Error, "gone");
});
