// The type guards for events and for calls of tools.

import { assert, assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import type { BUILTIN_SCHEMAS } from "../messages/builtin_schemas.ts";
import { isEvent, isToolUse } from "./guards.ts";

function call(name: string, input: WireObject) {
  return { type: "tool_use", name, input } as const;
}

Deno.test("isEvent takes one type or several", () => {
  assert(isEvent({ type: "result" }, "result"));
  assert(isEvent({ type: "result" }, "assistant_text", "result"));
  assert(!isEvent({ type: "result" }, "assistant_text"));
});

Deno.test("isToolUse is true for a call of the tool in the tool's shape", () => {
  assert(isToolUse(call("Bash", { command: "ls" }), "Bash"));
  assert(isToolUse(call("Bash", { command: "ls", later: {} }), "Bash"));
  assert(!isToolUse(call("Bash", { command: "ls" }), "Read"));
  assert(!isToolUse({ type: "tool_result", name: "Bash" }, "Bash"));
  assert(isToolUse(call("mcp__db__query", { q: 5 }), "mcp__db__query"));
  assert(isToolUse(call("toString", {}), "toString"));
});

Deno.test("isToolUse knows a tool by each of its names", () => {
  const agent = { description: "d", prompt: "p" };
  for (const name of ["Task", "Agent"]) {
    assert(isToolUse(call(name, agent), "Task"));
    assert(isToolUse(call(name, agent), "Agent"));
    assert(!isToolUse(call(name, agent), "TaskStop"));
    assert(!isToolUse(call(name, { prompt: "p" }), "Task"));
  }
  assert(isToolUse(call("KillShell", { shell_id: "1" }), "TaskStop"));
  assert(isToolUse(call("TaskStop", { task_id: "1" }), "KillShell"));
  assert(isToolUse(call("ListPeers", {}), "ListAgents"));
  assert(!isToolUse({ type: "tool_use" }, "Task"));
});

Deno.test("isToolUse is false for a call in another shape", () => {
  const wrong: readonly [string, WireObject][] = [
    ["Bash", {}],
    ["Bash", { command: 5 }],
    ["Bash", { command: "ls", timeout: "5" }],
    ["Bash", { __unparsedToolInput: { raw: "{", len: 1 } }],
    ["Edit", { file_path: "/a", old_string: "a" }],
    ["AskUserQuestion", { questions: [{ question: "?", options: "none" }] }],
    ["TodoWrite", { todos: {} }],
    ["WebSearch", { query: "x", allowed_domains: "example.com" }],
  ];
  for (const [name, input] of wrong) {
    assert(!isToolUse(call(name, input), name), JSON.stringify(input));
  }
});

Deno.test("each of the tools has a call that is told", () => {
  const calls: Record<keyof typeof BUILTIN_SCHEMAS, WireObject> = {
    Agent: { description: "d", prompt: "p", subagent_type: "general-purpose" },
    AskUserQuestion: {
      questions: [{
        question: "Which?",
        header: "Kind",
        options: [{ label: "a", description: "A" }],
        multiSelect: false,
      }],
    },
    Bash: { command: "ls", run_in_background: true },
    Edit: { file_path: "/a", old_string: "a", new_string: "b" },
    ExitPlanMode: {},
    Glob: { pattern: "*.ts" },
    Grep: { pattern: "a", "-n": true, "-A": 2, head_limit: 5 },
    NotebookEdit: { notebook_path: "/a.ipynb", new_source: "x" },
    Read: { file_path: "/a", offset: 1, limit: 2 },
    Skill: { skill: "demo" },
    Task: { description: "d", prompt: "p" },
    TaskCreate: { subject: "s", description: "d" },
    TaskStop: { task_id: "1" },
    TaskUpdate: { taskId: "1", status: "completed" },
    TodoWrite: { todos: [{ content: "a", status: "pending" }] },
    WebFetch: { url: "https://example.com", prompt: "p" },
    WebSearch: { query: "q" },
    Write: { file_path: "/a", content: "" },
  };
  const told = Object.entries(calls).filter(([name, input]) =>
    isToolUse(call(name, input), name)
  );
  assertEquals(told.length, Object.keys(calls).length);
});
