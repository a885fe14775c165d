// What --allow and --deny mean, and which rules they refuse.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ToolRequest } from "../../events/permissions.ts";
import { BUILTIN_TOOLS } from "../../messages/builtin_tools.ts";
import {
  allowFlag,
  denialNote,
  deniedRules,
  policyOf,
  splitRules,
  suggestedRule,
  unattendedMessage,
} from "./policy.ts";
import { UsageError } from "../failure/usage_error.ts";

function call(toolName: string, input: ToolRequest["input"] = {}): ToolRequest {
  return { toolName, input, toolUseId: "1" };
}

const context = { signal: new AbortController().signal };

const git = call("Bash", { command: "git status" });
const rm = call("Bash", { command: "git a; rm b" });
const CASES: readonly (readonly [
  readonly string[] | undefined,
  ToolRequest,
  string | undefined,
])[] = [
  [undefined, git, undefined],
  [["all"], git, "allow"],
  [["all"], call("mcp__a__b"), "allow"],
  [["all"], call("AskUserQuestion"), undefined],
  [["builtins"], git, "allow"],
  [["builtins"], call("mcp__a__b"), undefined],
  [["none"], git, "deny"],
  [["Bash(git *)"], git, "allow"],
  [["Read,Bash(git *)"], git, "allow"],
  [["Bash(git *)"], rm, undefined],
  [["Read", "Edit"], call("Edit"), "allow"],
  [["Read", "Edit"], call("Write"), undefined],
  [["readonly"], call("Read", { file_path: "/etc/hosts" }), "allow"],
  [["readonly"], call("Write", { file_path: "a" }), undefined],
  [["readonly", "Write"], call("Write", { file_path: "a" }), "allow"],
  [["readonly"], rm, undefined],
  [["=Brandnew"], call("Brandnew"), "allow"],
  [["=Baash(git *)"], call("Baash", { command: "git status" }), "allow"],
  [["=Baash"], call("Bash"), undefined],
  [["Task"], call("Agent"), "allow"],
  [["=Brandnew,Read"], call("Read"), "allow"],
  [["Web*"], call("WebFetch"), "allow"],
];

for (const [allow, request, expected] of CASES) {
  const { toolName, input: { command = "" } } = request;
  Deno.test(`--allow ${allow}: ${toolName} ${command}: ${expected}`, () => {
    const answer = policyOf(allow).decide(request, context);
    assertEquals(answer?.behavior, expected);
  });
}

Deno.test("policyOf refuses rules that are none", () => {
  for (const allow of [["none", "Read"], ["Bash(git"], ["Bash()"], [","]]) {
    assertThrows(() => policyOf(allow), UsageError);
  }
});

const UNKNOWN: readonly (readonly [rule: string, said: string])[] = [
  ["Baash(git *)", 'Unknown tool "Baash" in FLAG, did you mean "Bash"?'],
  ["bash", 'Unknown tool "bash" in FLAG, did you mean "Bash"?'],
  ["Red", 'Unknown tool "Red" in FLAG, did you mean "Read"?'],
  ["WebSerch", 'Unknown tool "WebSerch" in FLAG, did you mean "WebSearch"?'],
  ["Kubernetes", 'Unknown tool "Kubernetes" in FLAG'],
  ["Kube*", 'Unknown tool "Kube*" in FLAG'],
  [
    "mcp_db__query",
    'Unknown tool "mcp_db__query" in FLAG, did you mean "mcp__db__query"?',
  ],
  ["Read,Wriet", 'Unknown tool "Wriet" in FLAG, did you mean "Write"?'],
  ["Bash(git", 'Cannot read the FLAG rule "Bash(git"'],
  ["(x)", 'Cannot read the FLAG rule "(x)"'],
];

Deno.test("--allow and --deny refuse a tool that nobody knows, and say which one is meant", () => {
  for (const [rule, said] of UNKNOWN) {
    for (const flag of ["--allow", "--deny"]) {
      assertThrows(
        () => flag === "--allow" ? policyOf([rule]) : deniedRules([rule]),
        UsageError,
        said.replace("FLAG", flag),
      );
    }
  }
  // Of the flags, only --allow has words.
  for (
    const [typo, word] of [["readonyl", "readonly"], ["buitlins", "builtins"]]
  ) {
    assertThrows(
      () => policyOf([`${typo}`]),
      UsageError,
      `did you mean "${word}"?`,
    );
  }
});

Deno.test("--allow and --deny know every built-in tool, the servers' tools, and names with =", () => {
  const names = [...BUILTIN_TOOLS, "mcp__db__*", "mcp__db", "=Anything"];
  for (const name of names) {
    policyOf([name]);
    assertEquals(deniedRules([name]), [name]);
  }
  assertEquals(deniedRules(undefined), []);
});

Deno.test("--deny denies no words", () => {
  for (const word of ["all", "builtins", "readonly", "none"]) {
    assertThrows(() => deniedRules([word]), UsageError, "expected a tool");
  }
});

Deno.test("a denial tells the model how it could be allowed", () => {
  assertStringIncludes(unattendedMessage(git), "--allow 'Bash(git *)'");
  assertEquals(
    unattendedMessage(call("AskUserQuestion")),
    "Nobody is there to answer: go on without it",
  );
});

Deno.test("splitRules leaves commas in parentheses alone", () => {
  assertEquals(splitRules("Read, Edit"), ["Read", "Edit"]);
  assertEquals(splitRules("Bash(a, b),Read"), ["Bash(a, b)", "Read"]);
  assertEquals(splitRules("Bash(f(a, b)),Read,"), ["Bash(f(a, b))", "Read"]);
  assertEquals(splitRules("a),b"), ["a)", "b"]);
});

Deno.test("suggestedRule covers plain commands only by their program", () => {
  const bash = (command: string): string =>
    suggestedRule(call("Bash", { command }));
  assertEquals(bash("git status"), "Bash(git *)");
  assertEquals(bash("  ./run.sh"), "Bash(./run.sh *)");
  assertEquals(bash("git status | cat"), "Bash");
  assertEquals(bash("$(evil) x"), "Bash");
  assertEquals(suggestedRule(call("Write", { file_path: "a" })), "Write");
  // "Write" alone would not cover what Claude Code protects.
  assertEquals(
    suggestedRule(call("Write", { file_path: "a/.git/config" })),
    "Write(a/.git/config)",
  );
});

Deno.test("allowFlag is ready for a shell", () => {
  assertEquals(allowFlag(git), "--allow 'Bash(git *)'");
  assertEquals(allowFlag(call("mcp__a__b")), "--allow mcp__a__b");
  assertEquals(allowFlag(call("it's")), "--allow 'it'\\''s'");
});

Deno.test("denialNote names each flag once", () => {
  assertEquals(
    denialNote([git, git, call("Write")], "it is night"),
    "3 calls of Bash, Write were denied: nobody could be asked (it is night); to allow it run again with --allow 'Bash(git *)' --allow Write",
  );
  assertEquals(
    denialNote([call("AskUserQuestion")], "it is night"),
    "A call of AskUserQuestion was denied: it needs somebody at a terminal (it is night)",
  );
});

Deno.test("the policy of --allow says why it leaves a call open", () => {
  const context = { signal: new AbortController().signal };
  const reasonOf = (allow: readonly string[] | undefined) => {
    const explanation = policyOf(allow).explain?.(git, context);
    return [explanation?.decision?.behavior, explanation?.reason];
  };
  assertEquals(reasonOf(undefined), [undefined, "not given"]);
  assertEquals(reasonOf(["Read,Write"]), [
    undefined,
    "does not cover this call (Read, Write)",
  ]);
  assertEquals(reasonOf(["builtins"]), ["allow", '"allowBuiltins" allows it']);
});
