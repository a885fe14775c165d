// A turn that lasts until its tasks are over ends with the last answer.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { DeadlineError, StateError } from "../errors.ts";
import { FakeDriver, type FakeTurn } from "./fixtures/fake_driver.ts";

/** Nothing of what a task does later is lost for longer than this. */
const LATER_MS = 500;

/** The tasks that run in the background from now on. */
function tasks(driver: FakeDriver, ...ids: readonly string[]): void {
  driver.receive({
    type: "system",
    subtype: "background_tasks_changed",
    tasks: ids.map((id) => ({
      task_id: id,
      task_type: "local_bash",
      description: id,
    })),
  });
}

/** A turn whose own result came, while two tasks run. */
function lasting(timeoutMs?: number): {
  readonly driver: FakeDriver;
  readonly turn: FakeTurn;
} {
  const driver = new FakeDriver();
  const turn = driver.send("a", timeoutMs, "tasks");
  driver.init("a");
  tasks(driver, "t1", "t2");
  driver.says("m1", { type: "text", text: "Started." });
  driver.result(["a"], { result: "Started." });
  return { driver, turn };
}

/** A turn that the CLI begins by itself. */
function followUp(driver: FakeDriver, text: string, more = {}): void {
  driver.init();
  if (text !== "") driver.says("m2", { type: "text", text });
  driver.result([], {
    result: text,
    user_message_uuids: undefined,
    origin: { kind: "task-notification" },
    ...more,
  });
}

Deno.test("a turn until its tasks are over has what comes meanwhile, and ends with the last answer", () => {
  const { driver, turn } = lasting();
  assertEquals(turn.end, undefined);
  driver.pass(3_600_000);
  assertEquals(turn.end, undefined);
  tasks(driver, "t2");
  followUp(driver, "One is done.");
  assertEquals(turn.end, undefined);
  tasks(driver);
  driver.pass(LATER_MS - 1);
  assertEquals(turn.end, undefined);
  // Just in time: the turn about the last task.
  followUp(driver, "Both are done.");
  driver.pass(LATER_MS);
  assertEquals(turn.end?.result?.text, "Both are done.");
  assertEquals(driver.timers, 0);
  const types = turn.events.map(({ type }) => type);
  assertEquals(types.filter((type) => type === "result").length, 3);
});

Deno.test("a turn until its own result ends with it", () => {
  for (const until of ["turn", undefined] as const) {
    const driver = new FakeDriver();
    const turn = driver.send("a", undefined, until);
    driver.init("a");
    tasks(driver, "t1");
    driver.result(["a"]);
    assertEquals(turn.end?.result?.result, "ok");
    const { length } = turn.events;
    followUp(driver, "later");
    assertEquals(turn.events.length, length);
  }
});

Deno.test("a turn that leaves nothing running ends at once, and one that failed does", () => {
  const driver = new FakeDriver();
  const good = driver.send("a", undefined, "tasks");
  driver.init("a");
  driver.result(["a"]);
  assertEquals(good.end?.result?.isError, false);
  const bad = driver.send("b", undefined, "tasks");
  driver.init("b");
  tasks(driver, "t1");
  driver.result(["b"], { is_error: true });
  assertEquals(bad.end?.result?.isError, true);
});

Deno.test("a turn of the CLI's own that is queued is waited for, and for no longer than a moment", () => {
  for (const comes of [true, false]) {
    const driver = new FakeDriver();
    const turn = driver.send("a", undefined, "tasks");
    driver.init("a");
    driver.result(["a"], { queued_turn_count: 1 });
    assertEquals(turn.end, undefined);
    if (comes) {
      driver.init();
      driver.pass(10 * LATER_MS);
      assertEquals(turn.end, undefined);
      driver.says("m2", { type: "text", text: "More." });
      driver.result([], { user_message_uuids: undefined });
    }
    driver.pass(LATER_MS);
    assertEquals(turn.end?.result?.text, comes ? "More." : "ok");
  }
});

Deno.test("a CLI that does not say what is queued may follow up a task that ended in the turn", () => {
  for (const version of ["2.1.240", "2.1.246"]) {
    for (const comes of [true, false]) {
      const driver = new FakeDriver();
      driver.version = version;
      const turn = driver.send("a", undefined, "tasks");
      driver.init("a");
      tasks(driver, "t1");
      driver.receive({
        type: "system",
        subtype: "task_updated",
        task_id: "t1",
        patch: { status: "completed" },
      });
      tasks(driver);
      driver.result(["a"], { queued_turn_count: undefined });
      const isLate = version === "2.1.240";
      assertEquals(turn.end?.result?.text, isLate ? undefined : "ok");
      if (comes) followUp(driver, "It is done.");
      driver.pass(LATER_MS);
      assertEquals(
        turn.end?.result?.text,
        isLate && comes ? "It is done." : "ok",
      );
    }
  }
});

Deno.test("a turn about a task that has nothing to say takes no answer away; one that fails is the end", () => {
  const { driver, turn } = lasting();
  followUp(driver, "");
  tasks(driver);
  driver.pass(LATER_MS);
  assertEquals(turn.end?.result?.text, "Started.");

  const other = lasting();
  followUp(other.driver, "", { is_error: true });
  assertEquals(other.turn.end?.result?.isError, true);
  assertEquals(other.driver.timers, 0);
});

Deno.test("an interruption ends the wait: at once, or with the turn that runs", () => {
  const { driver, turn } = lasting();
  driver.conversation.ask("interrupt", {});
  assertEquals(turn.end?.result?.text, "Started.");

  const other = lasting();
  other.driver.init();
  other.driver.conversation.ask("interrupt", {});
  assertEquals(other.turn.end, undefined);
  other.driver.result([], {
    user_message_uuids: undefined,
    subtype: "error_during_execution",
    is_error: true,
    terminal_reason: "aborted_streaming",
  });
  assertEquals(
    other.turn.end?.result?.terminalReason,
    "aborted_streaming",
  );
});

Deno.test("an interruption that comes too late for the turn still ends the wait", () => {
  const driver = new FakeDriver();
  const turn = driver.send("a", undefined, "tasks");
  driver.init("a");
  tasks(driver, "t1");
  driver.conversation.ask("interrupt", {});
  assertEquals(turn.end, undefined);
  driver.result(["a"]);
  assertEquals(turn.end?.result?.result, "ok");
});

Deno.test("only the caller's interruption ends the wait, not that of another turn", () => {
  const { driver, turn } = lasting();
  driver.send("b");
  driver.init("b");
  // Its loop is left, which interrupts it.
  driver.conversation.leave("b");
  assertEquals(driver.requests("interrupt").length, 1);
  driver.result(["b"], {
    subtype: "error_during_execution",
    is_error: true,
    terminal_reason: "aborted_streaming",
  });
  assertEquals(turn.end, undefined);
  tasks(driver);
  driver.pass(LATER_MS);
  assertEquals(turn.end?.result?.text, "Started.");
});

Deno.test("what is of another turn of the caller's is not of this one", () => {
  const { driver, turn } = lasting();
  const { length } = turn.events;
  const other = driver.send("b", undefined, "tasks");
  driver.init("b");
  driver.says("m3", { type: "text", text: "Other." });
  driver.result(["b"]);
  tasks(driver);
  driver.pass(LATER_MS);
  assertEquals(turn.end?.result?.text, "Started.");
  assertEquals(other.end?.result?.text, "Other.");
  assertEquals(
    turn.events.slice(length).map(({ type }) => type),
    ["background_tasks_changed"],
  );
});

Deno.test("the time limit of the turn bounds the wait as well", () => {
  const driver = new FakeDriver();
  const turn = driver.send("a", 1_000, "tasks");
  driver.init("a");
  tasks(driver, "t1");
  driver.pass(600);
  driver.result(["a"]);
  driver.pass(399);
  assertEquals(turn.end, undefined);
  driver.pass(1);
  assertInstanceOf(turn.end?.error, DeadlineError);
  assertEquals(turn.end.error.timeoutMs, 1_000);
  // The tasks continue, and nothing is interrupted.
  assertEquals(driver.requests("interrupt").length, 0);
  assertEquals(driver.timers, 0);
});

Deno.test("a reader that leaves ends the wait with what there is, and the end of the process does with its error", () => {
  const { driver, turn } = lasting();
  driver.conversation.leave("a");
  assertEquals(turn.end?.result?.text, "Started.");
  assertEquals(driver.requests("interrupt").length, 0);

  const other = lasting();
  other.driver.taker.end(
    new StateError("session_closed", "closing", "wait", "closed"),
  );
  assertInstanceOf(other.turn.end?.error, StateError);
  assertEquals(other.driver.timers, 0);
});
