// How rules match calls: names, commands, paths and addresses.

import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { parseRule, ruleMatches } from "./rules.ts";

function matches(rule: string, toolName: string, input = {}, place = {}) {
  return ruleMatches(parseRule(rule), { toolName, input }, place);
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
    "git log\n",
    "git log a#b",
    "git commit -m 'one\ntwo'",
    "git log $IFS",
    "git show {a,b}",
    // No rule can know what a program does with its arguments.
    "git -C /elsewhere push",
    "git -c alias.x='!rm -rf /' x",
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
    // A comment hides the quote that would hide the line break.
    "git log #'\nrm -rf / #'",
    "git log #",
    "git log \\",
    "git log 'a'\\",
    "git log \0",
    "git log 'a\0b'",
    "git log \x0brm",
    "git log $x[$y]",
    'git log "$(rm)"',
    "\u00a0git log",
    "g\u0456t log",
    "\uff47it log",
    "GIT log",
    "git\u00a0log",
    "git\tlog",
    "git log <<E\nrm\nE",
    "git log <<<x",
    "git log >(rm)",
    "git log =(rm)",
    "{ git log; }",
    "{git,log}",
    "$IFS git log",
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
    ["Read(src/**)", "src/a", true],
    ["Read(src/**)", "./src//./a", true],
    ["Read(//etc/hosts)", "/etc/hosts", true],
    ["Read(**)", "/etc/hosts", false],
    ["Read(**)", "/work/a", true],
    ["Read(/work/**)", "a", true],
    // What the CLI makes of a path before it opens it.
    ["Read(src/**)", " /etc/passwd", false],
    ["Read(src/**)", "src/a ", false],
    ["Read(**)", "~/.ssh/id_rsa", false],
    ["Read(*/.ssh/**)", "~/.ssh/id_rsa", false],
    ["Read(~/notes/**)", "~/notes/a", true],
    ["Read(src/**)", "src/\u212Aelvin", false],
    ["Read(src/**)", "src/a\0b", false],
    ["Read(src/**)", "src\\..\\..\\secret", false],
    ["Read(src/**)", "src/\\..\\..\\secret", false],
    ["Read(src/**)", "SRC/a", false],
  ];
  for (const [rule, path, expected] of table) {
    const found = matches(rule, "Read", { file_path: path }, { cwd: "/work" });
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

Deno.test("a rule with a pattern looks at what the tool uses, and at nothing else", () => {
  const place = { cwd: "/work" };
  const path = { file_path: "/etc/passwd" };
  assertEquals(
    matches("Read(src/**)", "Read", { command: "src/a", ...path }, place),
    false,
  );
  assertEquals(
    matches("mcp__fs__*(src/**)", "mcp__fs__read", { path: "src/a" }, place),
    true,
  );
  assertEquals(
    matches("mcp__fs__*(src/**)", "mcp__fs__read", {
      path: "src/a",
      file_path: "/etc/passwd",
    }, place),
    false,
  );
  for (const pattern of ["/etc/*", "../**", "~/*", " /etc/*", 5, undefined]) {
    const input = { path: "src/a", pattern };
    assertEquals(matches("Glob(src/**)", "Glob", input, place), false);
  }
  assertEquals(
    matches("Glob(src/**)", "Glob", { path: "src/a", pattern: "*.ts" }, place),
    true,
  );
  const command = "git log";
  assertEquals(
    matches("Bash(git *)", "Bash", {
      command,
      dangerouslyDisableSandbox: true,
    }),
    false,
  );
  assertEquals(matches("Skill(lint)", "Skill", { skill: "lint" }), true);
  assertEquals(
    matches("Agent(Explore)", "Agent", { subagent_type: "x" }),
    false,
  );
});

Deno.test("relative paths begin where the CLI is, relative rules where the session is", () => {
  const place = { cwd: "/work", callCwd: "/elsewhere" };
  const relative = { file_path: "src/a" };
  assertEquals(matches("Read(src/**)", "Read", relative, place), false);
  const absolute = { file_path: "/work/src/a" };
  assertEquals(matches("Read(src/**)", "Read", absolute, place), true);
});

Deno.test("parseRule refuses what could never cover anything", () => {
  const table: [string, string][] = [
    ["bash", 'did you mean "Bash"?'],
    ["bash(git *)", 'did you mean "Bash"?'],
    ["WebFetch(https://example.com/*)", "domain:example.com"],
    ["TodoWrite(x)", 'use "TodoWrite"'],
  ];
  for (const [text, expected] of table) {
    assertThrows(() => parseRule(text), ConfigError, expected);
  }
});
