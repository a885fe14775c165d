// What every renderer draws, at 40, 80 and 200 columns: fixtures/screens has the screens for people
// to look at. After a change, write them again with
// `deno test -A src/cli/screens_test.ts -- --update`, and read the difference.

import { assert, assertEquals } from "@std/assert";
import { pathOf } from "../../scripts/_files.ts";
import { NO_TOKENS } from "../decode/usage.ts";
import { type ClaudeEvent, EVENT_TYPES } from "../events/mod.ts";
import type { WireObject } from "../messages/_define.ts";
import { event } from "../testing/mod.ts";
import { aheadView, editorView, sentLines } from "./editor/editor_view.ts";
import { Activity } from "./live/activity.ts";
import { figuresLines } from "./live/figures_line.ts";
import { type Line, lineWidth } from "./live/live_region.ts";
import { highlight } from "./markdown/highlight.ts";
import { MarkdownStream } from "./markdown/markdown_stream.ts";
import { loadDiff } from "./question/edit_diff.ts";
import { questionLines } from "./question/question_text.ts";
import { Renderer } from "./text/render.ts";
import { contextText, costText, mcpText, planText } from "./repl/facts_text.ts";
import { commandsText } from "./repl/repl_command.ts";
import { REPL_COMMANDS } from "./repl/repl_commands.ts";
import { SessionPicker } from "./sessions/session_picker.ts";
import { renderSpans, type Span, widthOf } from "./text/terminal.ts";

const WIDTHS = [40, 80, 200];
const diff = await loadDiff();

const MARKDOWN = `# A title with \`code\`

A paragraph with **bold**, *italic*, ~~gone~~, a [link](https://example.com/a/long/path) and
words enough to be broken in any window that a person has open, 漢字漢字漢字漢字 and 👩‍👩‍👧.

- one
  - nested, **bold**
- two

1. first
2. second

> a quotation

\`\`\`ts
const answer: number = 42; // a line of code that is longer than the narrow window
\`\`\`

| Name | What it is |
| --- | ---: |
| a | the first letter of the alphabet |
| 漢字 | wide |

---

The end, \u001b[2J\u202eharmless.
`;

function called(
  name: string,
  input: WireObject,
  text: string,
  more: { readonly isError?: boolean; readonly parent?: string } = {},
): ClaudeEvent[] {
  const { isError = false, parent } = more;
  const fields = parent === undefined ? {} : { parentToolUseId: parent };
  const use = event.toolUse(name, input, fields);
  return [use, event.toolResult(use, text, { isError, ...fields })];
}

/** Turns, by what is to be seen in them. */
const agent = event.toolUse("Agent", { description: "Look around" });
const TURNS: Readonly<Record<string, readonly ClaudeEvent[]>> = {
  "Markdown": [event.assistantText(MARKDOWN)],
  "tools": [
    event.thinking("Let me see."),
    event.assistantText("I look.\n"),
    ...called("Bash", {
      command: `git log --oneline ${"--very-long ".repeat(20)}`,
    }, "a\nb\nc"),
    ...called(
      "Bash",
      { command: "cat /bin/true" },
      "\x7fELF\x00\x01\x1b[31m\x9b",
    ),
    ...called("Read", { file_path: "/none" }, "there is no such file", {
      isError: true,
    }),
    event.assistantText("Done."),
  ],
  "an edit, a list of tasks, a plan": [
    ...called("Edit", {
      file_path: "/work/a.ts",
      old_string: "one\ntwo\nthree",
      new_string: `one\n2\nthree ${"and more ".repeat(12)}`,
    }, "ok"),
    ...called("TodoWrite", {
      todos: [
        { content: "First", status: "completed" },
        { content: "Second, which is long ".repeat(5), status: "in_progress" },
        { content: "Third", status: "pending" },
      ],
    }, "ok"),
    ...called("ExitPlanMode", { plan: "# Plan\n\n1. Do it\n" }, "ok"),
    event.assistantText("Changed."),
  ],
  "a subagent": [
    agent,
    ...called("Grep", { pattern: "x" }, "none", { parent: agent.toolUseId }),
    event.toolResult(agent, "found nothing"),
    event.assistantText("Nothing."),
  ],
};

/** Draws a turn as a terminal shows it, once it is over. */
function turnText(
  events: readonly ClaudeEvent[],
  columns: number,
  detail: "full" | "brief",
): string {
  const renderer = new Renderer({
    detail,
    isOneStream: true,
    isLive: true,
    quiet: false,
    columns: () => columns,
    diff: () => diff,
  });
  const stream = new MarkdownStream(() => columns);
  stream.highlight = highlight;
  let screen = "";
  const add = (lines: readonly Line[]) => {
    screen += lines.map((line) => `${renderSpans(line, false)}\n`).join("");
  };
  const print = (pieces: ReturnType<Renderer["take"]>) => {
    for (const piece of pieces) {
      if (piece.to === "stdout") {
        stream.push(piece.text);
        add(stream.finished());
      } else if (renderSpans(piece.spans, false) !== "\n") {
        add(stream.end(true));
        screen += renderSpans(piece.spans, false);
      } else add(stream.end(false));
    }
  };
  for (const event of events) print(renderer.take(event));
  print(renderer.end(event.result()));
  add(stream.end(true));
  return screen;
}

const NOW = new Date(2026, 0, 5, 13, 7).getTime();

function activityLines(columns: number): readonly Line[] {
  const activity = new Activity(NOW, "starting");
  const lines = [...activity.lines(NOW, columns, false)];
  activity.take(
    event.toolUse("Bash", { command: "sleep 100; ".repeat(20) }),
    NOW,
  );
  return [...lines, ...activity.lines(NOW + 65_000, columns, false)];
}

/** What is drawn besides turns. */
const PARTS: Readonly<
  Record<string, (columns: number) => Promise<string> | string>
> = {
  "what happens, and the figures below it": (columns) =>
    text([
      ...activityLines(columns),
      ...figuresLines({
        id: "0b5f1c9e-7d1a-4c55-9d57-3f0c8a1b2c3d",
        model: "claude-sonnet-4-5",
        totalCostUsd: 0.5,
        usage: { ...NO_TOKENS, inputTokens: 12_345 },
      }, columns),
    ]),
  "the line that is edited": (columns) =>
    text(
      editorView(`a prompt ${"漢字 👩‍👩‍👧 ".repeat(8)}\n\x1b[2J`, 3, columns, 20, {
        query: "prompt",
        at: 1,
        draft: "",
      }).lines,
    ),
  "typed ahead": (columns) =>
    text(
      aheadView(["first\nof two", "x".repeat(300)], "half", 4, columns)
        ?.lines ??
        [],
    ),
  "a prompt that was sent": () => text(sentLines("one\ntwo")),
  "a question": async (columns) =>
    text(
      await questionLines(
        event.permissionRequest("Bash", {
          command: `git status${" ".repeat(60)}; touch X`,
          description: "Looks",
        }),
        columns,
      ),
    ),
  "the choice of a session": (columns) =>
    text(
      new SessionPicker(["Plan the trip", "漢字 \x1b[2J"].map((label, at) => ({
        id: `${at}b5f1c9e`,
        label,
        firstPrompt: "Where to? ".repeat(12),
        cwd: "/work",
        modifiedAt: new Date(NOW),
        sizeBytes: 1,
        path: "",
      }))).view(columns, 20).lines,
    ),
  "facts": (columns) =>
    costText({ turnCount: 2, totalCostUsd: 0.1, usage: NO_TOKENS }) +
    contextText({
      categories: [{ name: "Messages", tokens: 2000 }],
      totalTokens: 2000,
      maxTokens: 200_000,
      percentage: 1,
      model: "m",
      memoryFiles: [],
      mcpTools: [],
      agents: [],
      skills: [],
      apiUsage: null,
    }, columns) +
    planText({
      totalCostUsd: 0,
      subscriptionType: "max",
      rateLimitsAvailable: true,
      rateLimits: { five_hour: { utilization: 41.6, resetsAt: null } },
      behaviors: null,
    }) +
    mcpText(
      [{ name: "db", status: "failed", error: "x ".repeat(99) }],
      columns,
    ),
};

function text(lines: readonly (readonly Span[])[]): string {
  return lines.map((line) => `${renderSpans(line, false)}\n`).join("");
}

async function screens(columns: number): Promise<string> {
  const parts: [string, string][] = [];
  for (const [name, events] of Object.entries(TURNS)) {
    for (const detail of ["brief", "full"] as const) {
      parts.push([`${name}, ${detail}`, turnText(events, columns, detail)]);
    }
  }
  for (const [name, draw] of Object.entries(PARTS)) {
    parts.push([name, await draw(columns)]);
  }
  return parts.map(([name, screen]) => `== ${name}\n${screen}`).join("\n");
}

const isUpdate = Deno.args.includes("--update");

for (const columns of WIDTHS) {
  Deno.test(`screens: ${columns} columns`, async () => {
    const path = pathOf(
      new URL(`./fixtures/screens/${columns}.txt`, import.meta.url),
    );
    const drawn = await screens(columns);
    for (const line of drawn.split("\n")) {
      assert(line.startsWith("== ") || widthOf(line) < columns, line);
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(line), line);
    }
    if (isUpdate) await Deno.writeTextFile(path, drawn);
    assertEquals(drawn, await Deno.readTextFile(path));
  });
}

Deno.test("screens: the help of the repl fits 100 columns", () => {
  for (const line of commandsText(REPL_COMMANDS).split("\n")) {
    assert(lineWidth([line]) < 100, line);
  }
});

Deno.test("screens: an event of any type draws no control character, however little is in it", () => {
  for (const type of EVENT_TYPES) {
    const event = {
      type,
      parentToolUseId: null,
      raw: "\x1b[2J",
      text: "\x1b[2J",
      message: "\x1b[2J",
      name: "\x1b[2J",
      input: { command: "\x1b[2J" },
      toolUseId: "\x1b[2J",
      toolName: "\x1b[2J",
      isError: true,
      status: "\x1b[2J",
      usage: {},
      retryDelayMs: 1,
      // A table over all types: what a type lacks of its fields does not matter here.
    } as unknown as ClaudeEvent;
    for (const detail of ["full", "brief"] as const) {
      const screen = turnText([event], 80, detail);
      assertEquals(screen.includes("\x1b"), false, type);
    }
  }
});
