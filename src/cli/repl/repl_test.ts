// The commands of the repl: which one a line means, what Tab offers, what each of them does.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Scratch, step } from "../../testing/mod.ts";
import { commonStart } from "../editor/completion.ts";
import { run } from "../fixtures/child.ts";
import { UsageError } from "../failure/usage_error.ts";
import {
  contextText,
  costText,
  mcpText,
  planText,
  wordsText,
} from "./facts_text.ts";
import { commandOf, commandsText } from "./repl_command.ts";
import { clipboardSequence, REPL_COMMANDS } from "./repl_commands.ts";
import { completeRepl } from "./repl_completion.ts";

Deno.test("commandOf: names, other names, what follows, what is wrong", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [":help", "help", ""],
    [":?", "help", ""],
    [":Q", "quit", ""],
    [":model  opus ", "model", "opus"],
    [":save a b.md", "save", "a b.md"],
    [":edit one\ntwo", "edit", "one\ntwo"],
  ];
  for (const [line, name, rest] of rows) {
    const found = commandOf(line, REPL_COMMANDS);
    assertEquals([found.command.name, found.rest], [name, rest], line);
  }
  for (
    const [line, text] of [
      [":moddel opus", 'Unknown command ":moddel", did you mean ":model"?'],
      [":", 'Unknown command ":"'],
      [":xyzzy", 'Unknown command ":xyzzy"'],
      [":cost now", 'Cannot use ":cost" with "now": it takes nothing'],
      [":save", 'Cannot use ":save" alone: expected FILE'],
      [":json", 'Cannot use ":json" alone: expected on|off'],
    ] as const
  ) {
    assertThrows(() => commandOf(line, REPL_COMMANDS), UsageError, text);
  }
});

Deno.test("REPL_COMMANDS: each has its own name and help, and is in the list", () => {
  const names = REPL_COMMANDS.flatMap(({ name, aliases = [] }) => [
    name,
    ...aliases,
  ]);
  assertEquals(new Set(names).size, names.length);
  const text = commandsText(REPL_COMMANDS);
  for (const { name, help } of REPL_COMMANDS) {
    assertStringIncludes(text, `  :${name}`);
    assertStringIncludes(text, `  ${help}\n`);
  }
  for (const line of text.split("\n")) assertEquals(line.length < 100, true);
});

Deno.test("completeRepl: commands, their values, /commands, files after @", async () => {
  const folders: Readonly<Record<string, readonly string[]>> = {
    ".": ["src/", "some.txt", ".git/", "a b", "x\x1b[2J"],
    "src/": ["cli/", "mod.ts"],
  };
  const list = (path: string) => Promise.resolve(folders[path] ?? []);
  const session = {
    commands: () => Promise.resolve([{ name: "cost" }, { name: "compact" }]),
    models: () => Promise.resolve([{ value: "opus" }, { value: "sonnet" }]),
  };
  const words = {
    commands: REPL_COMMANDS,
    // Only these members are used.
    context: { session, flags: {} } as unknown as Parameters<
      typeof completeRepl
    >[1]["context"],
    list,
  };
  const rows: readonly (readonly [string, number, readonly string[]])[] = [
    [":q", 0, [":quit"]],
    [":mo", 0, [":model", ":mode"]],
    ["a :q", 4, []],
    [":model o", 7, ["opus"]],
    [":mode pl", 6, ["plan"]],
    [":json ", 6, ["on", "off"]],
    [":cost ", 6, []],
    [":none x", 7, []],
    [":save so", 6, ["some.txt"]],
    ["/co", 0, ["/compact", "/cost"]],
    ["a /co", 5, []],
    ["see @s", 5, ["some.txt", "src/"]],
    ["@src/", 1, ["src/cli/", "src/mod.ts"]],
    ["@.", 1, [".git/"]],
    ["@", 1, ["some.txt", "src/"]],
    ["me@s", 4, []],
    ["@none/x", 1, []],
  ];
  for (const [text, from, candidates] of rows) {
    assertEquals(
      await completeRepl(text, words),
      { from, candidates },
      text,
    );
  }
  assertEquals(commonStart(["some.txt", "src/"]), "s");
});

Deno.test("facts: costs, context, plan, servers, words", () => {
  const usage = {
    inputTokens: 1234,
    outputTokens: 56,
    cacheReadInputTokens: 7,
    cacheCreationInputTokens: 1,
  };
  assertEquals(
    costText({ turnCount: 1, totalCostUsd: 0.0123, usage }),
    "1 turn · $0.0123 · 1,234 in · 8 cached · 56 out\n",
  );
  const context = {
    categories: [
      { name: "System", tokens: 100 },
      { name: "Messages\x1b[2J", tokens: 2000 },
      { name: "None", tokens: 0 },
    ],
    totalTokens: 2100,
    maxTokens: 200_000,
    percentage: 1.05,
    model: "m",
    memoryFiles: [],
    mcpTools: [],
    agents: [],
    skills: [],
    apiUsage: null,
  };
  assertEquals(
    contextText(context, 40),
    "2,100 of 200,000 tokens (1 %)\n" +
      "      2,000  Messages␛[2J\n        100  System\n",
  );
  const plan = {
    totalCostUsd: 0,
    subscriptionType: "max",
    rateLimitsAvailable: true,
    rateLimits: { five_hour: { utilization: 41.6, resetsAt: "2026-12-01" } },
    behaviors: null,
  };
  assertEquals(planText(plan), "   42 %  five_hour  until 2026-12-01\n");
  assertStringIncludes(
    planText({ ...plan, subscriptionType: null, rateLimits: null }),
    "an API key pays",
  );
  assertEquals(mcpText([], 40), "There are no MCP servers\n");
  assertEquals(
    mcpText([{ name: "db", status: "failed", error: "no\nway" }], 40),
    "  db failed: no way\n",
  );
  assertEquals(
    wordsText(["aaaa", "bbbb", "漢字漢字"], 16),
    "  aaaa  bbbb\n  漢字漢字\n",
  );
});

Deno.test("clipboardSequence: the text as base64, which nothing in it can end", () => {
  assertEquals(clipboardSequence("a\x07é"), "\x1b]52;c;YQfDqQ==\x07");
});

const ECHO = [step.echo("<{prompt}>")];

Deno.test("repl: commands drive a script: :multi, :retry, :save, :export, :cost, :json", async () => {
  await using scratch = await Scratch.create();
  const [saved, copy] = [`${scratch.home}/a.md`, `${scratch.home}/none/b`];
  const { code, stdout, stderr } = await run(
    [ECHO, ECHO, ECHO],
    ["repl"],
    `:multi\none\n\n:two\n:end\n:retry\n:save ${saved}\n:save ${saved}\n` +
      `:save ${copy}\n:cost\n:cots\n:json on\n :x\n:json off\n:quit\nnever\n`,
  );
  const [first = "", rest = ""] = stdout.split('{"type":"result"');
  assertStringIncludes(first, "<one\n\n:two>\n<one\n\n:two>\n");
  assertStringIncludes(first, '"text":"<:x>"');
  assertEquals(rest.includes("never"), false);
  assertEquals(await Deno.readTextFile(saved), "<one\n\n:two>\n");
  assertStringIncludes(stderr, "it exists already");
  assertStringIncludes(stderr, "2 turns · $");
  assertStringIncludes(stderr, 'did you mean ":cost"?');
  assertEquals(code, 2, stderr);
});

Deno.test("repl: :model, :mode and :context ask claude, :allow opens the session again", async () => {
  const { stdout, stderr } = await run(
    [ECHO, ECHO],
    ["repl"],
    ":model haiku\n:mode plan\n:mode plam\n:allow Bash(git *)\n:allow\n:allow Nonsense\n" +
      ":deny\n:fork\n:resume nothing-of-this\n:clear\nlast\n",
  );
  assertStringIncludes(stderr, "The model is haiku from now on");
  assertStringIncludes(stderr, "The permission mode is plan from now on");
  assertStringIncludes(stderr, 'did you mean "plan"?');
  assertStringIncludes(stderr, "  Bash(git *)\n");
  assertStringIncludes(stderr, 'Unknown tool "Nonsense" in --allow');
  assertStringIncludes(stderr, "There are none");
  assertStringIncludes(stderr, "this session has no turn yet");
  assertStringIncludes(stderr, '"nothing-of-this"');
  assertEquals(stdout, "<last>\n");
});
