// What a hook function gets and returns: each answer is one that the CLI takes for the
// event.

import { checkOutput } from "./outputs.ts";
import { assert, assertEquals } from "@std/assert";
import { hook, readAnswer } from "./answers.ts";
import { HOOK_EVENTS, type HookEvent, readHookInput } from "./inputs.ts";
import { matcherText } from "./options.ts";

const REASON = { reason: "why" };

/** The events that take each answer, and what is written for it. */
const APPLIES: readonly (readonly [
  string,
  unknown,
  readonly HookEvent[],
  (event: HookEvent) => unknown,
])[] = [
  [
    "allow",
    hook.allow(),
    [
      "PreToolUse",
      "PreSkillShellCommand",
      "PreModelSwitch",
      "PermissionRequest",
    ],
    (hookEventName) => ({
      hookSpecificOutput: hookEventName === "PermissionRequest"
        ? { hookEventName, decision: { behavior: "allow" } }
        : { hookEventName, permissionDecision: "allow" },
    }),
  ],
  [
    "deny",
    hook.deny("why"),
    [
      "PreToolUse",
      "PreSkillShellCommand",
      "PreModelSwitch",
      "PermissionRequest",
    ],
    (hookEventName) => ({
      hookSpecificOutput: hookEventName === "PermissionRequest"
        ? { hookEventName, decision: { behavior: "deny", message: "why" } }
        : {
          hookEventName,
          permissionDecision: "deny",
          permissionDecisionReason: "why",
        },
    }),
  ],
  [
    "defer",
    hook.defer(),
    ["PreToolUse"],
    (hookEventName) => ({
      hookSpecificOutput: { hookEventName, permissionDecision: "defer" },
    }),
  ],
  [
    "ask",
    hook.ask("why"),
    ["PreToolUse", "PreModelSwitch"],
    (hookEventName) => ({
      hookSpecificOutput: {
        hookEventName,
        permissionDecision: "ask",
        permissionDecisionReason: "why",
      },
    }),
  ],
  [
    "block",
    hook.block("why"),
    [
      "PreToolUse",
      "PreSkillShellCommand",
      "PostToolUse",
      "PostToolUseFailure",
      "PostToolBatch",
      "UserPromptSubmit",
      "UserPromptExpansion",
      "Stop",
      "SubagentStop",
      "PreCompact",
      "ConfigChange",
    ],
    () => ({ decision: "block", ...REASON }),
  ],
  [
    "context",
    hook.context("text"),
    [
      "PreToolUse",
      "PostToolUse",
      "PostToolUseFailure",
      "PostToolBatch",
      "Notification",
      "UserPromptSubmit",
      "UserPromptExpansion",
      "SessionStart",
      "Setup",
      "Stop",
      "SubagentStart",
      "SubagentStop",
      "PostModelSwitch",
    ],
    (hookEventName) => ({
      hookSpecificOutput: { hookEventName, additionalContext: "text" },
    }),
  ],
  [
    "stop",
    hook.stop("why"),
    HOOK_EVENTS,
    () => ({ continue: false, stopReason: "why" }),
  ],
  [
    "async",
    hook.async({ timeoutMs: 5 }),
    HOOK_EVENTS,
    () => ({ async: true, asyncTimeout: 5 }),
  ],
  ["nothing", undefined, HOOK_EVENTS, () => ({})],
];

for (const [name, answer, events, expected] of APPLIES) {
  Deno.test(`readAnswer() writes ${name} for the events that take it, and for no other`, () => {
    for (const event of HOOK_EVENTS) {
      const read = readAnswer(event, answer);
      if (events.includes(event)) {
        assertEquals<unknown>(read.output, expected(event), event);
      } else {
        assert(
          read.issue?.includes(`hook.${name}() does not apply to "${event}"`),
          event,
        );
      }
    }
  });
}

Deno.test("readAnswer() writes options of helpers", () => {
  assertEquals(
    readAnswer(
      "PreToolUse",
      hook.allow({ input: { a: 1 }, reason: "r", context: "c" }),
    ).output,
    {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "allow",
        permissionDecisionReason: "r",
        updatedInput: { a: 1 },
        additionalContext: "c",
      },
    },
  );
  assertEquals(
    readAnswer("PermissionRequest", hook.allow({ input: { a: 1 } })).output,
    {
      hookSpecificOutput: {
        hookEventName: "PermissionRequest",
        decision: { behavior: "allow", updatedInput: { a: 1 } },
      },
    },
  );
  // A change of the model has no input to change.
  assert(
    readAnswer("PreModelSwitch", hook.allow({ input: {} })).issue !== undefined,
  );
});

Deno.test("readAnswer() takes the CLI's own words, with the event's name filled in", () => {
  const words: readonly (readonly [HookEvent, Record<string, unknown>])[] = [
    ["PostToolUse", { updatedToolOutput: { any: ["thing"] } }],
    ["UserPromptSubmit", { sessionTitle: "t", suppressOriginalPrompt: true }],
    ["SessionStart", { watchPaths: ["/a"], reloadSkills: true }],
    ["PermissionRequest", {
      decision: { behavior: "deny", message: "m", interrupt: true },
    }],
    ["PermissionDenied", { retry: true }],
    ["Elicitation", { action: "accept", content: { name: "Ann" } }],
    ["FileChanged", { watchPaths: [] }],
    ["WorktreeCreate", { worktreePath: "/w" }],
    ["MessageDisplay", { displayContent: "…" }],
  ];
  for (const [hookEventName, specific] of words) {
    assertEquals(
      readAnswer(hookEventName, {
        systemMessage: "s",
        hookSpecificOutput: specific,
      }).output,
      {
        systemMessage: "s",
        hookSpecificOutput: { ...specific, hookEventName },
      },
    );
  }
});

Deno.test("readAnswer() refuses what the CLI would ignore", () => {
  const wrong: readonly (readonly [HookEvent, unknown])[] = [
    ["Stop", null],
    ["Stop", "block"],
    ["Stop", []],
    ["Stop", { decision: "deny" }],
    ["Stop", { continues: false }],
    ["Stop", { kind: "block" }],
    ["Stop", { hookSpecificOutput: { permissionDecision: "deny" } }],
    ["Stop", { hookSpecificOutput: { hookEventName: "PreToolUse" } }],
    ["SessionEnd", { hookSpecificOutput: {} }],
    ["Stop", hook.async({ timeoutMs: -1 })],
    ["Stop", hook.async({ timeoutMs: NaN })],
    ["PermissionRequest", { hookSpecificOutput: {} }],
    ["PermissionRequest", {
      hookSpecificOutput: { decision: { behavior: "deny", updatedInput: {} } },
    }],
    ["WorktreeCreate", { hookSpecificOutput: {} }],
  ];
  for (const [event, answer] of wrong) {
    const { issue } = readAnswer(event, answer);
    assert(issue !== undefined, `${event} ${JSON.stringify(answer)}`);
  }
});

Deno.test("readHookInput() gives names of ours, and the rest in raw", () => {
  const raw = {
    session_id: "s",
    transcript_path: "/t",
    cwd: "/c",
    hook_event_name: "PostToolBatch",
    effort: { level: "medium" },
    agent_id: 7,
    tool_calls: [{
      tool_name: "Bash",
      tool_input: { command: "ls" },
      tool_use_id: "u",
      tool_response: ["x"],
    }],
    news: true,
  };
  const input = readHookInput("PostToolBatch", raw);
  assertEquals<unknown>(input, {
    hookEventName: "PostToolBatch",
    sessionId: "s",
    transcriptPath: "/t",
    cwd: "/c",
    effort: "medium",
    toolCalls: [{
      toolName: "Bash",
      toolInput: { command: "ls" },
      toolUseId: "u",
      toolResponse: ["x"],
    }],
  });
  assertEquals(input.raw, raw);
});

Deno.test("PreSkillShellCommand: its input is typed, and no answer changes the command", () => {
  const input = readHookInput("PreSkillShellCommand", {
    hook_event_name: "PreSkillShellCommand",
    session_id: "s",
    transcript_path: "/t",
    cwd: "/w",
    tool_name: "Bash",
    tool_input: { command: "make" },
    tool_use_id: "u",
    command_name: "build",
    command_source: "projectSettings",
    invoked_by: "claude",
  });
  assertEquals({ ...input }, {
    hookEventName: "PreSkillShellCommand",
    sessionId: "s",
    transcriptPath: "/t",
    cwd: "/w",
    toolName: "Bash",
    toolInput: { command: "make" },
    toolUseId: "u",
    commandName: "build",
    commandSource: "projectSettings",
    invokedBy: "claude",
  });
  for (
    const answer of [
      hook.allow({ input: { command: "make" } }),
      hook.allow({ context: "c" }),
      hook.ask("why"),
      { hookSpecificOutput: { permissionDecision: "defer" } },
      { hookSpecificOutput: { updatedInput: { command: "make" } } },
    ]
  ) {
    assert(readAnswer("PreSkillShellCommand", answer).issue !== undefined);
  }
});

Deno.test("HOOK_EVENTS are the 34 of CLI 2.1.332", () => {
  assertEquals([HOOK_EVENTS.length, new Set(HOOK_EVENTS).size], [34, 34]);
});

Deno.test("matcherText() keeps the meaning of a RegExp", () => {
  assertEquals(
    ["Bash", "Edit|Write", /Bash/, /Edit|Write/, /^mcp__/, /a b-c,d/].map((
      matcher,
    ) => matcherText(matcher, "PreToolUse")),
    [
      "Bash",
      "Edit|Write",
      "(?:Bash)",
      "(?:Edit|Write)",
      "^mcp__",
      "(?:a b-c,d)",
    ],
  );
});

Deno.test("matcherText() names a tool by all its names, where the event is about tools", () => {
  const rows: readonly [string, string][] = [
    ["Task", "Agent|Task"],
    ["Agent", "Agent|Task"],
    ["Bash, Task", "Bash|Agent|Task"],
    ["KillShell|Read", "TaskStop|KillBash|KillShell|Read"],
    ["Bash", "Bash"],
    ["Edit, Write", "Edit, Write"],
    ["*", "*"],
    ["Task.*", "Task.*"],
  ];
  for (const [matcher, expected] of rows) {
    assertEquals(matcherText(matcher, "PostToolUse"), expected);
    assertEquals(matcherText(matcher, "SubagentStart"), matcher);
  }
});

Deno.test("checkOutput refuses what would be written as an empty object", () => {
  const decision = { permissionDecision: "deny" };
  const wrong: unknown[] = [
    new Map([["decision", "block"]]),
    Object.create({ decision: "block" }),
    { hookSpecificOutput: new Map(Object.entries(decision)) },
    { hookSpecificOutput: Object.create(decision) },
  ];
  for (const answer of wrong) {
    assertEquals(typeof checkOutput("PreToolUse", answer).issue, "string");
  }
  const right = { hookSpecificOutput: decision };
  assertEquals(checkOutput("PreToolUse", right).issue, undefined);
});

Deno.test("an event that is not known reads what all have, and answers in the CLI's words", () => {
  const raw = {
    hook_event_name: "PreNap",
    session_id: "s",
    transcript_path: "/t",
    cwd: "/",
    nap_length: 5,
  };
  const input = readHookInput("PreNap", raw);
  assertEquals(
    input,
    {
      hookEventName: "PreNap",
      sessionId: "s",
      transcriptPath: "/t",
      cwd: "/",
    } as typeof input,
  );
  assert(input.raw === raw);
  assertEquals(
    readAnswer("PreNap", { hookSpecificOutput: { napLength: [1] } }).output,
    { hookSpecificOutput: { napLength: [1], hookEventName: "PreNap" } },
  );
  assertEquals(readAnswer("PreNap", hook.stop("why")).output, {
    continue: false,
    stopReason: "why",
  });
  for (
    const answer of [
      hook.allow(),
      hook.deny("no"),
      hook.ask(),
      hook.context("c"),
    ]
  ) {
    assert(
      readAnswer("PreNap", answer).issue?.includes(
        'does not apply to "PreNap"',
      ),
    );
  }
  assert(readAnswer("PreNap", { hookSpecificOutput: 5 }).issue !== undefined);
});

Deno.test("the tasks of a Stop hook say where they come from", () => {
  const task = {
    id: "t",
    type: "MCP task",
    status: "running",
    description: "d",
  };
  const { backgroundTasks } = readHookInput("Stop", {
    hook_event_name: "Stop",
    background_tasks: [
      { ...task, server: "db", tool: "watch" },
      { ...task, type: "workflow", name: "spec" },
    ],
  });
  assertEquals(backgroundTasks, [
    { ...task, server: "db", tool: "watch" },
    { ...task, type: "workflow", name: "spec" },
  ]);
});
