// What a pool keeps in memory of sessions without a process.

import { assert } from "@std/assert";
import { SessionPool } from "../../src/pool/mod.ts";
import { MemoryClaude, step } from "../../src/testing/mod.ts";

const KEYS = 1_000;
/** Measured: 24, and 75 when each kept the conversation with its last process. */
const MOST_KIB = 50;

Deno.test(`${KEYS} parked sessions keep nothing of their processes`, async () => {
  await using pool = new SessionPool({
    warm: 0,
    session: {
      // A stand-in for each process, since one keeps all that it ever heard.
      spawn: (spec) =>
        new MemoryClaude({ processes: [{ forEveryPrompt: [step.text("x")] }] })
          .spawn(spec),
    },
  });
  const ask = async (from: number, to: number) => {
    for (let at = from; at < to; at++) await pool.session(`${at}`).ask("hi");
  };
  await ask(0, 500);
  const before = await used();
  await ask(500, 500 + KEYS);
  const kib = (await used() - before) / KEYS / 1024;
  assert(kib < MOST_KIB, `${kib} KiB for each session`);
});

/** What is on the heap, once garbage has been collected. */
async function used(): Promise<number> {
  const gc = (globalThis as { gc?: () => void }).gc;
  if (gc !== undefined) {
    gc();
    return Deno.memoryUsage().heapUsed;
  }
  // Garbage that fills the heap makes the engine collect; the least is what is in use.
  let least = Infinity;
  for (let round = 0; round < 60; round++) {
    Array.from({ length: 200_000 }, (_, at) => ({ at }));
    await new Promise((resolve) => setTimeout(resolve));
    least = Math.min(least, Deno.memoryUsage().heapUsed);
  }
  return least;
}
