// The output that comes after the death of a process is read, and bounded.

import { assertEquals } from "@std/assert";
import { lateOutput, MAX_LATE_OUTPUT_MS } from "./late_output.ts";

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
  // Also where its reader is slow, but reads.
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
