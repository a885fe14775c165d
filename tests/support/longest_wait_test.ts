// A wait that never ends says what was there instead.

import { assertEquals, assertRejects } from "@std/assert";
import { inTime, until } from "./longest_wait.ts";

Deno.test("a wait for what never comes ends with the error of its caller", async () => {
  let seen = "";
  const waiting = inTime(
    new Promise<void>(() => {}),
    () => new Error(`Cannot find "x" in "${seen}"`),
    1,
  );
  seen = "what came meanwhile";
  await assertRejects(() => waiting, Error, seen);
});

Deno.test("a wait passes on what its promise comes to, and leaves no timer", async () => {
  const failure = () => new Error("never");
  assertEquals(await inTime(Promise.resolve(3), failure), 3);
  const error = new Error("mine");
  await assertRejects(
    () => inTime(Promise.reject(error), failure),
    Error,
    "mine",
  );
});

Deno.test("a condition that is never met ends its wait, and is named", async () => {
  let count = 0;
  await until(() => ++count === 3, 60_000);
  await assertRejects(() => until(() => count === 2, 1), Error, "count === 2");
  await assertRejects(
    () => until(() => Promise.resolve(count === 2), 1),
    Error,
    "count === 2",
  );
});
