// What a run shows at each level, on a screen and through a pipe.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { AssistantText, ToolUse } from "../../events/blocks.ts";
import type { ClaudeEvent } from "../../events/mod.ts";
import type { Result } from "../../messages/result.ts";
import type { Piece } from "../output/output.ts";
import { loadDiff } from "../question/edit_diff.ts";
import { Renderer, type RenderOptions } from "./render.ts";
import { renderSpans } from "./terminal.ts";

const PIPED: RenderOptions = {
  detail: "brief",
  isOneStream: false,
  isLive: false,
  quiet: false,
  columns: () => 60,
};
const SCREEN: RenderOptions = { ...PIPED, isOneStream: true, isLive: true };

const main = { parentToolUseId: null, raw: {} };

function text(value: string, messageId = "m1"): AssistantText {
  return {
    ...main,
    type: "assistant_text",
    text: value,
    messageId,
    index: 0,
    streamed: false,
  };
}

function delta(value: string, messageId = "m1"): ClaudeEvent {
  return {
    ...main,
    type: "stream_delta",
    eventType: "content_block_delta",
    deltaType: "text_delta",
    text: value,
    messageId,
    index: 0,
    event: {},
  };
}

function call(
  command: string,
  parentToolUseId: string | null = null,
): ClaudeEvent {
  return {
    ...main,
    parentToolUseId,
    type: "tool_use",
    toolUseId: command,
    name: "Bash",
    input: { command },
    index: 1,
    streamed: false,
    server: false,
  };
}

function outcome(command: string, said: string, isError = false): ClaudeEvent {
  return {
    ...main,
    type: "tool_result",
    toolUseId: command,
    toolName: "Bash",
    content: said,
    text: said,
    isError,
    durationMs: 1500,
    server: false,
  };
}

const result = {
  type: "result",
  subtype: "success",
  isError: false,
  stopReason: "end_turn",
  text: "",
} as Result;

/** What stdout gets, what stderr gets, and what a screen that shows both gets. */
function show(
  options: RenderOptions,
  events: readonly ClaudeEvent[],
  end: Result | undefined = result,
): { readonly out: string; readonly err: string; readonly screen: string } {
  const renderer = new Renderer(options);
  const pieces: Piece[] = events.flatMap((event) => renderer.take(event));
  pieces.push(...renderer.end(end));
  const pick = (wanted: readonly string[]): string =>
    pieces.filter(({ to }) => wanted.includes(to)).map((piece) =>
      piece.to === "stdout" ? piece.text : renderSpans(piece.spans, false)
    ).join("");
  return {
    out: pick(["stdout"]),
    err: pick(["stderr"]),
    screen: pick(["stdout", "stderr"]),
  };
}

Deno.test("Renderer: the answer goes to stdout as it is", () => {
  const { out, err } = show(PIPED, [delta("a\x1b"), delta("b\n")]);
  assertEquals(out, "a\x1bb\n");
  assertEquals(err, "");
});

Deno.test("Renderer prints a streamed block once", () => {
  const block: ClaudeEvent = { ...text("ab"), streamed: true };
  assertEquals(show(PIPED, [delta("a"), delta("b"), block]).out, "ab\n");
});

const turn = [
  text("One."),
  call("ls"),
  outcome("ls", "a\nb"),
  text("Two.", "m2"),
];

Deno.test("Renderer: brief gives a line for each tool", () => {
  const { out, err } = show(PIPED, turn);
  assertEquals(out, "One.\n\nTwo.\n");
  assertEquals(err, "✓ Bash ls  1.5 s\n");
});

Deno.test("Renderer: full gives the call and what came of it", () => {
  const { out, err } = show({ ...PIPED, detail: "full" }, turn);
  assertEquals(out, "One.\n\nTwo.\n");
  assertEquals(err, "● Bash ls\n✓ Bash  1.5 s\n  a\n  b\n");
});

Deno.test("Renderer: on a screen a running tool is told of when it is over, or never ends", () => {
  assertEquals(
    show(SCREEN, turn).screen,
    "One.\n✓ Bash ls  1.5 s\n\nTwo.\n",
  );
  const broken = show(SCREEN, [text("One."), call("ls")], undefined);
  assertEquals(broken.screen, "One.\n● Bash ls\n");
});

Deno.test("Renderer: on a screen an edit is a difference, unless a person was shown it", async () => {
  const diff = await loadDiff();
  const options = { ...SCREEN, diff: () => diff };
  const edit = (id: string, parent: string | null = null): ClaudeEvent => ({
    ...call(id, parent) as ToolUse,
    name: "Edit",
    input: { file_path: "a", old_string: "x\n", new_string: "y\n" },
  });
  const asked = { type: "permission_request", toolUseId: "b" } as ClaudeEvent;
  const agent: ClaudeEvent = { ...call("t", "s") as ToolUse, name: "Agent" };
  const { screen } = show(options, [
    edit("a"),
    outcome("a", ""),
    edit("b"),
    asked,
    outcome("b", ""),
    edit("c"),
    outcome("c", "no", true),
    call("s"),
    agent,
    edit("d", "t"),
    outcome("d", ""),
    outcome("t", ""),
    outcome("s", ""),
    text("Done."),
  ]);
  assertEquals(
    screen,
    "✓ Edit a  1.5 s\n  - x\n  + y\n✓ Edit a  1.5 s\n✗ Edit a  no\n" +
      "    ✓ Edit a  1.5 s\n      - x\n      + y\n" +
      "  ✓ Agent t  1.5 s\n✓ Bash s  1.5 s\nDone.\n",
  );
  // Elsewhere it is a line.
  assertEquals(
    show({ ...PIPED, diff: () => diff }, [edit("a"), outcome("a", "")]).err
      .split("\n")[0],
    "✓ Edit a  1.5 s",
  );
});

Deno.test("Renderer: a note in the middle of a block is no part of the answer", () => {
  const retry: ClaudeEvent = {
    raw: {},
    type: "api_retry",
    attempt: 1,
    maxRetries: 10,
    retryDelayMs: 500,
    errorStatus: 529,
    error: "overloaded",
  };
  const { out, screen } = show(SCREEN, [delta("a "), retry, delta("b")]);
  assertEquals(out, "a b\n");
  assertEquals(
    screen,
    "a \nthe API failed (overloaded, HTTP 529): retry 1 of 10 in 0.5 s\nb\n",
  );
});

Deno.test("Renderer: quiet leaves only the answer", () => {
  for (const detail of ["brief", "full"] as const) {
    const { out, err } = show({ ...SCREEN, detail, quiet: true }, turn);
    assertEquals(out, "One.\n\nTwo.\n");
    assertEquals(err, "");
  }
});

Deno.test("Renderer: what tools say stays harmless and on its line", () => {
  const said = "<tool_use_error>no\x1b[2J\nmore</tool_use_error>";
  const { err } = show(PIPED, [
    call("rm\n\x1b[31m x"),
    outcome("rm\n\x1b[31m x", said, true),
  ]);
  assertStringIncludes(err, "✗ Bash rm ␛[31m x  no␛[2J more\n");
});

Deno.test("Renderer: lines fit the terminal", () => {
  const long = "x".repeat(200);
  for (const detail of ["brief", "full"] as const) {
    const { err } = show({ ...PIPED, detail }, [
      call(long),
      outcome(long, long, true),
      text("Done."),
    ]);
    for (const line of err.split("\n")) {
      assertEquals(line.length < 60, true, line);
    }
  }
});

Deno.test("Renderer: a subagent's text is no answer, its tools are indented", () => {
  const inner: ClaudeEvent = {
    ...text("inner"),
    parentToolUseId: "t",
  };
  const { out, err } = show({ ...PIPED, detail: "full" }, [
    inner,
    call("ls", "t"),
    text("Done."),
  ]);
  assertEquals(out, "Done.\n");
  assertEquals(err, "  ● Bash ls\n");
});

Deno.test("Renderer: a local command answers in the result", () => {
  assertEquals(
    show(PIPED, [{ ...result, text: "Cost: 0" }]).out,
    "Cost: 0\n",
  );
});

Deno.test("Renderer says why there is no text", () => {
  const { out, err } = show(PIPED, []);
  assertEquals(out, "");
  assertEquals(
    err,
    'claudestream: the turn ended without any text: stop reason "end_turn"\n',
  );
});

Deno.test("Renderer ends the line of an answer that broke off", () => {
  const renderer = new Renderer(PIPED);
  renderer.take(delta("a"));
  assertEquals(renderer.end(undefined), [{ to: "stdout", text: "\n" }]);
});

Deno.test("Renderer tells what of a broken reply does not count", () => {
  const stop: ClaudeEvent = {
    ...main,
    type: "stream_delta",
    eventType: "message_stop",
    abandonedFrom: 0,
    event: {},
  };
  assertEquals(show(PIPED, [delta("a"), stop]).err, "");
  const start: ClaudeEvent = {
    ...main,
    type: "stream_delta",
    eventType: "message_start",
    messageId: "m2",
    event: {},
  };
  const again = show(PIPED, [delta("a"), stop, start, delta("b", "m2")]);
  assertMatch(again.out, /^a\n\nb\n$/);
  assertEquals(
    again.err,
    "the reply broke off: its last 1 characters do not count\n",
  );
  // What is written again in the same words is not printed again.
  const same = show(PIPED, [delta("a"), stop, start, delta("ab", "m2")]);
  assertEquals([same.out, same.err], ["ab\n", ""]);
});

Deno.test("Renderer: before a tool the line of the answer ends, where nothing is shared, too", () => {
  const events = [
    text("Let me look."),
    call("ls"),
    outcome("ls", "a"),
    text("It is there.", "m2"),
  ];
  const { out, screen } = show(PIPED, events);
  assertEquals(screen, "Let me look.\n✓ Bash ls  1.5 s\n\nIt is there.\n");
  assertEquals(out, "Let me look.\n\nIt is there.\n");
});

Deno.test("Renderer: a tool of the API's own breaks no sentence in a pipe of its own", () => {
  const search: ClaudeEvent = { ...call("q"), server: true } as ClaudeEvent;
  const events = [text("Ulm has "), search, text("126,000 people.")];
  assertEquals(show(PIPED, events).out, "Ulm has 126,000 people.\n");
});

Deno.test("Renderer: what became of the conversation is told, and is no empty answer", () => {
  const failed: ClaudeEvent = {
    type: "status",
    status: null,
    compactResult: "failed",
    compactError: "too few",
    raw: {},
  };
  const rows: readonly (readonly [readonly ClaudeEvent[], string, string])[] = [
    [
      [{ type: "conversation_reset", newConversationId: "x", raw: {} }],
      "",
      "the conversation was cleared: a new session begins\n",
    ],
    [
      [{
        type: "compact_boundary",
        trigger: "auto",
        preTokens: 180_000,
        postTokens: 2500,
        raw: {},
      }],
      "",
      "the conversation was compacted, as it was full: 180,000 tokens became 2,500\n",
    ],
    [[failed], "", "the conversation was not compacted: too few\n"],
    [[failed, text("too few")], "too few\n", ""],
    [
      [failed, text("Hello.")],
      "Hello.\n",
      "the conversation was not compacted: too few\n",
    ],
    [[], "", "claudestream: /model is done, and said nothing\n"],
  ];
  const end = { ...result, localCommand: "model" } as Result;
  for (const [events, out, err] of rows) {
    const shown = show(PIPED, events, end);
    assertEquals([shown.out, shown.err], [out, err]);
  }
});
