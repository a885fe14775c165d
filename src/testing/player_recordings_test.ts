// The scripted Claude writes what the real CLI wrote in the recordings.

import { assertEquals } from "@std/assert";
import {
  afterResult,
  answering,
  ASKING,
  BASE,
  blocked,
  both,
  BYPASS,
  initialize,
  interrupt,
  type Line,
  PARTIAL,
  type Play,
  play,
  prompt,
  touch,
} from "./_play.ts";
import * as step from "./steps.ts";

/** The names of all members that matter, of a line and of what it holds. */
function shape(line: Line): string {
  const keys = (value: unknown) =>
    typeof value === "object" && value !== null
      ? Object.keys(value).sort()
      : undefined;
  const content = line.message?.content;
  const event = line.event;
  return JSON.stringify({
    type: line.type,
    subtype: line.subtype,
    keys: keys(line),
    message: keys(line.message),
    block: Array.isArray(content) ? keys(content[0]) : typeof content,
    blockType: Array.isArray(content) ? content[0].type : undefined,
    event: event?.type,
    eventKeys: keys(event),
    eventBlock: keys(event?.content_block ?? event?.delta),
    eventMessage: keys(event?.message),
    request: line.request?.subtype,
    requestKeys: keys(line.request),
    response: line.response?.subtype,
    usage: keys(line.usage),
    result: line.type === "result"
      ? [line.is_error, line.num_turns, line.result, line.terminal_reason]
      : undefined,
    stop: line.type === "result" ? line.stop_reason : undefined,
    cost: line.total_cost_usd,
    lifecycle: line.state,
    meta: line.tool_result_meta?.map(({ id: _, ...meta }: Line) => meta),
    errors: line.errors,
    denials: line.permission_denials?.map((denial: Line) => denial.tool_name),
  });
}

async function recorded(name: string): Promise<readonly Line[]> {
  const file = new URL(
    `../../tests/transcripts/${name}.ndjson`,
    import.meta.url,
  );
  const text = await Deno.readTextFile(file);
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

const RECORDINGS: readonly (Play & {
  readonly name: string;
  /** How many lines are compared, when it is not all of them. */
  readonly lines?: number;
})[] = [
  {
    name: "2.1.330_01-text-partial",
    arguments: PARTIAL,
    scenario: step.conversation([
      [step.text("Hello there, friend.", { deltas: 3 })],
    ]),
    first: [prompt("hi")],
  },
  {
    name: "2.1.197_01-text-197",
    arguments: PARTIAL,
    scenario: {
      ...step.conversation([
        [step.text("Hello there, friend.", { deltas: 3 })],
        [step.text("Second.", { deltas: 3 })],
      ]),
    },
    first: [prompt("hi")],
    reply: afterResult(1, prompt("again")),
  },
  {
    name: "2.1.330_02-thinking",
    arguments: PARTIAL,
    scenario: step.conversation([[
      step.thinking("Let me think about this.", { deltas: 3 }),
      step.text("The answer is 4.", { deltas: 2 }),
    ]]),
    first: [prompt("hi")],
  },
  {
    name: "2.1.330_01-multi-turn",
    arguments: PARTIAL,
    scenario: step.conversation(
      ["First.", "Second.", "Third."].map((text) => [
        step.text(text, { deltas: 3 }),
      ]),
    ),
    first: [prompt("one")],
    reply: afterResult(2, prompt("more")),
  },
  {
    name: "2.1.330_01-queued-turns",
    arguments: BASE,
    scenario: step.conversation([
      [step.text("First.", { deltas: 4 })],
      [step.text("Second.", { deltas: 3 })],
    ]),
    first: [
      prompt("one", "11111111-1111-4111-8111-111111111111"),
      prompt("two", "22222222-2222-4222-8222-222222222222"),
      prompt("three", "33333333-3333-4333-8333-333333333333"),
    ],
  },
  {
    name: "2.1.330_03-tool-allow",
    arguments: [...ASKING, "--include-partial-messages"],
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("Bash", touch("touch made.txt && echo hi"), {
        asks: true,
        output: "hi",
        deltas: 2,
        ...blocked,
      }),
      step.text("Tool said hi.", { deltas: ["Tool ", "said ", "hi."] }),
    ]]),
    first: [prompt("go")],
    // The recorded request goes out while the message is still streaming, so
    // the answer may not be quicker than message_stop.
    reply: answering("can_use_tool", (request) => ({
      behavior: "allow",
      updatedInput: request.input,
    })),
  },
  {
    name: "2.1.330_03-tool-deny",
    arguments: ASKING,
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("Bash", touch("touch made.txt"), {
        asks: true,
        ...blocked,
      }),
      step.text("Denied, ok."),
    ]]),
    first: [prompt("go")],
    reply: answering("can_use_tool", () => ({
      behavior: "deny",
      message: "Not on my watch",
    })),
  },
  {
    name: "2.1.330_03-tool-deny-interrupt",
    arguments: ASKING,
    scenario: step.conversation([
      [
        step.text("Calling it."),
        step.toolCall("Bash", touch("touch made.txt"), {
          asks: true,
          ...blocked,
        }),
      ],
      [step.text("Still alive.")],
    ]),
    first: [prompt("go")],
    reply: both(
      answering("can_use_tool", () => ({
        behavior: "deny",
        message: "Stop",
        interrupt: true,
      })),
      afterResult(1, prompt("again")),
    ),
  },
  {
    name: "2.1.330_03-tool-parallel",
    arguments: ASKING,
    scenario: step.conversation([[
      step.text("Both."),
      step.toolCalls(["a", "b"].map((name) => ({
        name: "Bash",
        input: { command: `touch ${name}; echo ${name}`, description: name },
        asks: true,
        output: name,
        ...blocked,
      }))),
      step.text("Both done."),
    ]]),
    first: [prompt("go")],
    reply: answering("can_use_tool", () => ({ behavior: "allow" })),
  },
  {
    name: "2.1.330_03-tool-no-prompt-tool",
    arguments: BASE,
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("Bash", touch("touch made.txt"), { asks: true }),
      step.text("after"),
    ]]),
    first: [prompt("go")],
  },
  {
    name: "2.1.330_03-tool-no-answer-interrupt",
    arguments: ASKING,
    scenario: step.conversation([
      [
        step.text("Calling it."),
        step.toolCall("Bash", touch("touch made.txt"), {
          asks: true,
          ...blocked,
        }),
      ],
      [step.text("Still alive.")],
    ]),
    first: [prompt("go")],
    reply: both(
      (line) => line.type === "control_request" ? [interrupt()] : [],
      afterResult(1, prompt("again")),
    ),
  },
  {
    name: "2.1.330_05-hook-pretool-deny",
    arguments: ASKING,
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("Bash", touch("touch made.txt"), { asks: true }),
      step.text("Done."),
    ]]),
    first: [
      initialize({
        hooks: { PreToolUse: [{ matcher: "Bash", hookCallbackIds: ["h"] }] },
      }),
      prompt("go"),
    ],
    reply: answering("hook_callback", () => ({
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "hook says no",
      },
    })),
  },
  {
    name: "2.1.330_06-mcp-sdk",
    lines: 12,
    arguments: ASKING,
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("mcp__calc__add", { a: 2, b: 3 }, { asks: true }),
      step.text("Five."),
    ]]),
    first: [initialize({ sdkMcpServers: ["calc"] }), prompt("go")],
    reply: both(
      answering("can_use_tool", () => ({ behavior: "allow" })),
      answering("mcp_message", ({ message }) => ({
        mcp_response: {
          jsonrpc: "2.0",
          id: message.id ?? 0,
          result: message.method === "tools/list"
            ? { tools: [{ name: "add" }] }
            : { content: [], structuredContent: { sum: 5 } },
        },
      })),
    ),
  },
  {
    name: "2.1.330_07-interrupt-stream",
    arguments: PARTIAL,
    scenario: step.conversation([
      [step.text("Hello there. ", {
        repeat: 40,
        during: { after: 5, steps: [step.gate("streaming")] },
      })],
      [step.text("Second.", { deltas: 3 })],
    ]),
    first: [prompt("hi")],
    reply: afterResult(1, prompt("again")),
    atGate: () => [interrupt()],
  },
  {
    name: "2.1.330_07-user-mid-turn-tool",
    arguments: BYPASS,
    scenario: step.conversation([[
      step.text("Calling it."),
      step.toolCall("Bash", touch("sleep 2; echo slept"), {
        output: "slept",
        running: [step.gate("running")],
      }),
      step.text("after tool"),
    ]]),
    first: [prompt("one", "11111111-1111-4111-8111-111111111111")],
    atGate: () => [prompt("two", "22222222-2222-4222-8222-222222222222")],
    reply: () => [],
  },
  {
    name: "2.1.330_08-http-403",
    arguments: BASE,
    scenario: step.conversation([[
      step.apiError(
        403,
        "authentication_failed",
        "Failed to authenticate. API Error: 403 mock 403",
        { errorType: "permission_error" },
      ),
    ]]),
    first: [prompt("hi")],
  },
  {
    name: "2.1.330_16-interrupt-tool",
    arguments: BYPASS,
    scenario: step.conversation([
      [
        step.text("Calling it."),
        step.toolCall("Bash", touch("tail -f /dev/null"), {
          running: [step.gate("running")],
        }),
      ],
      [step.text("Second.")],
    ]),
    first: [prompt("hi")],
    reply: afterResult(1, prompt("again")),
    atGate: () => [interrupt()],
  },
];

for (const { name, lines: count, ...options } of RECORDINGS) {
  Deno.test(`Player writes the lines of ${name}`, async () => {
    const [version = ""] = name.split("_");
    const scenario = { ...options.scenario, version };
    const { lines } = play({ ...options, scenario });
    const expected = (await recorded(name)).slice(0, count);
    assertEquals(lines.map(shape), expected.map(shape));
  });
}
