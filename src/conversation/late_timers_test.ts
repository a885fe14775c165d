// Timers that are held back at the start come on time.

import { assert, assertEquals } from "@std/assert";
import { LateTimers } from "./late_timers.ts";

/** A process: what keeps a program running while timers are held back. */
function process(): AsyncDisposable {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" })
    .spawn();
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
    },
  };
}

Deno.test("a timer that is held back comes on time", async () => {
  const timers = new LateTimers(true);
  const start = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  timers.after(200, resolve);
  timers.begin();
  await using _process = process();
  await promise;
  const tookMs = performance.now() - start;
  assert(tookMs >= 195, `${tookMs} ms`);
});

Deno.test("a short one is set at once, and those before it", async () => {
  const timers = new LateTimers(true);
  const calls: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  // No begin(): nothing else would ever set them.
  const stopLong = timers.after(60_000, () => calls.push("long"));
  timers.after(200, resolve);
  timers.after(5, () => calls.push("short"));
  await promise;
  assertEquals(calls, ["short"]);
  // Else the sanitizers find it.
  stopLong();
});

Deno.test("what is taken back never comes, held back or set", async () => {
  const timers = new LateTimers(true);
  const calls: string[] = [];
  timers.after(200, () => calls.push("held"))();
  timers.after(5, () => calls.push("set"))();
  const { promise, resolve } = Promise.withResolvers<void>();
  timers.after(250, resolve);
  await promise;
  assertEquals(calls, []);
});

Deno.test("where none may be held back they are set at once", async () => {
  const timers = new LateTimers(false);
  const { promise, resolve } = Promise.withResolvers<void>();
  timers.begin();
  timers.after(200, resolve);
  await promise;
});

for (const mayHold of [true, false]) {
  Deno.test(`breathing lets the event loop turn, held back: ${mayHold}`, async () => {
    const timers = new LateTimers(mayHold);
    await using _process = process();
    let isOver = false;
    const over = Deno.stat(".").then(() => isOver = true);
    while (!isOver) await timers.breathe();
    await over;
  });
}
