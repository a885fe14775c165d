// What a pool keeps in memory of sessions without a process.

import { assert, assertEquals } from "@std/assert";

/** Measured: 24, and 75 when each kept the conversation with its last process. */
const MOST_KIB = 50;

Deno.test("parked sessions keep nothing of their processes", async () => {
  const host = new URL("../support/pool_memory_host.ts", import.meta.url);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", host.href],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const kib = Number(new TextDecoder().decode(stdout));
  assert(kib > 0 && kib < MOST_KIB, `${kib} KiB for each session`);
});
