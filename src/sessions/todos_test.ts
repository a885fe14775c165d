// The to-do list is the same for the lines of a process and for the transcript, over its prompts.

import { assertEquals } from "@std/assert";
import { EventDecoder } from "../decode/decoder.ts";
import type { TodosChanged } from "../events/tools.ts";
import { answer, prompt, record, ScratchConfig } from "./fixtures/scratch.ts";
import { readSession } from "./read.ts";

/** A call and its result. */
function step(
  at: number,
  name: string,
  input: Record<string, unknown>,
  told: unknown,
): readonly Record<string, unknown>[] {
  const id = `t${at}`;
  const content = [{ type: "tool_result", tool_use_id: id, content: "done" }];
  return [
    answer(`${at}`, `${at - 1}`, { type: "tool_use", id, name, input }),
    record(`${at + 1}`, `${at}`, {
      type: "user",
      message: { role: "user", content },
      toolUseResult: told,
    }),
  ];
}

const RECORDS = [
  prompt("0", null, "one"),
  ...step(1, "TaskCreate", { subject: "a", description: "d" }, {
    task: { id: "1", subject: "a" },
  }),
  ...step(3, "TaskCreate", { subject: "b" }, { task: { id: "2" } }),
  // Nothing changed, so there is no event.
  ...step(5, "TaskList", {}, {
    tasks: [
      { id: "1", subject: "a", status: "pending" },
      { id: "2", subject: "b", status: "pending" },
    ],
  }),
  answer("7", "6", "done"),
  prompt("8", "7", "two"),
  ...step(9, "TaskUpdate", { taskId: "1", status: "completed" }, {
    success: true,
  }),
  ...step(11, "TaskUpdate", { taskId: "2", status: "deleted" }, {
    success: true,
  }),
  ...step(13, "TodoWrite", { todos: [] }, {
    newTodos: [{ content: "c", status: "in_progress", activeForm: "C-ing" }],
  }),
];

const A = { id: "1", status: "pending", description: "d", content: "a" };
const LISTS = [
  [A],
  [A, { id: "2", status: "pending", content: "b" }],
  [
    { ...A, status: "completed" },
    { id: "2", status: "pending", content: "b" },
  ],
  [{ ...A, status: "completed" }],
  [{ content: "c", status: "in_progress", activeForm: "C-ing" }],
];

function told(events: readonly { readonly type: string }[]): unknown[] {
  return events
    .filter((event): event is TodosChanged => event.type === "todos_changed")
    .map(({ todos, toolUseId }) => [toolUseId, todos]);
}

Deno.test("todos_changed: after each change, alike in a transcript and on the wire", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", RECORDS);
  const read = await Array.fromAsync(
    readSession("s", { configDir: on.configDir }),
  );
  const decoder = new EventDecoder();
  const live = RECORDS.flatMap((line) => {
    const { toolUseResult, sessionId, ...rest } = line;
    return decoder.decode({
      ...rest,
      session_id: sessionId,
      parent_tool_use_id: null,
      ...toolUseResult === undefined ? {} : { tool_use_result: toolUseResult },
    }).events;
  });
  const expected = LISTS.map((
    todos,
    index,
  ) => [["t1", "t3", "t9", "t11", "t13"][index], todos]);
  assertEquals(told(read), expected);
  assertEquals(told(live), expected);
  // A process that continues the session knows the list.
  const next = new EventDecoder();
  next.inherit(0, LISTS[1] ?? []);
  const [use, result] = RECORDS.slice(9, 11).map(({ ...line }) => ({
    ...line,
    parent_tool_use_id: null,
    tool_use_result: line.toolUseResult,
  }));
  const events = [use, result].flatMap((line) =>
    next.decode(line ?? {}).events
  );
  assertEquals(told(events), [expected[2]]);
});
