// A rule for a command lets that command through and nothing behind it, in POSIX shells
// and PowerShell.

import { assert, assertEquals } from "@std/assert";
import { isSimpleCommand, parseRule, ruleMatches } from "./rules.ts";

function matches(rule: string, toolName: string, input = {}, place = {}) {
  return ruleMatches(parseRule(rule), { toolName, input }, place);
}

Deno.test("whatever follows an allowed command behind a separator is refused", () => {
  const separators = [
    ...[";", "&&", "||", "|", "|&", "&", "\n", "\r\n", "\r", ";;", "\n\n"],
    ...[">", ">>", "<", ">|", "<>", "&>", "2>", "<<", "<<<", "<(", ">("],
    ...["$(", "`", "${", "$((", "$'", '$"', "$[", "(", ")", "\0", "\f", "\v"],
    ...[" #'\n", " # '\n", "\\\n", "'x'\n", '"x";', "\\\\;", "'\\';", '"\\"";'],
  ];
  const before = ["git log", "git log 'a b'", 'git log "a"', "git log a\\ b"];
  const after = ["rm -rf /", "'", '"', "\\", "#", "", "x)", "`", "y'\nz"];
  let count = 0;
  for (const start of before) {
    for (const separator of separators) {
      for (const space of ["", " ", "\t"]) {
        for (const end of after) {
          const command = `${start}${space}${separator}${space}${end}`;
          // A line break at the very end separates nothing.
          if (end === "" && /^('x')?\s+$/.test(separator)) continue;
          assertEquals(
            matches("Bash(git *)", "Bash", { command }),
            false,
            JSON.stringify(command),
          );
          count++;
        }
      }
    }
  }
  assert(count > 4000);
});

Deno.test("quotes hide separators only as far as a shell lets them", () => {
  // Each text, and whether bash reads it as a single command.
  const table: [string, boolean][] = [
    [`git log 'a;b' "c|d" e\\;f`, true],
    [`git log 'a\\' ; rm '`, false],
    [`git log "a\\" ; rm "`, true],
    [`git log "a\\\\" ; rm "`, false],
    [`git log 'it'\\''s; ok'`, true],
    [`git log "'" ; rm "'"`, false],
    [`git log '"' ; rm '"'`, false],
    [`git log \\' ; rm \\'`, false],
    [`git log \\" ; rm \\"`, false],
  ];
  for (const [command, expected] of table) {
    assertEquals(
      matches("Bash(git *)", "Bash", { command }),
      expected,
      command,
    );
  }
});

Deno.test("an assignment before the command has to be in the rule", () => {
  const table: [rule: string, command: string, expected: boolean][] = [
    ["Bash(git*)", "git=x rm -rf /", false],
    ["Bash(git*)", "git+=x rm", false],
    ["Bash(git*)", "git[0]=x rm", false],
    ["Bash(git*)", "git-log", true],
    ["Bash(CI=1 npm *)", "CI=1 npm test", true],
    ["Bash(CI=1 npm *)", "CI=1 rm", false],
    ["Bash(CI=*)", "CI=1 rm", false],
    ["Bash(*)", "CI=1 rm; rm", true],
  ];
  for (const [rule, command, expected] of table) {
    assertEquals(
      matches(rule, "Bash", { command }),
      expected,
      `${rule} ${command}`,
    );
  }
});

Deno.test("a pattern for commands never lets more in under another name", () => {
  const command = "git status; rm";
  assertEquals(matches("Ba*(git *)", "Bash", { command }), false);
  assertEquals(matches("Monitor(git *)", "Monitor", { command }), false);
  assertEquals(
    matches("mcp__sh__*(git *)", "mcp__sh__run", { command }),
    false,
  );
  assertEquals(
    matches("mcp__sh__*(git *)", "mcp__sh__run", { command: "git log" }),
    true,
  );
});

Deno.test("PowerShell's quotes are not those of a shell", () => {
  const table: [string, boolean][] = [
    ["git log -3", true],
    ["git log \\; rm", false],
    ['git log "\\" ; rm "', false],
    ["git log \u2019x; rm", false],
    ["git log `n rm", false],
    ["git log @x", false],
    ["git log\nrm", false],
  ];
  for (const [command, expected] of table) {
    const input = { command };
    assertEquals(matches("PowerShell(git *)", "PowerShell", input), expected);
  }
});

Deno.test("a rule takes time that grows with the command and no faster", () => {
  const stars = "a*".repeat(50);
  const long = "a".repeat(100_000);
  const started = performance.now();
  const rules = [
    `Bash(${stars}b)`,
    `Read(/${stars}b)`,
    `Read(/${"**a".repeat(50)}b)`,
  ];
  for (const rule of rules) {
    assertEquals(matches(rule, "Bash", { command: long }), false);
    const input = { file_path: `/${long}` };
    assertEquals(matches(rule, "Read", input, { cwd: "/work" }), false);
  }
  for (
    const command of [
      " ".repeat(100_000) + "x",
      "git " + "'".repeat(99_999),
      "git " + "\\".repeat(99_999),
      "git " + "$x".repeat(50_000),
    ]
  ) {
    assertEquals(matches("Bash(git *)", "Bash", { command }) && false, false);
  }
  // With backtracking this would take longer than anybody waits.
  assert(performance.now() - started < 20_000);
});

Deno.test("isSimpleCommand tells single commands", () => {
  assertEquals(isSimpleCommand("ls -la"), true);
  assertEquals(isSimpleCommand("ls; ls"), false);
});
