// The built-in tools: kinds, older names, and what a wrong name means.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import {
  BUILTIN_TOOLS,
  currentToolName,
  FORMER_NAMES,
  isSameTool,
  literalName,
  meantTool,
  TOOL_KINDS,
  toolKind,
  toolNames,
} from "./builtin_tools.ts";
import { checkToolName } from "../tools/names.ts";

/** What `system_init` of CLI 2.1.332 lists on Linux, without any option. */
const OFFERED = [
  "Task",
  "AskUserQuestion",
  "Bash",
  "CronCreate",
  "CronDelete",
  "CronList",
  "Edit",
  "EnterPlanMode",
  "EnterWorktree",
  "ExitPlanMode",
  "ExitWorktree",
  "ListAgents",
  "Monitor",
  "NotebookEdit",
  "Read",
  "ReportFindings",
  "ScheduleWakeup",
  "SendMessage",
  "Skill",
  "TaskStop",
  "ToolSearch",
  "WebFetch",
  "WebSearch",
  "Workflow",
  "Write",
];

Deno.test("toolKind knows each tool that the CLI offers, and only reading and asking are harmless", () => {
  const kinds: Record<string, string[]> = {};
  for (const name of OFFERED) {
    assert(BUILTIN_TOOLS.has(name), name);
    (kinds[toolKind(name)] ??= []).push(name);
  }
  assertEquals(kinds, {
    delegate: ["Task", "CronCreate", "ScheduleWakeup", "SendMessage", "Skill"],
    ask: ["AskUserQuestion", "EnterPlanMode", "ExitPlanMode"],
    execute: ["Bash", "EnterWorktree", "ExitWorktree", "Monitor", "Workflow"],
    other: ["CronDelete", "TaskStop"],
    read: ["CronList", "ListAgents", "Read", "ReportFindings", "ToolSearch"],
    edit: ["Edit", "NotebookEdit", "Write"],
    fetch: ["WebFetch", "WebSearch"],
  });
});

Deno.test("toolKind is other for what is not known", () => {
  const unknown = [
    "mcp__db__query",
    "Bsh",
    "bash",
    "",
    "toString",
    "__proto__",
  ];
  for (const name of unknown) {
    assertEquals(toolKind(name), "other", name);
    assert(!BUILTIN_TOOLS.has(name), name);
  }
  assertEquals(TOOL_KINDS.length, 7);
});

Deno.test("all names of a tool mean the same tool, and no others", () => {
  for (const [former, current] of Object.entries(FORMER_NAMES)) {
    assert(BUILTIN_TOOLS.has(current), `${current} is a tool`);
    assert(
      !Object.hasOwn(FORMER_NAMES, current),
      `${current} is the name that the tool has now`,
    );
    assertEquals(toolKind(former), toolKind(current));
    assert(isSameTool(former, current) && isSameTool(current, former));
    for (const name of [former, current]) {
      assertEquals(toolNames(name)[0], current);
      assert(toolNames(name).includes(former));
    }
  }
  assertEquals(toolNames("Task"), ["Agent", "Task"]);
  assertEquals(toolNames("mcp__db__query"), ["mcp__db__query"]);
  assert(!isSameTool("Task", "TaskStop"));
  assert(!isSameTool("task", "Task"));
  assertEquals(currentToolName("constructor"), "constructor");
});

Deno.test("meantTool finds slips of the fingers, and leaves new names alone", () => {
  const slips: Record<string, string> = {
    Bsh: "Bash",
    Baash: "Bash",
    bash: "Bash",
    BASH: "Bash",
    Bahs: "Bash",
    Raed: "Read",
    Wriet: "Write",
    Tsk: "Task",
    Agnet: "Agent",
    WebFecth: "WebFetch",
    webfetch: "WebFetch",
    NotbookEdt: "NotebookEdit",
    AskUserQuestoin: "AskUserQuestion",
    killshell: "KillShell",
    mcp_db__query: "mcp__db__query",
    mpc__db__query: "mcp__db__query",
    MCP__db: "mcp__db",
  };
  for (const [slip, meant] of Object.entries(slips)) {
    assertEquals(meantTool(slip), meant, slip);
    assertThrows(() => checkToolName(slip, "policy"), ConfigError, meant);
  }
  const fine = [
    ...BUILTIN_TOOLS,
    "mcp__db__query",
    "mcp__db",
    "B*",
    "CronUpdate",
    "TodoRead",
    "Frame",
    "Sleep",
    "Cd",
    "TaskResume",
    "SlashCommand",
    "BrandNewTool",
    "default",
  ];
  for (const name of fine) {
    assertEquals(meantTool(name), undefined, name);
    checkToolName(name, "policy");
  }
});

Deno.test("a name with = is taken as it is", () => {
  checkToolName("=Bsh", "policy");
  assertEquals(literalName("=Bsh"), "Bsh");
  assertEquals(literalName("Bash"), "Bash");
});
