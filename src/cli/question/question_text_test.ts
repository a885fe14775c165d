// A question shows all that decides, at any width.

import { assert, assertEquals } from "@std/assert";
import stringWidth from "string-width";
import type { ToolRequest } from "../../events/permissions.ts";
import { renderSpans } from "../text/terminal.ts";
import { alwaysOffer } from "./always.ts";
import { alwaysLines, questionLines } from "./question_text.ts";
import { userQuestionLines } from "./user_questions.ts";

async function shown(
  request: Partial<ToolRequest>,
  columns: number,
): Promise<string[]> {
  const whole: ToolRequest = {
    toolName: "Bash",
    toolUseId: "1",
    input: {},
    ...request,
  };
  return [
    ...await questionLines(whole, columns),
    ...alwaysLines(alwaysOffer(whole), columns),
  ].map((spans) => renderSpans(spans, false));
}

const REQUESTS: Readonly<Record<string, Partial<ToolRequest>>> = {
  command: {
    input: {
      command: `git status${" ".repeat(80)}; touch X`,
      description: "Looks at the state of the repository, and at nothing else",
      dangerouslyDisableSandbox: true,
    },
    suggestions: [{
      type: "addRules",
      behavior: "allow",
      rules: [
        { toolName: "Bash", ruleContent: "git status *" },
        { toolName: "Bash", ruleContent: `touch${" ".repeat(60)}* && rm *` },
      ],
    }],
    blockedPath: "/work/X",
    decisionReason: "This command requires approval",
  },
  script: {
    input: { command: "set -e\n\n\n\n\n\nif true; then\n\trm a\nfi\n" },
  },
  edit: {
    toolName: "Edit",
    input: {
      file_path: "/work/src/a.ts",
      old_string: "one\n  two\nthree",
      new_string: "one\n\ttwo \nthree\nfour\n",
      replace_all: true,
    },
    suggestions: [{ type: "setMode", mode: "acceptEdits" }],
  },
  edits: {
    toolName: "MultiEdit",
    input: {
      file_path: "/work/a",
      edits: [
        { old_string: "a", new_string: "b" },
        { old_string: "", new_string: "c", replace_all: true },
      ],
    },
  },
  plan: {
    toolName: "ExitPlanMode",
    input: { plan: "# Plan\n\n1. Look\n2. Do", planFilePath: "/p/plan.md" },
    requiresUserInteraction: true,
  },
  address: {
    toolName: "WebFetch",
    input: { url: "https://google.com@ev\u0456l.example:8/x", prompt: "Read" },
    agentId: "a1",
  },
  server: {
    toolName: "mcp__db__query",
    title: "The server db wants\nto use",
    input: {
      "sq\u200bl": "drop table t",
      nested: { list: [1, "two\u202e"], flag: null },
    },
    decisionReason: "x".repeat(70),
  },
};

const GOLDEN: Readonly<Record<string, readonly (readonly [number, string])[]>> =
  {
    command: [
      [
        40,
        `
? Claude wants to use Bash
  command:
    git status<80 blanks>; touch X
  description:
    Looks at the state of the 
    repository, and at nothing else
  dangerouslyDisableSandbox: true
  asked because:
    This command requires approval
  it touches: /work/X
  [a]lways, in this session:
    Bash(git status *)
    Bash(touch<60 blanks>* && rm *)`,
      ],
      [
        80,
        `
? Claude wants to use Bash
  command: git status<80 blanks>; touch X
  description: Looks at the state of the repository, and at nothing else
  dangerouslyDisableSandbox: true
  asked because: This command requires approval
  it touches: /work/X
  [a]lways, in this session:
    Bash(git status *)
    Bash(touch<60 blanks>* && rm *)`,
      ],
      [
        200,
        `
? Claude wants to use Bash
  command: git status<80 blanks>; touch X
  description: Looks at the state of the repository, and at nothing else
  dangerouslyDisableSandbox: true
  asked because: This command requires approval
  it touches: /work/X
  [a]lways, in this session:
    Bash(git status *)
    Bash(touch<60 blanks>* && rm *)`,
      ],
    ],
    script: [
      [
        40,
        `
? Claude wants to use Bash
  command:
  1  set -e
  2  <5 empty lines>
  7  if true; then
  8  →   rm a
  9  fi`,
      ],
      [
        80,
        `
? Claude wants to use Bash
  command:
  1  set -e
  2  <5 empty lines>
  7  if true; then
  8  →   rm a
  9  fi`,
      ],
      [
        200,
        `
? Claude wants to use Bash
  command:
  1  set -e
  2  <5 empty lines>
  7  if true; then
  8  →   rm a
  9  fi`,
      ],
    ],
    edit: [
      [
        40,
        `
? Claude wants to use Edit
  file_path: /work/src/a.ts
  replace_all: true
    one
  -   two
  - three
  - \\ no line break at the end
  + →   two<blank>
  + three
  + four
  [a]lways, in this session: all edits 
  of files in the working directories 
  that Claude Code does not protect`,
      ],
      [
        80,
        `
? Claude wants to use Edit
  file_path: /work/src/a.ts
  replace_all: true
    one
  -   two
  - three
  - \\ no line break at the end
  + →   two<blank>
  + three
  + four
  [a]lways, in this session: all edits of files in the working directories 
  that Claude Code does not protect`,
      ],
      [
        200,
        `
? Claude wants to use Edit
  file_path: /work/src/a.ts
  replace_all: true
    one
  -   two
  - three
  - \\ no line break at the end
  + →   two<blank>
  + three
  + four
  [a]lways, in this session: all edits of files in the working directories that Claude Code does not protect`,
      ],
    ],
    edits: [
      [
        40,
        `
? Claude wants to use MultiEdit
  file_path: /work/a
  change 1:
  - a
  + b
  change 2:
  replace_all: true
  + c`,
      ],
      [
        80,
        `
? Claude wants to use MultiEdit
  file_path: /work/a
  change 1:
  - a
  + b
  change 2:
  replace_all: true
  + c`,
      ],
      [
        200,
        `
? Claude wants to use MultiEdit
  file_path: /work/a
  change 1:
  - a
  + b
  change 2:
  replace_all: true
  + c`,
      ],
    ],
    plan: [
      [
        40,
        `
? Claude wants to use ExitPlanMode
  planFilePath: /p/plan.md
  1  # Plan
  2  
  3  1. Look
  4  2. Do`,
      ],
      [
        80,
        `
? Claude wants to use ExitPlanMode
  planFilePath: /p/plan.md
  1  # Plan
  2  
  3  1. Look
  4  2. Do`,
      ],
      [
        200,
        `
? Claude wants to use ExitPlanMode
  planFilePath: /p/plan.md
  1  # Plan
  2  
  3  1. Look
  4  2. Do`,
      ],
    ],
    address: [
      [
        40,
        `
? A subagent of Claude wants to use 
  WebFetch
  url:
    https://google.com@ev<U+0456>l.exam
    ple:8/x
  leads to: xn--evl-khd.example:8
  prompt: Read`,
      ],
      [
        80,
        `
? A subagent of Claude wants to use WebFetch
  url: https://google.com@ev<U+0456>l.example:8/x
  leads to: xn--evl-khd.example:8
  prompt: Read`,
      ],
      [
        200,
        `
? A subagent of Claude wants to use WebFetch
  url: https://google.com@ev<U+0456>l.example:8/x
  leads to: xn--evl-khd.example:8
  prompt: Read`,
      ],
    ],
    server: [
      [
        40,
        `
? The server db wants to use 
  mcp__db__query
  sq<U+200B>l:
    drop table t
  nested:
  1  {
  2    "list": [
  3      1,
  4      "two<U+202E>"
  5    ],
  6    "flag": null
  7  }
  asked because:
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  [a]lways, in this session:
    mcp__db__query`,
      ],
      [
        80,
        `
? The server db wants to use mcp__db__query
  sq<U+200B>l:
    drop table t
  nested:
  1  {
  2    "list": [
  3      1,
  4      "two<U+202E>"
  5    ],
  6    "flag": null
  7  }
  asked because:
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  [a]lways, in this session:
    mcp__db__query`,
      ],
      [
        200,
        `
? The server db wants to use mcp__db__query
  sq<U+200B>l:
    drop table t
  nested:
  1  {
  2    "list": [
  3      1,
  4      "two<U+202E>"
  5    ],
  6    "flag": null
  7  }
  asked because: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  [a]lways, in this session:
    mcp__db__query`,
      ],
    ],
  };

for (const [name, request] of Object.entries(REQUESTS)) {
  for (const [columns, golden] of GOLDEN[name] ?? []) {
    Deno.test(`questionLines: ${name} in ${columns} columns`, async () => {
      assertEquals(await shown(request, columns), golden.slice(1).split("\n"));
    });
  }
  Deno.test(`questionLines: ${name} fits every width`, async () => {
    for (let columns = 20; columns <= 200; columns++) {
      for (const line of await shown(request, columns)) {
        assert(stringWidth(line) < columns, `${columns}: ${line}`);
      }
    }
  });
}

Deno.test("questionLines: a line that is none cannot pass for a field", async () => {
  const lines = await shown({
    toolName: "mcp__x__y",
    input: { "a\nb": "x\n  Allow? yes", c: "\r? Claude wants" },
  }, 80);
  assertEquals(lines.slice(1, 5), [
    "  a␊b:",
    "  1  x",
    "  2    Allow? yes",
    "  c: ␍? Claude wants",
  ]);
});

Deno.test("questionLines: an address says where it leads, however it is written", async () => {
  const addresses: Readonly<Record<string, string | undefined>> = {
    "https://good.com@evil.example/": "evil.example",
    "https:evil.example/a": "evil.example",
    "https:/evil.example\\@good.com": "evil.example",
    "HTTPS:\\\\evil.example": "evil.example",
    "\u0001 https://evil.example": "evil.example",
    "htt\nps://evil.example": "evil.example",
    "ssh://git@evil.example:2/x": "evil.example:2",
    // No machine.
    "npm:test": undefined,
    "file:///etc/passwd": undefined,
    "C:\\x": undefined,
    "echo https://evil.example": undefined,
  };
  for (const [url, host] of Object.entries(addresses)) {
    const lines = await shown({ toolName: "WebFetch", input: { url } }, 80);
    assertEquals(
      lines.find((line) => line.startsWith("  leads to: ")),
      host === undefined ? undefined : `  leads to: ${host}`,
      url,
    );
  }
});

Deno.test("questionLines: a carriage return of a command is seen", async () => {
  const lines = await shown(
    { toolName: "Bash", input: { command: "rm a\r\nls\r\n" } },
    80,
  );
  assertEquals(lines.slice(1, 4), ["  command:", "  1  rm a␍", "  2  ls␍"]);
});

Deno.test("userQuestionLines shows all of a question, wrapped", () => {
  const lines = userQuestionLines({
    question: "Which\u202e one of these?\nThink well.",
    options: [
      { label: "red\u200b", description: "a colour ".repeat(6) },
      { label: "blue", preview: "x\ny" },
    ],
  }, 40).map((spans) => renderSpans(spans, false));
  assertEquals(lines, [
    "? Which<U+202E> one of these?",
    "  Think well.",
    "  1. red<U+200B>",
    "     a colour a colour a colour a ",
    "     colour a colour a colour<blank>",
    "  2. blue",
    "     x",
    "     y",
  ]);
});
