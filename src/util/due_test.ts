// The one thing that both kinds of session wait for.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Due, Foreign, settled, type Steps, unlessAborted } from "./due.ts";

Deno.test("Due is settled once, by a call, and calls its listeners at once", () => {
  const due = new Due<number>();
  const heard: string[] = [];
  due.whenSettled(() => heard.push("before"));
  assertThrows(() => due.take(), TypeError, "not there yet");
  due.settle(1);
  assertEquals([due.isSettled, heard], [true, ["before"]]);
  due.settle(2);
  due.fail(new Error("late"));
  due.whenSettled(() => heard.push("after"));
  assertEquals([due.take(), heard], [1, ["before", "after"]]);
});

Deno.test("Due: a promise that a caller drops ends no program", async () => {
  const unhandled: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", hear);
  try {
    const before = new Due<void>();
    void before.promise;
    before.fail(new Error("dropped"));
    const after = new Due<void>();
    after.fail(new Error("dropped"));
    void after.promise;
    // Rejections that nobody handles are reported after the microtasks.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(unhandled, []);
    await assertRejects(() => before.promise, Error, "dropped");
    assert(before.promise === before.promise);
  } finally {
    globalThis.removeEventListener("unhandledrejection", hear);
  }
});

Deno.test("Due is no thenable: returned from an async function it stays what it is", async () => {
  const due = new Due<number>();
  // deno-lint-ignore require-await
  const given = await (async () => due)();
  assert(given === due);
  assert(!("then" in due));
});

Deno.test("yield* waits for each Due of a body", () => {
  const first = new Due<number>();
  const second = new Due<string>();
  function* body(): Steps<string> {
    const number = yield* first;
    return `${number} ${yield* second}`;
  }
  const steps = body();
  assert(steps.next().value === first);
  assert(steps.next(1).value === second);
  assertEquals(steps.next("two"), { done: true, value: "1 two" });
});

Deno.test("Foreign: what is there at once needs no promise, and a thread that blocks refuses one", async () => {
  assertEquals(new Foreign("now", "never").now(), "now");
  const later = new Foreign(Promise.resolve("later"), "Cannot wait");
  assertThrows(() => later.now(), TypeError, "Cannot wait");
  assertEquals(await later.promise, "later");
  // A promise of another make counts as well.
  const thenable = {
    then(resolve: (value: string) => void) {
      resolve("kept");
    },
  } as PromiseLike<string>;
  assertEquals(await new Foreign(thenable, "").promise, "kept");
});

Deno.test("unlessAborted: whatever comes first", async () => {
  const controller = new AbortController();
  const due = new Due<number>();
  const first = unlessAborted(due, controller.signal);
  controller.abort(new Error("gone"));
  due.settle(1);
  assertThrows(() => first.take(), Error, "gone");
  assertThrows(
    () => unlessAborted(new Due(), controller.signal).take(),
    Error,
    "gone",
  );
  const other = new AbortController();
  const kept = new Due<number>();
  const second = unlessAborted(kept, other.signal);
  kept.settle(2);
  other.abort();
  assertEquals(await second.promise, 2);
  const done = settled(3);
  assert(unlessAborted(done, controller.signal) === done);
});
