// Keys and answers: no yes before all was shown, and each way out denies.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ToolRequest } from "../../events/permissions.ts";
import { allow } from "../../permissions/decision.ts";
import { PermissionAsker } from "./permission_asker.ts";
import { QUIET_ROUNDS } from "./question_terminal.ts";
import { readChoice } from "./user_questions.ts";
import { asked, context, FakeTerminal } from "./_fake_terminal.ts";

const RULE = {
  type: "addRules",
  behavior: "allow",
  destination: "localSettings",
  rules: [{ toolName: "Bash", ruleContent: "ls *" }],
};
const ACCEPT_EDITS = {
  type: "setMode",
  mode: "acceptEdits",
  destination: "session",
};

function askerAt(terminal: FakeTerminal): PermissionAsker {
  return new PermissionAsker({
    screen: terminal.terminal.screen,
    terminal: terminal.terminal,
    edit: () => Promise.resolve({ why: "there is no editor" }),
  });
}

const REPLIES: readonly (readonly [string, unknown])[] = [
  ["y", ["allow", {}]],
  ["Y", ["allow", {}]],
  ["a", ["allow", { remember: "session" }]],
  ["n", ["deny", "The user said no"]],
  ["\x04", ["deny", "The user said no"]],
  // Nothing of this is an answer; what comes then is.
  ["\r\n \x1b[A\x1bx\tqéY", ["allow", {}]],
  ["\x1b[200~y\n\x1b[201~n", ["deny", "The user said no"]],
];

for (const [keys, expected] of REPLIES) {
  Deno.test(`PermissionAsker: ${JSON.stringify(keys)}`, async () => {
    const { request, answers } = asked({ suggestions: [RULE] });
    const terminal = new FakeTerminal();
    const asking = askerAt(terminal).ask(request, context());
    await terminal.shows("Allow?");
    assertEquals(answers, []);
    terminal.type(keys);
    await asking;
    assertEquals(answers, [expected]);
    assertStringIncludes(terminal.drawn, "command: ls␛[2J\n");
    assertEquals(terminal.modes, [true, false]);
  });
}

const LONG = Array.from({ length: 120 }, (_, at) => `echo ${at + 1}`).join(
  "\n",
);

Deno.test("PermissionAsker: no yes before the end was shown, at any height", async () => {
  for (const rows of [4, 10, 24, 60, 100]) {
    const { request, answers } = asked({ input: { command: LONG } });
    const terminal = new FakeTerminal({ rows });
    const asking = askerAt(terminal).ask(request, context());
    let pages = 0;
    while (!terminal.drawn.includes("echo 120\n")) {
      await terminal.shows("shows more", ++pages);
      // Neither counts here; the last key turns the page.
      terminal.type("ya\r");
      assertEquals(answers, []);
      await terminal.shows(pages < 120 ? "\n" : "", 1);
      await Promise.race([
        terminal.shows("shows more", pages + 1),
        terminal.shows("Allow?"),
      ]);
    }
    await terminal.shows("Allow?");
    assertEquals(answers, []);
    terminal.type("y");
    await asking;
    assertEquals(answers, [["allow", {}]]);
    for (let at = 1; at <= 120; at++) {
      assertStringIncludes(terminal.drawn, `  echo ${at}\n`);
    }
  }
});

Deno.test("PermissionAsker: what was typed before is no answer, and stays for the prompt", async () => {
  const { request, answers } = asked();
  const terminal = new FakeTerminal();
  terminal.type("yes\nall of\x7f\x7f");
  const asking = askerAt(terminal).ask(request, context());
  await terminal.shows("Allow?");
  assertEquals(answers, []);
  terminal.type("n it\n");
  await asking;
  assertEquals(answers, [["deny", "The user said no"]]);
  assertEquals(await terminal.lines.next(), "yes");
  assertEquals(await terminal.lines.next(), "all  it");
});

Deno.test("PermissionAsker: keys between two pages, and between two questions, count for neither", async () => {
  const { request, answers } = asked({ input: { command: LONG } });
  const terminal = new FakeTerminal({ rows: 70 });
  const asker = askerAt(terminal);
  const asking = asker.ask(request, context());
  await terminal.shows("shows more");
  terminal.type(" y");
  await terminal.shows("Allow?");
  assertEquals(answers, []);
  terminal.type("yyy");
  await asking;
  assertEquals(answers, [["allow", {}]]);
  const second = asked();
  const again = asker.ask(second.request, context());
  await terminal.shows("Allow?", 2);
  assertEquals(second.answers, []);
  terminal.type("n");
  await again;
  assertEquals(second.answers, [["deny", "The user said no"]]);
});

Deno.test("PermissionAsker: a terminal that tells nothing gets a time in which no key counts", async () => {
  for (const options of [{ isMute: true }, { isDumb: true }]) {
    const { request, answers } = asked();
    const terminal = new FakeTerminal(options);
    terminal.type("y");
    const asking = askerAt(terminal).ask(request, context());
    await terminal.shows("command");
    terminal.type("y");
    await terminal.passTime(QUIET_ROUNDS - 1);
    // As long as somebody types, it is not over.
    terminal.type("yy");
    await terminal.passTimeUntil("Allow?");
    assertEquals(answers, []);
    terminal.type("n");
    await asking;
    assertEquals(answers, [["deny", "The user said no"]]);
  }
});

Deno.test("PermissionAsker: every other way out denies or leaves it, and gives the terminal back", async () => {
  const never = new AbortController().signal;
  const ways: Readonly<
    Record<string, (terminal: FakeTerminal, stop: AbortController) => void>
  > = {
    "the input ends": (terminal) => terminal.end(),
    "Ctrl-C": (terminal) => terminal.type("\x03"),
    "the turn stops": (_, stop) => stop.abort(new Error("stopped")),
    "drawing fails": (terminal) => {
      terminal.isBroken = true;
      terminal.type("?");
    },
  };
  for (const command of ["ls", LONG]) {
    for (const [name, go] of Object.entries(ways)) {
      const { request, answers } = asked({ input: { command } });
      const terminal = new FakeTerminal();
      const stop = new AbortController();
      let interruptions = 0;
      const asking = askerAt(terminal).ask(
        request,
        context({
          stopped: stop.signal,
          withdrawn: never,
          interrupt: () => interruptions++,
        }),
      );
      await terminal.shows(command === "ls" ? "Allow?" : "shows more");
      if (name === "drawing fails" && command === LONG) {
        terminal.isBroken = true;
        terminal.type(" ");
      } else go(terminal, stop);
      await asking;
      assertEquals(terminal.modes, [true, false], name);
      assert(
        answers.every((answer) =>
          Array.isArray(answer) && answer[0] === "deny"
        ),
        name,
      );
      assertEquals(interruptions, name === "Ctrl-C" ? 1 : 0);
      const isLeft = name === "Ctrl-C" || name === "the turn stops";
      assertEquals(answers.length, isLeft ? 0 : 1, name);
    }
  }
});

Deno.test("PermissionAsker: Ctrl-C counts whenever it was pressed", async () => {
  const { request, answers } = asked();
  const terminal = new FakeTerminal();
  terminal.type("\x03");
  let interruptions = 0;
  await askerAt(terminal).ask(
    request,
    context({ interrupt: () => interruptions++ }),
  );
  assertEquals([interruptions, answers], [1, []]);
});

Deno.test("PermissionAsker: a request that is withdrawn closes its question", async () => {
  const { request, answers } = asked();
  const terminal = new FakeTerminal();
  const withdrawn = new AbortController();
  const asking = askerAt(terminal).ask(
    request,
    context({ withdrawn: withdrawn.signal }),
  );
  await terminal.shows("Allow?");
  withdrawn.abort();
  await asking;
  assertEquals(answers, []);
  assertStringIncludes(terminal.drawn, "has withdrawn the question");
});

Deno.test("PermissionAsker: a window of another width gets the question again", async () => {
  const { request, answers } = asked({ input: { command: LONG } });
  const terminal = new FakeTerminal();
  const asking = askerAt(terminal).ask(request, context());
  await terminal.shows("shows more");
  terminal.columns = 60;
  terminal.type(" ");
  await terminal.shows("? Claude wants to use Bash", 2);
  await terminal.shows("shows more", 2);
  terminal.type("n");
  await asking;
  assertEquals(answers, [["deny", "The user said no"]]);
});

interface AlwaysCase {
  readonly name: string;
  readonly request: Partial<ToolRequest>;
  /** What the question offers; nothing: no "always". */
  readonly label?: string;
  readonly answer?: unknown;
  /** Calls that are allowed afterwards without a question, and those that are not. */
  readonly covered?: readonly Partial<ToolRequest>[];
  readonly open?: readonly Partial<ToolRequest>[];
}

const WRITE: Partial<ToolRequest> = {
  toolName: "Write",
  input: { file_path: "/w/a", content: "x" },
  suggestions: [ACCEPT_EDITS],
};

const ALWAYS: readonly AlwaysCase[] = [
  {
    name: "rules of the CLI, all of them",
    request: {
      input: { command: "ls && touch b" },
      suggestions: [{
        ...RULE,
        rules: [...RULE.rules, { toolName: "Bash", ruleContent: "touch b *" }],
      }],
    },
    label: "    Bash(ls *)\n    Bash(touch b *)\n",
    answer: ["allow", { remember: "session" }],
    // The CLI asks again about the same command of several parts.
    covered: [{ input: { command: "ls && touch b", description: "new" } }],
    open: [{ input: { command: "ls && touch c" } }],
  },
  {
    name: "a tool of a server",
    request: { toolName: "mcp__db__query", input: { sql: "x" } },
    label: "    mcp__db__query\n",
    answer: ["allow", { remember: "session" }],
  },
  {
    name: "edits that the CLI would take in its mode for them",
    request: WRITE,
    label: "all edits of files in the working directories",
    answer: ["allow", {}],
    covered: [
      WRITE,
      { ...WRITE, toolName: "Edit", input: { file_path: "/w/b" } },
      { ...WRITE, toolName: "NotebookEdit", input: {} },
    ],
    open: [
      { toolName: "Bash", input: { command: "rm a" } },
      { ...WRITE, decisionReasonType: "safetyCheck" },
      { ...WRITE, decisionReason: "a hook wants it" },
      { ...WRITE, blockedPath: "/tmp/x" },
      {
        ...WRITE,
        suggestions: [ACCEPT_EDITS, {
          type: "addDirectories",
          directories: ["/tmp"],
          destination: "session",
        }],
      },
      { ...WRITE, protectedNames: [".git"] },
      { ...WRITE, suggestions: [] },
      { ...WRITE, toolName: "mcp__fs__Write" },
    ],
  },
  {
    name: "a protected file",
    request: { ...WRITE, decisionReasonType: "safetyCheck" },
  },
  { name: "no suggestion", request: { toolName: "WebSearch", input: {} } },
  {
    name: "only a person can answer",
    request: { suggestions: [RULE], requiresUserInteraction: true },
  },
  {
    name: "a rule that denies",
    request: { suggestions: [{ ...RULE, behavior: "deny" }] },
  },
];

for (const { name, request, label, answer, covered, open } of ALWAYS) {
  Deno.test(`PermissionAsker: always: ${name}`, async () => {
    const terminal = new FakeTerminal();
    const asker = askerAt(terminal);
    const first = asked(request);
    const asking = asker.ask(first.request, context());
    await terminal.shows("Allow?");
    assertEquals(terminal.drawn.includes("[a]lways"), label !== undefined);
    if (label !== undefined) assertStringIncludes(terminal.drawn, label);
    terminal.type(label === undefined ? "an" : "a");
    await asking;
    assertEquals(first.answers, [answer ?? ["deny", "The user said no"]]);
    for (const more of covered ?? []) {
      const again = asked(more);
      await asker.ask(again.request, context());
      assertEquals(again.answers, [["allow", undefined]]);
    }
    let times = 1;
    for (const more of open ?? []) {
      const again = asked(more);
      const next = asker.ask(again.request, context());
      await terminal.shows("Allow?", ++times);
      terminal.type("n");
      await next;
      assertEquals(again.answers, [["deny", "The user said no"]]);
    }
  });
}

Deno.test("PermissionAsker: a key that is none shows the keys again, and is no answer", async () => {
  // Enter, Escape, arrow up, backspace, a letter, "always" when it is not offered, a paste.
  for (
    const typed of [
      "\r",
      "\x1b[A",
      "\x7f",
      "x",
      "a",
      "\x1b[200~y\x1b[201~",
    ]
  ) {
    for (
      const [columns, keys] of [[80, "Press [y]es [n]o [e]dit [?] why"], [
        40,
        "Press [y/n/e/?]",
      ]] as const
    ) {
      const { request, answers } = asked({ suggestions: [] });
      const terminal = new FakeTerminal({ columns });
      const asking = askerAt(terminal).ask(request, context());
      await terminal.shows("Allow?");
      terminal.type(typed);
      await terminal.shows(keys);
      assertEquals(answers, []);
      terminal.type("n");
      await asking;
      assertEquals(answers, [["deny", "The user said no"]]);
    }
  }
  const { request, answers } = asked({ input: { command: LONG } });
  const terminal = new FakeTerminal();
  const asking = askerAt(terminal).ask(request, context());
  await terminal.shows("shows more");
  terminal.type("y");
  await terminal.shows("Press [space] for more [n]o");
  terminal.type("n");
  await asking;
  assertEquals(answers, [["deny", "The user said no"]]);
});

Deno.test("PermissionAsker: ? repeats nothing that the question shows", async () => {
  const { request } = asked({
    input: { command: "make" },
    decisionReasonType: "safetyCheck",
    decisionReason: "reason of the CLI",
    blockedPath: "/elsewhere/file",
  });
  const terminal = new FakeTerminal();
  const asking = askerAt(terminal).ask(request, context());
  await terminal.shows("Allow?");
  terminal.type("?");
  await terminal.shows("Allow?", 2);
  for (const text of ["reason of the CLI", "/elsewhere/file"]) {
    assertEquals(terminal.drawn.split(text).length, 2, text);
  }
  terminal.type("n");
  await asking;
});

Deno.test("PermissionAsker: ? says which rule asks", async () => {
  const { request } = asked({
    decisionReasonType: "safetyCheck",
    decisionReason: "it is a sensitive file",
    mcpServer: { name: "db", source: "project" },
  });
  const terminal = new FakeTerminal();
  const asking = askerAt(terminal).ask(
    request,
    context({
      explain: () =>
        Promise.resolve({
          decision: undefined,
          by: ["firstOf", "allowList"],
          rule: "Bash(git *)",
          reason: "no rule covers it",
        }),
    }),
  );
  await terminal.shows("Allow?");
  terminal.type("?");
  await terminal.shows("Allow?", 2);
  for (
    const text of [
      "asks because Claude Code protects what it touches",
      "it is a sensitive file",
      "policy: firstOf > allowList: no rule covers it",
      "rule: Bash(git *)",
      "MCP server: db from project",
    ]
  ) assertStringIncludes(terminal.drawn, text);
  terminal.type("n");
  await asking;
});

Deno.test("PermissionAsker: e edits the input, which is shown before it is allowed", async () => {
  const { request, answers } = asked({
    input: { command: "rm -rf /" },
    suggestions: [RULE],
  });
  const terminal = new FakeTerminal();
  const modes: boolean[][] = [];
  const given: string[] = [];
  const texts = [
    "{ no JSON",
    "[1]",
    '{"command": "curl x"}',
    '{"command":"rm -rf /"}',
    '{"command":"ls \u200b"}',
  ];
  const asker = new PermissionAsker({
    screen: terminal.terminal.screen,
    terminal: terminal.terminal,
    edit: (text) => {
      given.push(text);
      modes.push([...terminal.modes]);
      return Promise.resolve({ text: texts[given.length - 1] ?? "" });
    },
  });
  const asking = asker.ask(
    request,
    context({
      explain: (_, { command }) =>
        Promise.resolve({
          decision: `${command}`.startsWith("curl")
            ? { behavior: "deny", message: "no" }
            : undefined,
          by: [],
          reason: "curl is not allowed",
        }),
    }),
  );
  for (let round = 1; round <= texts.length; round++) {
    await terminal.shows("Allow?", round);
    terminal.type("e");
  }
  await terminal.shows("Allow?", texts.length + 1);
  assertEquals(answers, []);
  // The editor has the terminal as it was, and a bad text is there again.
  assertEquals(modes[0], [true, false]);
  assertEquals(JSON.parse(given[0] ?? ""), { command: "rm -rf /" });
  assertEquals(given.slice(1, 4), texts.slice(0, 3));
  for (
    const text of [
      "not used: it is no JSON: ",
      "not used: it is no JSON object",
      "not used: curl is not allowed",
      "Nothing was changed.",
      "With the edited input:\n",
      "command: ls <U+200B>\n",
    ]
  ) assertStringIncludes(terminal.drawn, text);
  terminal.type("ay");
  await asking;
  // No "always" if no rule was suggested.
  assertEquals(answers, [["allow", { input: { command: "ls \u200b" } }]]);
});

Deno.test("PermissionAsker: facts of the old input are not shown for an edited one", async () => {
  const { request, answers } = asked({
    toolName: "Write",
    input: { file_path: "/p/old", content: "x" },
    title: "Claude wants to write old with",
    description: "old words",
    blockedPath: "/outside/old",
    decisionReason: "old is outside",
    decisionReasonType: "workingDir",
    protectedNames: [".gitconfig"],
    suggestions: [RULE],
  });
  const terminal = new FakeTerminal();
  const asker = new PermissionAsker({
    screen: terminal.terminal.screen,
    terminal: terminal.terminal,
    edit: () =>
      Promise.resolve({ text: '{"file_path":"/p/.bashrc","content":"x"}' }),
  });
  const asking = asker.ask(request, context());
  await terminal.shows("Allow?");
  for (const text of ["/outside/old", "old is outside", ".gitconfig"]) {
    assertStringIncludes(terminal.drawn, text);
  }
  terminal.type("e");
  await terminal.shows("Allow?", 2);
  terminal.type("?");
  await terminal.shows("Allow?", 3);
  const edited = terminal.drawn.split("With the edited input:").at(-1) ?? "";
  assertStringIncludes(edited, "/p/.bashrc");
  assertStringIncludes(edited, "executed or trusted: .bashrc");
  for (const text of ["old", ".gitconfig", "outside", "working directories"]) {
    assert(!edited.includes(text), edited);
  }
  terminal.type("y");
  await asking;
  assertEquals(answers, [
    ["allow", { input: { file_path: "/p/.bashrc", content: "x" } }],
  ]);
});

Deno.test("PermissionAsker without anybody shows the question and says yes", async () => {
  const { request, answers } = asked();
  const terminal = new FakeTerminal();
  await new PermissionAsker({ screen: terminal.terminal.screen })
    .ask(request, context());
  assertEquals(answers, [["allow", undefined]]);
  assertStringIncludes(terminal.drawn, "why y\n");
});

const QUESTIONS = {
  questions: [{
    question: "Which?",
    options: [{ label: "red", description: "hot" }, { label: "blue" }],
    multiSelect: false,
  }],
};

Deno.test("PermissionAsker asks the questions of AskUserQuestion", async () => {
  const ask = async (keys: string): Promise<unknown[]> => {
    const { request, answers } = asked({
      toolName: "AskUserQuestion",
      input: QUESTIONS,
    });
    const terminal = new FakeTerminal();
    // Typed before the question: no answer.
    terminal.type("1\n");
    const asking = askerAt(terminal).ask(request, context());
    await terminal.shows("Number or a text: ");
    terminal.type(keys);
    await asking;
    assertEquals(terminal.modes, [true, false]);
    return answers;
  };
  const given = (answer: string): unknown => [[
    "allow",
    allow({ input: { ...QUESTIONS, answers: { "Which?": answer } } }),
  ]];
  assertEquals(await ask("2\r"), given("blue"));
  assertEquals(await ask("rexx\x7f\x7f\x7fd\r"), given("rd"));
  assertEquals(await ask("no\x15green\r"), given("green"));
  assertEquals(await ask("\r"), [["deny", "The user did not answer"]]);
  assertEquals(await ask("\x04"), [["deny", "The user did not answer"]]);
  assertEquals(await ask("x\x03"), []);
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
