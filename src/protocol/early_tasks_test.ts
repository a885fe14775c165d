// Tasks in the background with a CLI that tells no list of them.

import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";
import { EarlyTasks, UnheardTasks } from "./early_tasks.ts";

const STARTED = {
  type: "task_started",
  taskId: "t",
  toolUseId: "call",
  description: "d",
  taskType: "local_bash",
};
const ANSWERED = { type: "tool_result", toolUseId: "call", isError: false };
const OVER = { type: "task_notification", taskId: "t", toolUseId: "call" };

const ENDED = {
  type: "task_updated",
  taskId: "t",
  patch: { status: "completed" },
};

/** What runs in the background after each event. */
function follow(...events: readonly object[]): readonly (readonly string[])[] {
  const tasks = new Map<string, BackgroundTask>();
  const early = new EarlyTasks(tasks);
  return events.map((event) => {
    early.observe(event as ClaudeEvent);
    return [...tasks.keys()];
  });
}

Deno.test("EarlyTasks: a task is in the background if its call has a result while it runs", () => {
  assertEquals(follow(STARTED, ANSWERED, OVER), [[], ["t"], []]);
  // One whose call waits for it is not, and one that failed runs no more.
  assertEquals(follow(STARTED, OVER, ANSWERED), [[], [], []]);
  assertEquals(follow(STARTED, { ...ANSWERED, isError: true }), [[], []]);
  // In the other order, and without a call.
  assertEquals(follow(ANSWERED, STARTED, OVER), [[], ["t"], []]);
  assertEquals(follow({ ...STARTED, toolUseId: undefined }, OVER), [["t"], []]);
  // Ids of calls may be used again in a later turn.
  assertEquals(follow(ANSWERED, { type: "result" }, STARTED), [[], [], []]);
});

Deno.test("EarlyTasks: a task is over with its final status", () => {
  // The CLI says no more of a task of which it tells the model in the same turn.
  assertEquals(follow(STARTED, ANSWERED, ENDED), [[], ["t"], []]);
  assertEquals(follow(STARTED, ENDED, ANSWERED), [[], [], []]);
  for (const status of ["failed", "killed"]) {
    const ended = { ...ENDED, patch: { status } };
    assertEquals(follow(STARTED, ANSWERED, ended), [[], ["t"], []]);
  }
  for (const patch of [{ status: "paused" }, { description: "d" }]) {
    const changed = { ...ENDED, patch };
    assertEquals(follow(STARTED, ANSWERED, changed), [[], ["t"], ["t"]]);
  }
});

Deno.test("UnheardTasks: a turn may follow about a task of which no notification came", () => {
  const unheard = new UnheardTasks();
  const may = (event: object) => {
    unheard.observe(event as ClaudeEvent);
    return unheard.isAny;
  };
  const result = { type: "result" };
  const begins = { type: "system_init" };
  assertEquals([STARTED, ANSWERED, ENDED, result, begins].map(may), [
    false,
    false,
    true,
    true,
    false,
  ]);
  assertEquals([ENDED, OVER, result].map(may), [true, false, false]);
});
