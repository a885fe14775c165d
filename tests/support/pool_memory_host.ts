/**
 * Prints how many KiB each parked session of a pool keeps. Needs `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { SessionPool } from "../../src/pool/mod.ts";
import { MemoryClaude, step } from "../../src/testing/mod.ts";

const KEYS = 400;

await using pool = new SessionPool({
  warm: 0,
  session: {
    // A stand-in for each process, since one keeps all that it ever heard.
    spawn: (spec) =>
      new MemoryClaude({ processes: [{ forEveryPrompt: [step.text("x")] }] })
        .spawn(spec),
  },
});

async function ask(from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) await pool.session(`${at}`).ask("hi");
}

function used(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().heapUsed;
}

await ask(0, 200);
const before = used();
await ask(200, 200 + KEYS);
// deno-lint-ignore no-console -- The test reads it.
console.log((used() - before) / KEYS / 1024);
