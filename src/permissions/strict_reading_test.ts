// Where a rule can be read in two ways, the narrower one holds.

import { assertEquals } from "@std/assert";
import { byTool } from "./by_tool.ts";
import { allow, deny } from "./decision.ts";
import type { SyncPolicy } from "./policy_types.ts";
import { parseRule, ruleMatches } from "./rules.ts";

const place = { cwd: "/work" };

function matches(rule: string, toolName: string, input = {}) {
  return ruleMatches(parseRule(rule), { toolName, input }, place);
}

Deno.test("a pattern on a tool that is not known holds for each text that may decide", () => {
  const rule = "mcp__fs__*(src/**)";
  const rows: readonly [input: Record<string, unknown>, expected: boolean][] = [
    [{ path: "src/a" }, true],
    [{ file: "src/a" }, true],
    [{ path: "src/a", file: "src/b" }, true],
    [{ paths: ["src/a", "src/b"] }, true],
    [{ path: "src/a", content: "some text, and a/b" }, true],
    [{ path: "src/a", file_text: "line\n/etc/passwd" }, true],
    [{ path: "src/a", from: 3, to: 9, recursive: true }, true],
    [{ path: "src/a", destination: null }, true],
    [{ path: "src/a", file: "/etc/passwd" }, false],
    [{ path: "src/a", file: "other/b" }, false],
    [{ file: "/etc/passwd", path: "src/a" }, false],
    [{ paths: ["src/a", "other"] }, false],
    [{ source: "src/a", destination: "other/b" }, false],
    [{ sourcePath: "src/a", targetDir: "other" }, false],
    [{ path: "src/a", options: { output_file: "other/b" } }, false],
    [{ path: "src/a", files: [{ name: "other" }] }, false],
    [{ path: "src/a", uri: "file:///etc/passwd" }, false],
    [{ path: "src/a", URL: "https://example.com" }, false],
    [{ path: "src/a", command: "rm -rf /" }, false],
    [{ path: "src/a", anything: "/etc/passwd" }, false],
    [{ path: "src/a", anything: " ../up" }, false],
    [{ path: "src/a", content: "~/x" }, false],
    [{ path: "src/a", anything: ["C:\\Windows"] }, false],
    [{ path: "src/../a", file: "src/b" }, false],
    [{ content: "src/a" }, false],
    [{ path: 5 }, false],
    [{}, false],
  ];
  for (const [input, expected] of rows) {
    assertEquals(
      matches(rule, "mcp__fs__write", input),
      expected,
      JSON.stringify(input),
    );
  }
});

Deno.test("patterns for addresses and commands are strict alike", () => {
  const web = "mcp__web__*(domain:example.com)";
  const url = "https://example.com/x";
  assertEquals(matches(web, "mcp__web__get", { url }), true);
  assertEquals(matches(web, "mcp__web__get", { url, link: url }), true);
  assertEquals(
    matches(web, "mcp__web__get", { url, proxyUrl: "https://example.org" }),
    false,
  );
  assertEquals(matches(web, "mcp__web__get", { url, file: "a" }), false);
  const shell = "mcp__sh__*(git *)";
  const command = "git log";
  assertEquals(matches(shell, "mcp__sh__run", { command }), true);
  assertEquals(matches(shell, "mcp__sh__run", { command, cwd: "/" }), false);
  assertEquals(
    matches(shell, "mcp__sh__run", { command: "git", args: ["push"] }),
    false,
  );
  assertEquals(
    matches(shell, "mcp__sh__run", { commands: [command, "rm -rf x"] }),
    false,
  );
});

Deno.test("a rule for a server does not cover one whose name begins with it", () => {
  const rows: readonly [rule: string, toolName: string, expected: boolean][] = [
    ["mcp__db", "mcp__db__query", true],
    ["mcp__db", "mcp__db__get_all", true],
    ["mcp__db", "mcp__db__admin__drop", false],
    ["mcp__db", "mcp__db___drop", false],
    ["mcp__db__*", "mcp__db__query", true],
    ["mcp__db__*", "mcp__db__admin__drop", false],
    ["mcp__db__get_*", "mcp__db__get_one", true],
    ["mcp__db__get_*", "mcp__db__get_x__drop", false],
    ["mcp__db__admin__*", "mcp__db__admin__drop", true],
    ["mcp__db__admin__*", "mcp__db__admin__x__y", false],
    ["mcp__db__admin__drop", "mcp__db__admin__drop", true],
    ["mcp__a_b", "mcp__a_b__c", true],
    // Who names no server means all of them.
    ["mcp__*", "mcp__db__admin__drop", true],
    ["mcp__d*", "mcp__db__admin__drop", true],
    ["mcp__*__drop", "mcp__db__admin__drop", true],
  ];
  for (const [rule, toolName, expected] of rows) {
    assertEquals(matches(rule, toolName), expected, `${rule} on ${toolName}`);
    assertEquals(matches(`=${rule}`, toolName), expected, `=${rule}`);
  }
});

const yes = () => allow();
const no = () => deny();
const open = () => undefined;

function behavior(policy: SyncPolicy, toolName: string) {
  return policy.decide(
    { toolName, input: {}, toolUseId: "1" },
    { signal: new AbortController().signal },
  )?.behavior;
}

Deno.test("of a tool that may be of either server, each entry of byTool has to say yes", () => {
  const admin = "mcp__db__admin__drop";
  const rows: readonly [Parameters<typeof byTool>[0], string | undefined][] = [
    [{ "mcp__db": yes, "*": no }, "deny"],
    [{ "mcp__db": no, "*": yes }, "deny"],
    [{ "mcp__db": yes, "*": yes }, "allow"],
    [{ "mcp__db": open, "*": yes }, undefined],
    [{ "mcp__db": open, "*": no }, "deny"],
    [{ "mcp__db": yes, "*": open }, undefined],
    [{ "mcp__db__*": yes }, undefined],
    [{ "mcp__db__*": no }, "deny"],
    [{ "mcp__db__*": no, "mcp__db__admin__*": yes, "*": yes }, "deny"],
    [{ "mcp__db__*": yes, "mcp__db__admin__*": no, "*": yes }, "deny"],
    [{ "mcp__db__*": yes, "mcp__db__admin__*": yes, "*": no }, "allow"],
    [{ "mcp__db__*": no, [admin]: yes }, "allow"],
  ];
  for (const [entries, expected] of rows) {
    const policy = byTool(entries) as SyncPolicy;
    assertEquals(
      behavior(policy, admin),
      expected,
      Object.keys(entries).join(),
    );
  }
  assertEquals(
    behavior(byTool({ "mcp__db": yes, "*": no }), "mcp__db__query"),
    "allow",
  );
});

Deno.test("byTool asks the entry of a tool before that of its server", () => {
  const policy = byTool({ mcp__db: yes, mcp__db__drop: no });
  assertEquals(behavior(policy, "mcp__db__drop"), "deny");
  assertEquals(behavior(policy, "mcp__db__query"), "allow");
});
