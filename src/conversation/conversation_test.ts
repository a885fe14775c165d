// How a conversation drives its link: the start, its failure, and the end.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ControlError, DeadlineError, StartupError } from "../errors.ts";
import { closeBoundMs, closeStepsOf } from "../process/shutdown.ts";
import { SessionFacts } from "../protocol/facts.ts";
import { Due } from "../util/due.ts";
import { FakeDriver } from "./fixtures/fake_driver.ts";

Deno.test("the process is started before the handshake is written: a worker takes no earlier line", () => {
  const driver = new FakeDriver({}, "later");
  assertEquals(driver.calls.slice(0, 2), ["start", "write"]);
  const [handshake] = driver.written;
  assertEquals(
    (handshake?.request as { subtype: string }).subtype,
    "initialize",
  );
});

Deno.test("a handshake that is refused ends the session after all was done that its line says, never in the middle", () => {
  const driver = new FakeDriver({}, "later");
  const turn = driver.send("p1");
  let wasEnded: boolean | undefined;
  driver.started.whenSettled(() => {
    wasEnded = driver.taker.isEnded;
  });
  driver.receive({
    type: "control_response",
    response: {
      subtype: "error",
      request_id: driver.written[0]?.request_id,
      error: "no",
    },
  });
  assertEquals(wasEnded, false);
  assert(driver.taker.isEnded);
  const error = assertThrows(() => driver.started.take(), StartupError);
  assert(error.cause instanceof ControlError);
  // All waiters get the same error, and the process ends before the session does.
  assertEquals([turn.end?.error, driver.failure], [error, error]);
  assertEquals(driver.calls.filter((call) => call === "terminate").length, 1);
});

Deno.test("close() is one end for all who ask for it, and begins once", () => {
  const driver = new FakeDriver();
  const closed = driver.conversation.close();
  assert(driver.conversation.close() === closed);
  assertEquals(closed.isSettled, false);
  // Each call blocks until the end, on a thread that blocks.
  assertEquals(driver.calls.filter((call) => call === "drain").length, 2);
  driver.taker.end({ code: 0, signal: null, stderrTail: "" });
  assertEquals(closed.isSettled, false);
  driver.gone.settle();
  closed.take();
  assertEquals([driver.failure, driver.timers], [undefined, 0]);
});

Deno.test("close() fails when the process will not go in time", () => {
  const steps = { eofMs: 100, termMs: 200, killMs: 300 };
  const driver = new FakeDriver({ closeTimeoutMs: steps });
  const turn = driver.send("p1");
  const closed = driver.conversation.close();
  driver.pass(closeBoundMs(closeStepsOf({ closeTimeoutMs: steps })) - 1);
  assertEquals(closed.isSettled, false);
  driver.pass(1);
  const error = assertThrows(() => closed.take(), DeadlineError);
  assertEquals([error.operation, turn.end?.error], ["close", error]);
  assert(driver.taker.isEnded);
});

Deno.test("close() waits for the process before, and fails as that does", () => {
  for (const isNew of [true, false]) {
    const gone = new Due<void>();
    const driver = new FakeDriver({}, isNew ? "later" : {}, {
      facts: new SessionFacts(),
      id: undefined,
      changes: [],
      isLost: false,
      gone,
    });
    const closed = driver.conversation.close();
    driver.gone.settle();
    assertEquals(closed.isSettled, false);
    const error = new Error("will not go");
    gone.fail(error);
    assert(assertThrows(() => closed.take()) === error);
  }
});

Deno.test("close() of a function that is called while the session closes does not wait for good", () => {
  const driver = new FakeDriver();
  driver.send("p1");
  driver.init("p1");
  let again: Due<void> | undefined;
  const given = new AbortController();
  const { signal } = given;
  driver.conversation.ask("mcp_status", {}, { signal }).whenSettled(() => {
    again = driver.conversation.close();
  });
  // As a function of the caller does that hears of what closing sets going.
  given.abort();
  assert(again !== undefined);
  assert(driver.conversation.close() === again);
  assertEquals(driver.calls.filter((call) => call === "close").length, 2);
});

Deno.test("what fails a conversation ends the process first: another one may come in its place", () => {
  const driver = new FakeDriver();
  driver.taker.fail(new Error("lost"));
  assertEquals(driver.calls.at(-1), "terminate");
  driver.taker.fail(new Error("again"));
  assertEquals(driver.calls.filter((call) => call === "terminate").length, 1);
});
