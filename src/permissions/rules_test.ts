import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { isSimpleCommand, parseRule, ruleMatches } from "./rules.ts";

function matches(rule: string, toolName: string, input = {}, cwd?: string) {
  return ruleMatches(parseRule(rule), { toolName, input }, cwd);
}

Deno.test("ruleMatches holds names against names and patterns", () => {
  const table: [rule: string, tool: string, expected: boolean][] = [
    ["Read", "Read", true],
    ["Read", "ReadMcpResourceTool", false],
    ["Read", "read", false],
    ["mcp__db__*", "mcp__db__query", true],
    ["mcp__db__*", "mcp__dbx__query", false],
    ["mcp__db", "mcp__db__query", true],
    ["mcp__db", "mcp__dbx__query", false],
    ["mcp__db__query", "mcp__db__query", true],
    ["mcp__db__query", "mcp__db__query_all", false],
    ["*", "Bash", false],
  ];
  for (const [rule, tool, expected] of table) {
    if (rule === "*") {
      assertThrows(() => parseRule(rule), ConfigError);
      continue;
    }
    assertEquals(matches(rule, tool), expected, `${rule} on ${tool}`);
  }
});

Deno.test("ruleMatches lets one command through and nothing behind it", () => {
  const allowed = [
    "git status",
    "git",
    "  git log --oneline ",
    `git commit -m "a; b && c | d > e"`,
    `git commit -m 'it costs $(5)'`,
    "git log --format=%H\\;x",
    "git show HEAD^:$FILE",
  ];
  const refused = [
    "gitk",
    "git status; rm -rf /",
    "git status && rm -rf /",
    "git status || rm -rf /",
    "git status | sh",
    "git status & rm -rf /",
    "git status\nrm -rf /",
    "git status\rrm -rf /",
    "git log > /etc/passwd",
    "git log < /etc/passwd",
    "git log $(rm -rf /)",
    "git log `rm -rf /`",
    `git log "$(rm -rf /)"`,
    'git log "`rm -rf /`"',
    "git log <(rm -rf /)",
    "git log ${x:-$(rm -rf /)}",
    "git log $'\\x3b' ; rm",
    "git log \\\nrm",
    "(git status)",
    "git log 'unfinished",
    "PATH=/tmp git status",
    "sudo git status",
    "",
  ];
  for (const command of allowed) {
    assertEquals(matches("Bash(git *)", "Bash", { command }), true, command);
  }
  for (const command of refused) {
    assertEquals(matches("Bash(git *)", "Bash", { command }), false, command);
  }
});

Deno.test("ruleMatches reads the CLI's older way to write a prefix", () => {
  const command = "npm run test -- --watch";
  assertEquals(matches("Bash(npm run:*)", "Bash", { command }), true);
  assertEquals(matches("Bash(npm run *)", "Bash", { command }), true);
  assertEquals(matches("Bash(npm run test)", "Bash", { command }), false);
});

Deno.test("ruleMatches holds paths against patterns", () => {
  const table: [rule: string, path: string, expected: boolean][] = [
    ["Read(src/**)", "/work/src/a/b.ts", true],
    ["Read(src/**)", "/work/srcs/b.ts", false],
    ["Read(src/**)", "/work/src/../secret", false],
    ["Read(src/*.ts)", "/work/src/b.ts", true],
    ["Read(src/*.ts)", "/work/src/a/b.ts", false],
    ["Read(/etc/hosts)", "/etc/hosts", true],
    ["Read(/etc/hosts)", "/etc/hosts.bak", false],
    ["Read(*.ts)", "/elsewhere/b.ts", false],
    ["Read(a.c)", "/work/abc", false],
  ];
  for (const [rule, path, expected] of table) {
    const found = matches(rule, "Read", { file_path: path }, "/work");
    assertEquals(found, expected, `${rule} on ${path}`);
  }
});

Deno.test("ruleMatches holds addresses against domains", () => {
  const table: [rule: string, url: string, expected: boolean][] = [
    ["WebFetch(domain:example.com)", "https://example.com/a", true],
    ["WebFetch(domain:example.com)", "https://EXAMPLE.com", true],
    ["WebFetch(domain:example.com)", "https://example.com.evil.org", false],
    ["WebFetch(domain:example.com)", "https://example.com@evil.org", false],
    ["WebFetch(domain:*.example.com)", "https://a.example.com", true],
    ["WebFetch(domain:example.com)", "example.com", false],
  ];
  for (const [rule, url, expected] of table) {
    assertEquals(
      matches(rule, "WebFetch", { url }),
      expected,
      `${rule} ${url}`,
    );
  }
});

Deno.test("a rule with a pattern does not cover a call without that content", () => {
  assertEquals(matches("Bash(git *)", "Bash", {}), false);
  assertEquals(matches("Bash(git *)", "Bash", { command: 5 }), false);
});

Deno.test("parseRule refuses what is no rule", () => {
  for (
    const text of ["", "Bash(", "Bash()", "(git *)", "Bash(git *) x", "a b"]
  ) {
    const error = assertThrows(() => parseRule(text), ConfigError);
    assertEquals(error.code, "config");
    assertEquals(error.option, "policy");
  }
});

Deno.test("isSimpleCommand tells single commands", () => {
  assertEquals(isSimpleCommand("ls -la"), true);
  assertEquals(isSimpleCommand("ls; ls"), false);
});
