import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type PermissionRequest,
  permissionRequest,
  type ToolRequest,
} from "../events/permission_request.ts";
import { InputLines } from "./input_lines.ts";
import type { StderrOutput } from "./output.ts";
import {
  PermissionAsker,
  questionSpans,
  readReply,
  rememberedRules,
} from "./permission_question.ts";
import { renderSpans, type Span } from "./terminal.ts";
import { allow } from "../permissions/decision.ts";
import { readChoice } from "./user_questions.ts";

interface Asked {
  readonly request: PermissionRequest;
  readonly answers: unknown[];
}

function asked(more: Partial<ToolRequest> = {}): Asked {
  const answers: unknown[] = [];
  const tool: ToolRequest = {
    toolName: "Bash",
    toolUseId: "1",
    input: { command: "ls\x1b[2J" },
    ...more,
  };
  const request = permissionRequest({}, "id", tool, undefined, {
    allow: (options) => answers.push(["allow", options]),
    deny: (message) => answers.push(["deny", message]),
  });
  return { request, answers };
}

function screen(): { readonly output: StderrOutput; text(): string } {
  let written = "";
  return {
    output: {
      columns: 80,
      stderr: (...spans: readonly Span[]) => {
        written += renderSpans(spans, false);
        return Promise.resolve();
      },
    },
    text: () => written,
  };
}

function typed(text: string): InputLines {
  let rest: Uint8Array | null = new TextEncoder().encode(text);
  return new InputLines((buffer) => {
    const part = rest;
    rest = null;
    if (part === null || part.length === 0) return Promise.resolve(null);
    buffer.set(part);
    return Promise.resolve(part.length);
  });
}

const never = new AbortController().signal;

const REPLIES: readonly (readonly [string, unknown])[] = [
  ["y\n", ["allow", {}]],
  [" YES \n", ["allow", {}]],
  ["a\n", ["allow", { remember: "session" }]],
  ["n\n", ["deny", "The user said no"]],
  ["\n", ["deny", "The user said no"]],
  ["", ["deny", "The user said no"]],
];

for (const [input, expected] of REPLIES) {
  Deno.test(`PermissionAsker: ${JSON.stringify(input)}`, async () => {
    const { request, answers } = asked();
    const { output, text } = screen();
    await new PermissionAsker(output, typed(input)).ask(request, never);
    assertEquals(answers, [expected]);
    assertStringIncludes(
      text(),
      "command: ls␛[2J\n  Allow? [y]es [n]o [a]lways",
    );
  });
}

Deno.test("readReply takes nothing else for an answer", () => {
  assertEquals(["yep", "explain this", "0"].map(readReply), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("PermissionAsker does not ask again after always", async () => {
  const { output, text } = screen();
  const asker = new PermissionAsker(output, typed("a\n"));
  const command = "ls && pwd";
  await asker.ask(asked({ input: { command } }).request, never);
  const before = text();
  const again = asked({ input: { command, description: "Something new" } });
  await asker.ask(again.request, never);
  assertEquals(again.answers, [["allow", undefined]]);
  assertEquals(text(), before);
});

Deno.test("PermissionAsker gives no answer after an interruption", async () => {
  const controller = new AbortController();
  const { request, answers } = asked();
  const lines = new InputLines(() => new Promise(() => {}));
  const asking = new PermissionAsker(screen().output, lines)
    .ask(request, controller.signal);
  controller.abort();
  await asking;
  assertEquals(answers, []);
});

Deno.test("PermissionAsker without anybody shows the question and says yes", async () => {
  const { request, answers } = asked();
  const { output, text } = screen();
  await new PermissionAsker(output, undefined).ask(request, never);
  assertEquals(answers, [["allow", {}]]);
  assertStringIncludes(text(), ") y\n");
});

Deno.test("a question shows long inputs in part", () => {
  const content = Array.from({ length: 20 }, (_, at) => `line ${at}`).join(
    "\n",
  );
  const { request } = asked({ toolName: "Write", input: { content } });
  const text = renderSpans(questionSpans(request, 40), false);
  assertStringIncludes(text, "  content: line 0\n    line 1\n");
  assertStringIncludes(text, "    line 11\n    … 8 more lines\n");
});

Deno.test("rememberedRules shows what always would allow", () => {
  assertEquals(rememberedRules(asked().request), "Bash");
  const suggestions = [
    { type: "addRules", rules: [{ toolName: "Bash", ruleContent: "ls:*" }] },
    { type: "setMode", mode: "acceptEdits" },
  ];
  assertEquals(rememberedRules(asked({ suggestions }).request), "Bash(ls:*)");
});

const QUESTIONS = {
  questions: [{
    question: "Which?",
    options: [{ label: "red", description: "hot" }, { label: "blue" }],
    multiSelect: false,
  }],
};

Deno.test("PermissionAsker asks the questions of AskUserQuestion", async () => {
  const ask = async (input: string): Promise<unknown[]> => {
    const { request, answers } = asked({
      toolName: "AskUserQuestion",
      input: QUESTIONS,
    });
    await new PermissionAsker(screen().output, typed(input)).ask(
      request,
      never,
    );
    return answers;
  };
  const given = (answer: string): unknown => [[
    "allow",
    allow({ input: { ...QUESTIONS, answers: { "Which?": answer } } }),
  ]];
  assertEquals(await ask("2\n"), given("blue"));
  assertEquals(await ask("green\n"), given("green"));
  assertEquals(await ask("\n"), [["deny", "The user did not answer"]]);
});

Deno.test("readChoice takes several numbers where several may be chosen", () => {
  const question = {
    question: "Which?",
    options: [{ label: "red" }, { label: "blue" }],
    multiSelect: true,
  };
  assertEquals(readChoice("1, 2", question), "red, blue");
  assertEquals(readChoice("1 3", question), "1 3");
});
