// The output of a process, line by line: nothing that was read is lost, whatever becomes of the
// process, and lines that are not taken are not read ahead. Output after the death of a process is
// read, and bounded.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  lateOutput,
  MAX_LATE_OUTPUT_MS,
  type Reading,
  readStdout,
} from "./late_output.ts";

const SILENCE_MS = 50;

/** Plays one wait after the other: what is read in it, and what is held at its end. */
async function played(
  slices: readonly { readonly read?: boolean; readonly held?: boolean }[],
  endsAt = Infinity,
  most = Infinity,
): Promise<{ readonly ended: boolean; readonly waits: number }> {
  let waits = 0;
  let progress = 0;
  let isHeld = false;
  const ended = await lateOutput(
    {
      done: Promise.resolve(),
      progress: () => progress,
      isHeld: () => isHeld,
    },
    { silenceMs: SILENCE_MS, maxBytes: most },
    {
      now: () => waits * SILENCE_MS,
      wait: async () => {
        const slice = slices[waits++] ?? {};
        await Promise.resolve();
        if (slice.read === true) progress++;
        isHeld = slice.held === true;
        return waits > endsAt;
      },
    },
  );
  return { ended, waits };
}

const most = MAX_LATE_OUTPUT_MS / SILENCE_MS;

Deno.test("lateOutput waits for the end", async () => {
  const slices = Array(10).fill({ read: true });
  assertEquals(await played(slices, 3), { ended: true, waits: 4 });
});

Deno.test("lateOutput gives up after one silence", async () => {
  assertEquals(await played([]), { ended: false, waits: 1 });
  const slices = [{ read: true }, { read: true }];
  assertEquals(await played(slices), { ended: false, waits: 3 });
});

Deno.test("lateOutput is bounded for an output that never ends", async () => {
  const slices = Array(1_000).fill({ read: true });
  assertEquals(await played(slices), { ended: false, waits: most });
  // Also if its reader is slow, but reads.
  const slow = Array(1_000).fill({ read: true, held: true });
  assertEquals(await played(slow), { ended: false, waits: most });
});

Deno.test("lateOutput does not count the time in which its reader rests", async () => {
  const rests = Array(1_000).fill({ held: true });
  const after = Array(1_000).fill({ read: true });
  assertEquals(await played([{ read: true }, ...rests, ...after]), {
    ended: false,
    waits: 1_000 + most,
  });
  // Nothing is lost if it continues after all.
  assertEquals(await played([...rests, ...after], 1_002), {
    ended: true,
    waits: 1_003,
  });
});

Deno.test("lateOutput takes no more than a process can have written, however slowly it is read", async () => {
  // A chunk that is read takes its reader so long that most waits see no progress.
  const flood = Array(1_000).fill([
    { read: true, held: true },
    ...Array(19).fill({ held: true }),
  ]).flat();
  assertEquals(await played(flood, Infinity, 3), { ended: false, waits: 61 });
});

const encoder = new TextEncoder();

/** An output that the test writes, and a taker that takes when the test says so. */
class Played {
  readonly taken: string[] = [];
  readonly reading: Reading;
  pulls = 0;
  #source!: ReadableStreamDefaultController<Uint8Array>;
  #rest: PromiseWithResolvers<void> | undefined;

  constructor() {
    this.reading = readStdout(
      new ReadableStream({
        start: (controller) => {
          this.#source = controller;
        },
        pull: () => {
          this.pulls++;
        },
      }, { highWaterMark: 0 }),
      1_000,
      (line) => {
        this.taken.push(line);
        return this.#rest?.promise;
      },
    );
    // Each test that expects a failure looks at it itself.
    this.reading.done.catch(() => {});
  }

  write(text: string): void {
    this.#source.enqueue(encoder.encode(text));
  }

  fail(error: unknown): void {
    this.#source.error(error);
  }

  close(): void {
    this.#source.close();
  }

  rest(): void {
    this.#rest = Promise.withResolvers();
  }

  go(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    rest?.resolve();
  }
}

/** Lets everything run that waits for nothing else. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("readStdout takes what came before an error of the output, and then rejects", async () => {
  const output = new Played();
  output.write("one\ntwo\nhal");
  await settled();
  output.rest();
  output.write("f\nthree\n");
  output.write("four\nand a ha");
  await settled();
  output.fail(new Error("broken pipe"));
  await settled();
  output.go();
  await assertRejects(() => output.reading.done, Error, "broken pipe");
  assertEquals(output.taken, ["one", "two", "half", "three", "four"]);
});

Deno.test("readStdout takes all lines of a chunk, though the output fails while its taker rests", async () => {
  const output = new Played();
  output.rest();
  output.write("one\ntwo\nthree\n");
  await settled();
  output.fail(new Error("broken pipe"));
  await settled();
  output.go();
  await assertRejects(() => output.reading.done, Error, "broken pipe");
  assertEquals(output.taken, ["one", "two", "three"]);
});

Deno.test("readStdout that is cut off takes what was read, but half a line", async () => {
  const output = new Played();
  output.rest();
  output.write("one\ntwo\n");
  output.write("three\nand a ha");
  await settled();
  assertEquals(output.taken, ["one"]);
  const cut = output.reading.cut();
  await settled();
  output.go();
  await cut;
  assertEquals(output.taken, ["one", "two", "three"]);
});

Deno.test("readStdout takes a last line without its end when the output ends by itself", async () => {
  const output = new Played();
  output.write("one\ntwo");
  output.close();
  await output.reading.done;
  assertEquals(output.taken.length, 2);
  assert(output.taken[1]?.endsWith("two"));
});

Deno.test("readStdout reads no further while its taker rests, and says that it is held", async () => {
  const output = new Played();
  output.rest();
  for (let at = 0; at < 100; at++) output.write("line\n");
  await settled();
  assert(output.reading.isHeld());
  // The stages keep a few chunks, and no more.
  const { reading } = output;
  assert(reading.progress() < 50, `${reading.progress()} bytes`);
  const seen = reading.progress();
  await settled();
  assertEquals(reading.progress(), seen);
  output.go();
  await settled();
  assert(!reading.isHeld());
  assertEquals(reading.progress(), 500);
  assertEquals(output.taken.length, 100);
});

Deno.test("a reader that rests while a process ends loses nothing, however much is on its way", async () => {
  for (const chunks of [1, 3, 8, 50]) {
    const output = new Played();
    output.rest();
    for (let at = 0; at < chunks; at++) output.write(`${at}\n`);
    await settled();
    // The clock is the test's: the reader begins again after many silences.
    let waits = 0;
    const ended = await lateOutput(output.reading, {
      silenceMs: 50,
      maxBytes: Infinity,
    }, {
      now: () => waits * 50,
      wait: async (done) => {
        if (++waits === 100) output.go();
        await settled();
        return await Promise.race([
          Promise.resolve(done).then(() => true),
          Promise.resolve(false),
        ]);
      },
    });
    assertEquals(ended, false);
    const cut = output.reading.cut();
    output.go();
    await cut;
    assertEquals(
      output.taken,
      Array.from({ length: chunks }, (_, at) => `${at}`),
      `${chunks} chunks`,
    );
  }
});

Deno.test("a line is taken when its line break comes, and not later", async () => {
  const output = new Played();
  for (let at = 0; at < 5; at++) {
    output.write(`${at}`);
    await settled();
    assertEquals(output.taken.length, at);
    output.write("\n");
    await settled();
    assertEquals(output.taken.length, at + 1);
  }
});
