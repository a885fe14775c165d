import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ToolRequest } from "../events/permission_request.ts";
import {
  allowFlag,
  denialNote,
  policyOf,
  splitRules,
  suggestedRule,
} from "./policy.ts";
import { UsageError } from "./usage_error.ts";

function call(toolName: string, input: ToolRequest["input"] = {}): ToolRequest {
  return { toolName, input, toolUseId: "1" };
}

const context = { signal: new AbortController().signal };

function decide(
  allow: readonly string[] | undefined,
  request: ToolRequest,
  canAsk = false,
): string | undefined {
  const denied: ToolRequest[] = [];
  const policy = policyOf({ allow, canAsk, onDenied: (r) => denied.push(r) });
  const answer = policy.decide(request, context);
  if (answer instanceof Promise) throw new Error("Not at once");
  // Whatever is denied is told, and nothing else.
  assertEquals(denied.length, answer?.behavior === "deny" ? 1 : 0);
  return answer?.behavior;
}

const git = call("Bash", { command: "git status" });
const CASES: readonly (readonly [
  readonly string[] | undefined,
  ToolRequest,
  boolean,
  string | undefined,
])[] = [
  [undefined, git, false, "deny"],
  [undefined, git, true, undefined],
  [["all"], git, false, "allow"],
  [["all"], call("mcp__a__b"), false, "allow"],
  [["all"], call("AskUserQuestion"), false, "deny"],
  [["all"], call("AskUserQuestion"), true, undefined],
  [["builtins"], git, false, "allow"],
  [["builtins"], call("mcp__a__b"), true, undefined],
  [["none"], git, true, "deny"],
  [["Bash(git *)"], git, false, "allow"],
  [["Read,Bash(git *)"], git, false, "allow"],
  [["Bash(git *)"], call("Bash", { command: "git a; rm b" }), false, "deny"],
  [["Bash(git *)"], call("Bash", { command: "rm b" }), true, undefined],
  [["Read", "Edit"], call("Edit"), false, "allow"],
];

for (const [allow, request, canAsk, expected] of CASES) {
  const { command = "" } = request.input;
  Deno.test(
    `--allow ${allow} and ${request.toolName} ${command}, ${
      canAsk ? "" : "not "
    }at a terminal: ${expected}`,
    () => {
      assertEquals(decide(allow, request, canAsk), expected);
    },
  );
}

Deno.test("policyOf refuses rules that are none", () => {
  for (const allow of [["none", "Read"], ["Bash(git"], ["Bash()"]]) {
    assertThrows(
      () => policyOf({ allow, canAsk: false, onDenied() {} }),
      UsageError,
    );
  }
});

Deno.test("the denial tells the model how it could be allowed", () => {
  const policy = policyOf({ allow: undefined, canAsk: false, onDenied() {} });
  const answer = policy.decide(git, context);
  assertStringIncludes(JSON.stringify(answer), "--allow 'Bash(git *)'");
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
});

Deno.test("allowFlag is ready for a shell", () => {
  assertEquals(allowFlag(git), "--allow 'Bash(git *)'");
  assertEquals(allowFlag(call("mcp__a__b")), "--allow mcp__a__b");
  assertEquals(allowFlag(call("it's")), "--allow 'it'\\''s'");
});

Deno.test("denialNote names each flag once", () => {
  assertEquals(
    denialNote([git, git, call("Write")]),
    "3 calls of Bash, Write were denied: nobody could be asked; to allow it run again with --allow 'Bash(git *)' --allow Write",
  );
  assertEquals(
    denialNote([call("AskUserQuestion")]),
    "A call of AskUserQuestion was denied: it needs somebody at a terminal",
  );
});
