// The steps of a silence come once each, and pauses do not count.

import { assertEquals } from "@std/assert";
import { DEFAULT_WARN_MS, idleSteps, IdleWatch } from "./idle.ts";

const STEPS: readonly [Parameters<typeof idleSteps>[0], unknown, unknown][] = [
  [undefined, DEFAULT_WARN_MS, undefined],
  [false, undefined, undefined],
  [1000, 500, 1000],
  [{}, DEFAULT_WARN_MS, undefined],
  [{ warnMs: 10 }, 10, undefined],
  [{ endMs: 10 }, 5, 10],
  [{ warnMs: 8, endMs: 10 }, 8, 10],
];

Deno.test("idleSteps: what an option means", () => {
  for (const [option, warnMs, endMs] of STEPS) {
    assertEquals<unknown>(idleSteps(option), { warnMs, endMs });
  }
});

Deno.test("IdleWatch: each step comes once in one silence, a line begins another", () => {
  const watch = new IdleWatch({ warnMs: 10, endMs: 30 });
  assertEquals(watch.look(0), { do: "nothing" });
  watch.heard(0);
  assertEquals(watch.look(4), { do: "wait", waitMs: 6 });
  assertEquals(watch.look(10), { do: "warn", idleMs: 10 });
  assertEquals(watch.look(11), { do: "wait", waitMs: 19 });
  watch.heard(20);
  assertEquals(watch.look(29), { do: "wait", waitMs: 1 });
  assertEquals(watch.look(30), { do: "warn", idleMs: 10 });
  assertEquals(watch.look(50), { do: "end", idleMs: 30 });
  assertEquals(watch.look(90), { do: "nothing" });
});

Deno.test("IdleWatch: nothing counts while it is paused, and a silence may be announced", () => {
  const watch = new IdleWatch({ warnMs: undefined, endMs: 30 });
  watch.heard(0);
  watch.pause();
  assertEquals([watch.isPending, watch.look(1000)], [false, { do: "nothing" }]);
  watch.heard(1000);
  watch.heard(1000, 500);
  assertEquals(watch.look(1029), { do: "wait", waitMs: 501 });
  assertEquals(watch.look(1530), { do: "end", idleMs: 30 });
});

Deno.test("IdleWatch: without an end it only tells", () => {
  const watch = new IdleWatch({ warnMs: 10, endMs: undefined });
  watch.heard(0);
  assertEquals(watch.look(10), { do: "warn", idleMs: 10 });
  assertEquals(watch.look(1e9), { do: "nothing" });
});
