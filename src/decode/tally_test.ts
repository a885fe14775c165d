// Changed files and to-do lists, as the calls of tools tell of them.

import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import { EventDecoder } from "./decoder.ts";
import { Tally } from "./tally.ts";

let ids = 0;

/** A call and its result. */
function call(
  name: string,
  input: WireObject,
  structured?: unknown,
  how: { readonly isError?: boolean; readonly parent?: string } = {},
): readonly WireObject[] {
  const id = `t${++ids}`;
  const { isError = false, parent = null } = how;
  return [{
    type: "assistant",
    parent_tool_use_id: parent,
    message: {
      id: `m${ids}`,
      role: "assistant",
      model: "m",
      content: [{ type: "tool_use", id, name, input }],
    },
  }, {
    type: "user",
    parent_tool_use_id: parent,
    ...structured === undefined ? {} : { tool_use_result: structured },
    message: {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: id,
        content: "done",
        is_error: isError,
      }],
    },
  }];
}

function tallyOf(wires: readonly WireObject[]): Tally {
  const decoder = new EventDecoder();
  const tally = new Tally();
  const events: readonly ClaudeEvent[] = wires.flatMap((wire) =>
    decoder.decode(wire).events
  );
  for (const event of events) tally.add(event);
  return tally;
}

function edit(
  path: string,
  originalFile: string,
  lines: readonly string[],
  [oldStart, oldLines, newStart, newLines]: readonly [
    number,
    number,
    number,
    number,
  ],
): readonly WireObject[] {
  const hunk = { oldStart, oldLines, newStart, newLines, lines };
  return call("Edit", { file_path: path, old_string: "o", new_string: "n" }, {
    filePath: path,
    originalFile,
    structuredPatch: [hunk],
  });
}

Deno.test("changes: files with hunks, before and after, counts", () => {
  const tally = tallyOf([
    ...call("Write", { file_path: "/a", content: "1\n2\n" }, {
      type: "create",
      filePath: "/a",
      content: "1\n2\n",
      structuredPatch: [],
      originalFile: null,
    }),
    ...edit("/b", "x\ny\nz\n", [" x", "-y", "+Y", "+Y2", " z"], [1, 3, 1, 4]),
    ...edit("/b", "x\nY\nY2\nz\n", [" x", "-Y", " Y2"], [1, 3, 1, 2]),
    ...call("Write", { file_path: "/c", content: "new" }, {
      type: "update",
      filePath: "/c",
      content: "new",
      originalFile: "old",
      structuredPatch: [{
        oldStart: 1,
        oldLines: 1,
        newStart: 1,
        newLines: 1,
        lines: ["-old", "+new"],
      }],
    }),
    ...call("Write", { file_path: "/no", content: "x" }, undefined, {
      isError: true,
    }),
    ...call("Bash", { command: "touch /d" }),
  ]);
  const [a, b, c, ...others] = tally.changes();
  assertEquals(others, []);
  assertEquals(
    [a?.path, a?.isNew, a?.before, a?.after, a?.linesAdded, a?.linesRemoved],
    ["/a", true, undefined, "1\n2\n", 2, 0],
  );
  assertEquals(
    [b?.path, b?.isNew, b?.before, b?.after, b?.linesAdded, b?.linesRemoved],
    ["/b", false, "x\ny\nz\n", "x\nY2\nz\n", 2, 2],
  );
  assertEquals(b?.edits.map(({ hunks }) => hunks[0]?.newLines), [4, 2]);
  assertEquals([c?.before, c?.after, c?.isNew], ["old", "new", false]);
});

Deno.test("changes: what the CLI does not tell is not made up", () => {
  const tally = tallyOf([
    // A stream has no structured result of what a subagent did.
    ...call(
      "Edit",
      {
        file_path: "/a",
        old_string: "one\ntwo",
        new_string: "1",
      },
      undefined,
      { parent: "p" },
    ),
    // Hunks that do not fit what was there, and such without a break at the end.
    ...edit("/b", "x\n", ["-q", "+r"], [1, 1, 1, 1]),
    ...edit("/c", "x", ["-x", "+y", "\\ No newline at end of file"], [
      1,
      1,
      1,
      1,
    ]),
    ...edit("/d", "x\n", ["+y"], [9, 0, 9, 1]),
    ...call("NotebookEdit", { notebook_path: "/n", new_source: "a\nb" }, {
      notebook_path: "/n",
      original_file: "{}",
      updated_file: "{1}",
    }),
  ]);
  assertEquals(
    tally.changes().map(({ path, before, after, linesAdded, linesRemoved }) => [
      path,
      before,
      after,
      linesAdded,
      linesRemoved,
    ]),
    [
      ["/a", undefined, undefined, 1, 2],
      ["/b", "x\n", undefined, 1, 1],
      ["/c", "x", undefined, 1, 1],
      ["/d", "x\n", undefined, 1, 0],
      ["/n", "{}", "{1}", 2, 0],
    ],
  );
  assertEquals(tally.changes()[0]?.edits[0]?.parentToolUseId, "p");
});

Deno.test("todos: TodoWrite writes the whole list", () => {
  const todos = (...contents: string[]) =>
    contents.map((content) => ({
      content,
      status: "pending",
      activeForm: "…",
    }));
  const tally = tallyOf([
    ...call("TodoWrite", { todos: todos("a") }),
    ...call("TodoWrite", { todos: todos("b", "c") }, {
      oldTodos: todos("a"),
      newTodos: todos("b", "c"),
    }),
    ...call("TodoWrite", { todos: todos("x") }, "Error", { isError: true }),
    ...call("TodoWrite", { todos: todos("theirs") }, undefined, {
      parent: "p",
    }),
  ]);
  assertEquals(tally.todos(), todos("b", "c"));
});

Deno.test("todos: the Task tools make, change, delete and list entries", () => {
  const made = (id: string, subject: string) =>
    call("TaskCreate", { subject, description: `${subject}!` }, {
      task: { id, subject },
    });
  const update = (input: WireObject, success = true) =>
    call("TaskUpdate", input, { success, taskId: input.taskId });
  const before = [
    ...made("1", "one"),
    ...made("2", "two"),
    ...made("3", "three"),
    ...call("TaskCreate", { subject: "none" }, "Error", { isError: true }),
    ...update({ taskId: "1", status: "in_progress", activeForm: "doing one" }),
    ...update({ taskId: "2", status: "deleted" }),
    ...update({ taskId: "3", subject: "THREE", addBlockedBy: ["1"] }),
    ...update({ taskId: "3", status: "completed" }, false),
    ...update({ taskId: "9", status: "completed" }, false),
  ];
  const expected = [
    {
      id: "1",
      content: "one",
      status: "in_progress",
      description: "one!",
      activeForm: "doing one",
    },
    {
      id: "3",
      content: "THREE",
      status: "pending",
      description: "three!",
      blockedBy: ["1"],
    },
  ];
  assertEquals(tallyOf(before).todos(), expected);
  const listed = [
    ...before,
    ...call("TaskList", {}, {
      tasks: [
        { id: "3", subject: "THREE", status: "completed", blockedBy: [] },
        { id: "4", subject: "of before", status: "pending", blockedBy: ["3"] },
      ],
    }),
  ];
  assertEquals(tallyOf(listed).todos(), [
    {
      id: "3",
      content: "THREE",
      status: "completed",
      description: "three!",
    },
    { id: "4", content: "of before", status: "pending", blockedBy: ["3"] },
  ]);
});
