// Policies that say yes by a name or in general, through both drivers: tools with two
// names, kinds of tools, and what the CLI executes or trusts.

import { assertEquals } from "@std/assert";
import {
  allow,
  allowAll,
  allowBuiltins,
  allowList,
  askUser,
  byTool,
  callback,
  type ClaudeEvent,
  deny,
  denyAll,
  firstOf,
  type SyncPolicy,
} from "../../../mod.ts";
import { step } from "../../../src/testing/mod.ts";
import { type Case, each } from "../../support/both_drivers.ts";

const AGENT = { description: "d", prompt: "p" };

function call(name: string, input: Parameters<typeof step.toolCall>[1] = {}) {
  return step.toolCall(name, input, { asks: true, output: "ran" });
}

function write(file_path: string) {
  return call("Write", { file_path, content: "x" });
}

/** Calls of one turn under a policy, and what became of each. */
function decided(
  policy: () => SyncPolicy,
  calls: readonly ReturnType<typeof call>[],
  expected: readonly (readonly [toolName: string, behavior: string])[],
): Case {
  return {
    turns: [[...calls, step.text("done")]],
    options: () => ({ policy: policy() }),
    *does(session, seen) {
      yield* each(session.send("go"), (event: ClaudeEvent) => {
        if (event.type === "permission_decision") {
          seen.push([event.toolName, event.behavior]);
        } else if (event.type === "permission_request") {
          seen.push([event.toolName, event.kind, "asked"]);
          event.deny("asked");
        }
      });
    },
    check(seen) {
      assertEquals(seen.slice(0, expected.length), [...expected]);
    },
  };
}

export const POLICY_SCENARIOS: Readonly<Record<string, Case>> = {
  "byTool denies a tool by either of its names": decided(
    () => byTool({ Task: denyAll("no agents"), "*": () => allow() }),
    [call("Task", AGENT), call("Agent", AGENT), call("Read")],
    [["Task", "deny"], ["Agent", "deny"], ["Read", "allow"]],
  ),
  "allowList allows a tool by either of its names": decided(
    () => allowList(["Agent", "KillShell"]),
    [call("Task", AGENT), call("TaskStop"), call("Read")],
    [["Task", "allow"], ["TaskStop", "allow"], ["Read", "deny"]],
  ),
  "allowBuiltins leaves what is excepted undecided, by either name": {
    ...decided(
      () => allowBuiltins({ except: ["Task"] }),
      [call("Agent", AGENT), call("Bash", { command: "ls" })],
      [],
    ),
    check(seen) {
      assertEquals(seen.slice(0, 4), [
        ["Agent", "undecided"],
        ["Agent", "delegate", "asked"],
        ["Agent", "deny"],
        ["Bash", "allow"],
      ]);
    },
  },
  "askUser leaves what the CLI asks about to the reader, behind another policy, too":
    {
      ...decided(
        () => firstOf(byTool({ Agent: denyAll() }), askUser()),
        [call("Task", AGENT), call("Bash", { command: "make" }), call("Read")],
        [],
      ),
      check(seen) {
        assertEquals(seen.slice(0, 7), [
          ["Task", "deny"],
          ["Bash", "undecided"],
          ["Bash", "execute", "asked"],
          ["Bash", "deny"],
          ["Read", "undecided"],
          ["Read", "read", "asked"],
          ["Read", "deny"],
        ]);
      },
    },
  "a function decides by the kind, also on tools that it does not know":
    decided(
      () =>
        callback((_name, _input, { kind }) =>
          kind === "read" || kind === "edit" ? allow() : deny("no shell")
        ),
      [
        call("Read"),
        call("Bash", { command: "ls" }),
        call("Monitor", { command: "ls" }),
        call("mcp__sh__run", { command: "ls" }),
        call("NewShell", { command: "ls" }),
        write("a.txt"),
      ],
      [
        ["Read", "allow"],
        ["Bash", "deny"],
        ["Monitor", "deny"],
        ["mcp__sh__run", "deny"],
        ["NewShell", "deny"],
        ["Write", "allow"],
      ],
    ),
  "a general yes writes nothing that the CLI executes": decided(
    () => allowList(["Write", "Write(.vscode/**)"]),
    [
      write("a.txt"),
      write(".claude/settings.json"),
      write(".v\u017fcode/tasks.json"),
      write(".vscode/tasks.json"),
    ],
    [["Write", "allow"], ["Write", "deny"], ["Write", "deny"], [
      "Write",
      "allow",
    ]],
  ),
  "a function's yes is a general one, if it does not say more": decided(
    () =>
      callback((_name, _input, { protectedNames = [] }) =>
        allow(protectedNames[0] === ".husky" ? { protected: true } : {})
      ),
    [write("a.txt"), write("x/.bashrc"), write(".husky/pre-commit")],
    [["Write", "allow"], ["Write", "deny"], ["Write", "allow"]],
  ),
  "allowAll leaves what the CLI executes to a person": {
    ...decided(allowAll, [write(".mcp.json"), write("a.txt")], []),
    check(seen) {
      assertEquals(seen.slice(0, 4), [
        ["Write", "undecided"],
        ["Write", "edit", "asked"],
        ["Write", "deny"],
        ["Write", "allow"],
      ]);
    },
  },
};
