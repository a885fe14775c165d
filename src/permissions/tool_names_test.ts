// Tools have more than one name, and rules are misspelt.

import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { checkOptions } from "../options/check_options.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { FORMER_NAMES, toolKind } from "../messages/builtin_tools.ts";
import { byTool } from "./by_tool.ts";
import { firstOf } from "./combine.ts";
import { allow, deny } from "./decision.ts";
import { PolicyGate } from "./gate.ts";
import { logged } from "./logged.ts";
import {
  allowAll,
  allowBuiltins,
  allowList,
  callback,
  denyAll,
} from "./policy.ts";
import type { SyncPolicy } from "./policy_types.ts";
import { readOnly } from "./read_only.ts";
import { writePaths } from "./write_paths.ts";

const context = { signal: new AbortController().signal };

function behavior(policy: SyncPolicy, toolName: string) {
  return policy.decide({ toolName, input: {}, toolUseId: "1" }, context)
    ?.behavior;
}

/** Each way in which a policy names a tool, and what it says of that tool. */
const BY_NAME: readonly [
  what: string,
  make: (name: string) => SyncPolicy,
  expected: string | undefined,
][] = [
  ["allowList", (name) => allowList([name]), "allow"],
  ["allowList, pattern", (name) => allowList([`${name}*`]), "allow"],
  ["allowList, as it is", (name) => allowList([`=${name}`]), "allow"],
  ["allowBuiltins", (name) => allowBuiltins({ except: [name] }), undefined],
  [
    "byTool, yes",
    (name) => byTool({ [name]: () => allow(), "*": denyAll() }),
    "allow",
  ],
  [
    "byTool, no",
    (name) => byTool({ [name]: denyAll(), "*": () => allow() }),
    "deny",
  ],
  [
    "byTool, pattern",
    (name) => byTool({ [`${name}*`]: denyAll(), "*": () => allow() }),
    "deny",
  ],
  [
    "firstOf",
    (name) => firstOf(byTool({ [name]: denyAll() }), allowAll()),
    "deny",
  ],
  ["logged", (name) => logged(allowList([name]), () => {}), "allow"],
];

Deno.test("a rule by any name of a tool holds for all its names, in every policy", () => {
  for (const [former, current] of Object.entries(FORMER_NAMES)) {
    for (const [what, make, expected] of BY_NAME) {
      for (const rule of [former, current]) {
        const policy = make(rule);
        for (const called of [former, current]) {
          assertEquals(
            behavior(policy, called),
            expected,
            `${what}: a rule for ${rule}, a call of ${called}`,
          );
        }
      }
    }
  }
});

Deno.test("readOnly decides alike on all names of a tool", () => {
  for (const [former, current] of Object.entries(FORMER_NAMES)) {
    assertEquals(
      behavior(readOnly(), former),
      behavior(readOnly(), current),
      former,
    );
  }
  assertEquals(behavior(readOnly(), "Task"), "allow");
  assertEquals(behavior(readOnly(), "KillShell"), "deny");
});

Deno.test("a pattern for what a tool is called with holds for all its names", () => {
  const policy = allowList(["Task(Explore)"]);
  for (const toolName of ["Task", "Agent"]) {
    for (
      const [subagent_type, expected] of [["Explore", "allow"], ["x", "deny"]]
    ) {
      const call = { toolName, input: { subagent_type }, toolUseId: "1" };
      assertEquals(policy.decide(call, context)?.behavior, expected);
    }
  }
});

Deno.test("functions hear the name that the tool has now, and its kind", () => {
  const seen: unknown[] = [];
  const policy = callback((name, _input, { toolName, kind }) => {
    seen.push([name, toolName, kind]);
    return undefined;
  });
  behavior(policy, "Task");
  behavior(policy, "mcp__db__query");
  behavior(
    byTool({
      Task: (_input, { toolName, kind }) => {
        seen.push([toolName, kind]);
        return undefined;
      },
    }),
    "Agent",
  );
  assertEquals(seen, [
    ["Agent", "Agent", "delegate"],
    ["mcp__db__query", "mcp__db__query", "other"],
    ["Agent", "delegate"],
  ]);
});

Deno.test("a session's policy hears the name of now, at the hook and at the question", () => {
  const seen: unknown[] = [];
  const gate = new PolicyGate({
    name: "mine",
    decide({ toolName, kind }) {
      seen.push([toolName, kind]);
      return deny();
    },
  }, false);
  for (const tool_name of ["Task", "KillBash", "Read"]) {
    gate.beforeCall({ tool_name, tool_input: {}, tool_use_id: "1" }, context);
    gate.atQuestion(
      { toolName: tool_name, input: {}, toolUseId: "2" },
      context,
    );
    gate.explain({ toolName: tool_name, input: {}, toolUseId: "" }, context);
  }
  assertEquals(
    seen,
    ["Agent", "TaskStop", "Read"].flatMap((name) =>
      Array(3).fill([name, toolKind(name)])
    ),
  );
});

Deno.test("byTool takes one name of a tool, not two", () => {
  const yes = () => allow();
  for (const [former, current] of Object.entries(FORMER_NAMES)) {
    assertThrows(
      () => byTool({ [former]: yes, [current]: yes }),
      ConfigError,
      "names of the same tool",
    );
  }
});

Deno.test("a policy tells the names in its rules", () => {
  assertEquals(
    firstOf(
      allowList(["Bash(git *)", "=Odd", "mcp__db"]),
      byTool({ Task: denyAll(), "mcp__x__*": denyAll(), "*": readOnly() }),
      logged(allowBuiltins({ except: ["Write"] }), () => {}),
    ).toolNames,
    ["Bash", "Odd", "mcp__db", "Task", "mcp__x__*", "*", "Write"],
  );
});

Deno.test("a name that is nearly a tool's is an error wherever names are given", () => {
  const agent = { description: "d", prompt: "p" };
  const places: Record<string, (name: string) => unknown> = {
    allowList: (name) => allowList(["Read", name]),
    "allowList, with a pattern": (name) => allowList([`${name}(x *)`]),
    byTool: (name) => byTool({ [name]: denyAll() }),
    allowBuiltins: (name) => allowBuiltins({ except: [name] }),
    allowedTools: (name) => options({ allowedTools: [`${name}(x *)`] }),
    disallowedTools: (name) => options({ disallowedTools: [name] }),
    builtinTools: (name) => options({ builtinTools: ["Read", name] }),
    "agents.tools": (name) =>
      options({ agents: { a: { ...agent, tools: [name] } } }),
    "agents.disallowedTools": (name) =>
      options({ agents: { a: { ...agent, disallowedTools: [name] } } }),
    writePaths: (name) => writePaths(["src"], { tools: { [name]: "path" } }),
    hooks: (name) =>
      options({
        hooks: { PreToolUse: [{ matcher: `Edit|${name}`, run() {} }] },
      }),
  };
  const slips: Record<string, string> = {
    Bsh: "Bash",
    Tsk: "Task",
    Raed: "Read",
    grep: "Grep",
    mpc__db__x: "mcp__db__x",
  };
  for (const [place, use] of Object.entries(places)) {
    for (const [slip, meant] of Object.entries(slips)) {
      const error = assertThrows(() => use(slip), ConfigError);
      assertEquals(
        error.message.includes(`"${meant}"`),
        true,
        `${place}: ${error.message}`,
      );
      if (place !== "allowBuiltins" && place !== "hooks") use(`=${slip}`);
    }
    // It may be of a newer CLI.
    if (place !== "allowBuiltins") use("Teleport");
  }
});

Deno.test("a hook for an event that is about no tool takes any matcher", () => {
  options({ hooks: { SubagentStart: [{ matcher: "Bsh", run() {} }] } });
  options({ hooks: { PreToolUse: [{ matcher: /^Bsh$/, run() {} }] } });
});

function options(given: SessionOptions): void {
  checkOptions(given);
}
