import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import type { BackgroundTask } from "../messages/system/background_tasks_changed.ts";
import { EarlyTasks } from "./early_tasks.ts";

const STARTED = {
  type: "task_started",
  taskId: "t",
  toolUseId: "call",
  description: "d",
  taskType: "local_bash",
};
const ANSWERED = { type: "tool_result", toolUseId: "call", isError: false };
const OVER = { type: "task_notification", taskId: "t", toolUseId: "call" };

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
