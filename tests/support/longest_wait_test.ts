// A wait that never ends says what was there instead.

import { assertEquals, assertRejects } from "@std/assert";
import { inTime } from "./longest_wait.ts";

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
