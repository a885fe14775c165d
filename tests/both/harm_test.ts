// A process that does harm with its bytes, or will not go, and a caller whose function
// throws: the turn is what it should be, soon; in both sessions.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  createMcpServer,
  defineTool,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

type Session = AsyncSession | SyncSession;

const SESSIONS: readonly (new (options: SyncSessionOptions) => Session)[] = [
  AsyncSession,
  SyncSession,
];

const MIB = 1024 * 1024;

function testBoth(
  name: string,
  scenario: Scenario,
  options: () => SyncSessionOptions,
  run: (session: Session, claude: ScriptedClaude) => Promise<void>,
): void {
  for (const Session of SESSIONS) {
    Deno.test(`${Session.name}: ${name}`, async () => {
      await using claude = await ScriptedClaude.create(scenario);
      const session = new Session({
        claudePath: claude.command,
        ...options(),
      });
      try {
        await run(session, claude);
      } finally {
        await session.close();
      }
    });
  }
}

for (const Session of SESSIONS) {
  Deno.test(`${Session.name}: a function for stderr that throws loses no line and no event`, async () => {
    const COUNT = 1_000;
    await using claude = await ScriptedClaude.create(step.conversation([
      [step.stderr("0123456789abcde\n", 16 * COUNT), step.text("one")],
      [step.stderr("the end\n"), step.text("two")],
    ]));
    const reported: unknown[] = [];
    const report = (event: ErrorEvent) => {
      event.preventDefault();
      reported.push(event.error);
    };
    const lines: string[] = [];
    const wrong = new Error("a mistake of the caller's");
    const session = new Session({
      claudePath: claude.command,
      stderr: (line) => {
        lines.push(line);
        throw wrong;
      },
    });
    globalThis.addEventListener("error", report);
    try {
      assertEquals((await session.ask("hi")).text, "one");
      assertEquals((await session.ask("hi")).text, "two");
      await session.close();
    } finally {
      await session.close();
      globalThis.removeEventListener("error", report);
    }
    assertEquals([lines.length, lines.at(-1)], [COUNT + 1, "the end"]);
    assertEquals(reported.length, COUNT + 1);
    assert(reported.every((error) => error === wrong));
  });
}

testBoth(
  "a line of 64 MiB is an event, and the next one is read",
  step.conversation([[
    step.line({ type: "invented" }, { paddingBytes: 64 * MIB }),
    step.text("x"),
  ], [step.text("second")]]),
  () => ({}),
  async (session) => {
    const lengths: number[] = [];
    using _ = session.on("unknown", ({ raw }) => {
      const { padding } = raw as { readonly padding?: string };
      if (padding !== undefined) lengths.push(padding.length);
    });
    assertEquals((await session.ask("hi")).text, "x");
    assertEquals(lengths, [64 * MIB]);
    assertEquals((await session.ask("again")).text, "second");
  },
);

testBoth(
  "the limit of a line is not that of all lines",
  step.conversation([[
    ...Array.from(
      { length: 64 },
      () => step.line({ type: "invented" }, { paddingBytes: MIB }),
    ),
    step.text("x"),
  ]]),
  () => ({ maxLineBytes: MIB + 1_000 }),
  async (session) => {
    let count = 0;
    using _ = session.on("unknown", ({ raw }) => {
      if (typeof raw === "object") count++;
    });
    assertEquals((await session.ask("hi")).text, "x");
    assertEquals(count, 64);
  },
);

/** A call of a tool of ours that comes long after the model's reply. */
const LATE_CALL = step.request({
  subtype: "mcp_message",
  server_name: "tools",
  message: {
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: { name: "late", arguments: { n: 5 } },
  },
}, { id: "late-call" });

const calls: number[] = [];

function withTool(): SyncSessionOptions {
  calls.length = 0;
  const late = defineTool({
    name: "late",
    description: "Is called late",
    input: v.object({ n: v.number() }),
    run: ({ n }) => {
      calls.push(n);
      return "done";
    },
  });
  return { mcpServers: { tools: createMcpServer({ tools: [late] }) } };
}

/** The answer to the call, as the process has it. */
function answer(claude: ScriptedClaude): unknown {
  return claude.received.find(({ type, response }) =>
    type === "control_response" &&
    (response as Readonly<Record<string, unknown>>).request_id === "late-call"
  )?.response;
}

const ANSWER = {
  subtype: "success",
  request_id: "late-call",
  response: {
    mcp_response: {
      jsonrpc: "2.0",
      id: 7,
      result: { content: [{ type: "text", text: "done" }] },
    },
  },
};

testBoth(
  "a tool is called after the result, by a task in the background",
  step.conversation([[
    step.background("a task", [step.pause(300), LATE_CALL]),
    step.text("x"),
  ]]),
  withTool,
  async (session, claude) => {
    const seen: unknown[] = [];
    using _ = session.on("result", () => seen.push(calls.length));
    await session.ask("hi");
    assertEquals([seen[0], calls], [0, [5]]);
    assertEquals(answer(claude), ANSWER);
  },
);

testBoth(
  "a tool is called after a first message that wants no answer",
  step.conversation([[], [LATE_CALL, step.text("x")]]),
  withTool,
  async (session, claude) => {
    const pushed = session.push("by the way", { query: false });
    assertEquals((await pushed.result()).numTurns, 0);
    assertEquals((await session.ask("hi")).text, "x");
    assertEquals(calls, [5]);
    assertEquals(answer(claude), ANSWER);
  },
);
