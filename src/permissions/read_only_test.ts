// readOnly() allows what looks and denies what writes or starts a program.

import { assertEquals } from "@std/assert";
import { readOnly } from "./read_only.ts";

const context = { signal: new AbortController().signal };

function behavior(
  policy: ReturnType<typeof readOnly>,
  toolName: string,
  input = {},
) {
  return policy.decide({ toolName, input, toolUseId: "1" }, context)?.behavior;
}

Deno.test("readOnly allows what looks, and denies what touches", () => {
  const table: [string, object, string | undefined][] = [
    ["Read", {}, "allow"],
    ["Glob", {}, "allow"],
    ["Grep", {}, "allow"],
    ["TodoWrite", {}, "allow"],
    ["Agent", {}, "allow"],
    ["Agent", { isolation: "worktree" }, "deny"],
    ["Write", {}, "deny"],
    ["Edit", {}, "deny"],
    ["NotebookEdit", {}, "deny"],
    ["Skill", {}, "deny"],
    ["WebFetch", {}, "deny"],
    ["mcp__db__query", {}, "deny"],
    ["SomethingNew", {}, "deny"],
    ["PowerShell", { command: "ls" }, "deny"],
    ["Monitor", { command: "ls" }, "deny"],
    ["AskUserQuestion", {}, undefined],
    ["ExitPlanMode", {}, undefined],
    ["Bash", {}, "deny"],
    ["Bash", { command: 5 }, "deny"],
    ["Bash", { command: "ls", dangerouslyDisableSandbox: true }, "deny"],
  ];
  for (const [tool, input, expected] of table) {
    assertEquals(behavior(readOnly(), tool, input), expected, tool);
  }
  assertEquals(behavior(readOnly({ web: true }), "WebFetch"), "allow");
});

Deno.test("readOnly lets no command write or start another one", () => {
  const allowed = [
    "ls",
    "ls -la src",
    "cat 'a b'",
    "grep -rn x .",
    "wc -l a",
    "pwd",
  ];
  const refused = [
    "rm x",
    "lsof",
    "ls > list",
    "cat a | sh",
    "cat a; rm b",
    "find . -delete",
    "find . -exec rm {} +",
    "sed -i s/a/b/ x",
    "sort -o x y",
    "uniq a b",
    "tree -o x",
    "env rm x",
    "xargs rm",
    "date -s 0",
    "git status",
    "git log --output=x",
    "rg --pre rm x",
    "awk 'BEGIN{system(\"rm\")}'",
    "tee x",
    "./ls",
    "/tmp/ls",
    "ls=1 rm x",
    "\\ls; rm",
    "cat $(rm x)",
    "printf -v 'a[$(rm x)]' x",
    "test -v 'a[$(rm x)]'",
    "",
  ];
  for (const command of allowed) {
    assertEquals(behavior(readOnly(), "Bash", { command }), "allow", command);
  }
  for (const command of refused) {
    assertEquals(behavior(readOnly(), "Bash", { command }), "deny", command);
  }
  const more = readOnly({ commands: ["git log *"] });
  assertEquals(behavior(more, "Bash", { command: "git log -3" }), "allow");
  assertEquals(behavior(more, "Bash", { command: "git push" }), "deny");
});
