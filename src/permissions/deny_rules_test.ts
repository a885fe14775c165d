// A deny rule is one that the CLI enforces, or an error.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { BUILTIN_TOOLS, currentToolName } from "../messages/builtin_tools.ts";
import { checkToolNames } from "../options/rules.ts";
import { CONTENT } from "./content.ts";
import {
  checkCliRule,
  denyRules,
  ENFORCED_BY,
  enforcedRule,
} from "./deny_rules.ts";

/** Patterns that fit what a tool is called with. */
const FITTING = {
  command: "rm *",
  path: "a/**",
  url: "domain:example.com",
  word: "x",
} as const;

/** Tools whose patterns CLI 2.1.332 matches by their own names. */
const OWN = [
  "Bash",
  "PowerShell",
  "Edit",
  "Read",
  "WebFetch",
  "Skill",
  "Agent",
];

Deno.test("each tool's deny rule with a pattern is one that the CLI enforces, or an error", () => {
  for (const name of BUILTIN_TOOLS) {
    const current = currentToolName(name);
    const kind = CONTENT.get(current)?.[0];
    const rule = `${name}(${kind === undefined ? "x" : FITTING[kind]})`;
    if (kind === undefined) {
      assertThrows(
        () => checkCliRule(rule, "disallowedTools", "deny"),
        ConfigError,
        "never cover a call",
      );
      continue;
    }
    checkCliRule(rule, "disallowedTools", "deny");
    const enforced = enforcedRule(rule).split("(")[0] ?? "";
    assert(OWN.includes(currentToolName(enforced)), rule);
    // What allows must not be translated to more than it says.
    for (const behavior of ["allow", "written"] as const) {
      const check = () => checkCliRule(rule, "o", behavior);
      if (ENFORCED_BY.has(current)) assertThrows(check, ConfigError, enforced);
      else check();
    }
  }
});

Deno.test("rules that the CLI never matches are errors in each option", () => {
  for (
    const rule of [
      "mcp__db__q(src/**)",
      "mcp__db(x)",
      "Not*(x)",
      "WebFetch(example.org)",
      "TodoWrite(x)",
    ]
  ) {
    for (
      const options of [
        { disallowedTools: [rule] },
        { allowedTools: [rule] },
        { settings: { permissions: { deny: [rule] } } },
        { settings: JSON.stringify({ permissions: { deny: [rule] } }) },
      ]
    ) {
      assertThrows(() => checkToolNames(options), ConfigError, rule);
    }
  }
  assertThrows(
    () => checkToolNames({ settings: { permissions: { deny: ["Write(a)"] } } }),
    ConfigError,
    '"Edit(a)"',
  );
  // A newer CLI may match it.
  checkToolNames({ disallowedTools: ["=Frob(x)", "mcp__db", "Write(*)"] });
  assertEquals(enforcedRule("=Frob(x)"), "Frob(x)");
  assertEquals(enforcedRule("Write(*)"), "Write");
  assertEquals(enforcedRule("Task(x)"), "Task(x)");
});

const place = { cwd: "/work/p" };

const CALLS: readonly (readonly [
  rule: string,
  tool: string,
  denied: readonly Record<string, unknown>[],
  others: readonly Record<string, unknown>[],
])[] = [
  ["Bash(rm *)", "Bash", [
    { command: "rm -f w13" },
    { command: "rm" },
    { command: "true && rm a" },
    { command: "ls\nrm a" },
    { command: "X=1 Y=2 rm a" },
    { command: "sudo -n rm a" },
    { command: "timeout 5 rm a" },
    { command: "r'm' a" },
    { command: "\\rm a" },
    { command: 'echo "$(rm a)"' },
    { command: "echo `rm a`" },
    { command: "(rm a)" },
    { command: ">x rm a" },
    { command: "if true; then rm a; fi" },
    { command: "rm  a" },
    { command: "ls | xargs rm a" },
    { command: "echo 'a\nrm b" },
  ], [
    { command: "ls rm" },
    { command: "git rm a" },
    { command: "echo 'a; rm b'" },
    { command: "rmdir a" },
    { command: "ls 2>&1" },
  ]],
  ["Bash(npm run:*)", "Monitor", [{ command: "npm run x" }], [
    { command: "npm ci" },
  ]],
  ["Monitor(tail *)", "Bash", [{ command: "tail a" }], [{ command: "ls" }]],
  ["Write(q.txt)", "Edit", [
    { file_path: "q.txt" },
    { file_path: "/work/p/sub/q.txt" },
    { file_path: "/work/p/sub/../Q.TXT" },
    { file_path: " q.txt " },
  ], [{ file_path: "q.txt.bak" }, { file_path: "aq.txt" }]],
  ["Edit(src/**)", "NotebookEdit", [
    { notebook_path: "/work/p/src/a/b.ipynb" },
    { notebook_path: "src" },
    { notebook_path: "x/../src/b.ipynb" },
  ], [{ notebook_path: "/work/p/lib/src2/b.ipynb" }]],
  ["Edit(src/**)", "Bash", [
    { command: "echo x > src/a" },
    { command: "echo x>>'src/a'" },
    { command: "cp a src/b" },
    { command: "cd . && tee src/x" },
  ], [{ command: "cat src/a" }, { command: "echo src/a" }]],
  ["Read(//etc/pass?d)", "Bash", [
    { command: "cat /etc/passwd" },
    { command: "sort </etc/passwd" },
  ], [{ command: "ls /etc/passwd" }]],
  ["Read(/etc/**)", "Read", [
    { file_path: "/etc/passwd" },
    { file_path: "/work/p/etc/a" },
  ], [{ file_path: "/var/etc/a" }]],
  ["Read(secrets/)", "Grep", [{ path: "/work/p/a/secrets/x" }], [{
    path: "a",
  }]],
  ["Read(~/.ssh/**)", "Read", [
    { file_path: "~/.ssh/id" },
    { file_path: "/home/u/.ssh/id" },
  ], [{ file_path: "/home/u/ssh/id" }]],
  ["WebFetch(domain:*.example.org)", "WebFetch", [
    { url: "https://A.example.org./x" },
  ], [{ url: "https://example.net/" }, { url: "no address" }]],
  ["Task(Explore)", "Agent", [{ subagent_type: "Explore" }], [
    { subagent_type: "Plan" },
  ]],
  ["mcp__db", "mcp__db__drop", [{}, { x: 1 }], []],
  ["=KillShell", "TaskStop", [{}], []],
];

for (const [rule, toolName, denied, others] of CALLS) {
  Deno.test(`the deny rule ${rule} and calls of ${toolName}`, () => {
    const rules = denyRules(["Bash(never)", rule]);
    const ruleOf = (input: Record<string, unknown>) =>
      rules({ toolName, input }, place);
    for (const input of denied) {
      assertEquals(ruleOf(input), rule, JSON.stringify(input));
    }
    for (const input of others) {
      assertEquals(ruleOf(input), undefined, JSON.stringify(input));
    }
  });
}

Deno.test("a deny rule holds for what a link leads to", () => {
  const rules = denyRules(["Edit(secret/**)"], {
    realPath: (path) => path === "/work/p/link" ? "/work/p/secret" : undefined,
    trusted: [],
  });
  const input = { file_path: "link/a" };
  assertEquals(rules({ toolName: "Write", input }, place), "Edit(secret/**)");
  assertEquals(
    rules({ toolName: "Write", input: { file_path: "x/a" } }, place),
    undefined,
  );
});
