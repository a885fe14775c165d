// Tools of the host that take their time, and one tool in many sessions. What takes no time
// is in scenarios_tools_test.ts.

import { assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  type ClaudeEvent,
  createMcpServer,
  defineTool,
  type SessionOptions,
  SyncSession,
  type ToolContext,
} from "../../mod.ts";
import {
  collect,
  type Json,
  type Scenario,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";

const NO_INPUT = v.object({});

/** A stand-in and a session over it, both closed at the end. */
async function pair(scenario: Scenario, options: SessionOptions) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new AsyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

/** A message for a server in the host. */
function mcp(message: Record<string, Json>, server = "tools") {
  return {
    subtype: "mcp_message",
    server_name: server,
    message: { jsonrpc: "2.0", ...message },
  };
}

/** A call of a tool, beside those that the turn waits for. */
function call(id: number, name: string, input: Record<string, Json> = {}) {
  const params = {
    name,
    arguments: input,
    _meta: { "claudecode/toolUseId": `toolu_${id}`, progressToken: id },
  };
  return step.request(mcp({ id, method: "tools/call", params }), {
    id: `call-${id}`,
    wait: false,
  });
}

/** Ids of the requests that were answered, in this order, of those whose id begins so. */
function answered(claude: ScriptedClaude, prefix: string): string[] {
  return responses(claude).map(({ request_id }) => `${request_id}`).filter(
    (id) => id.startsWith(prefix),
  );
}

function responses(claude: ScriptedClaude) {
  return claude.received.filter(({ type }) => type === "control_response")
    .map((line) => line.response as Record<string, unknown>);
}

Deno.test("20 calls at once are answered in the order in which they end", async () => {
  const gates = Array.from({ length: 20 }, () => Promise.withResolvers<void>());
  let running = 0;
  const all = Promise.withResolvers<void>();
  const wait = defineTool({
    name: "wait",
    description: "Waits",
    input: v.object({ n: v.number() }),
    run: async ({ n }) => {
      if (++running === gates.length) all.resolve();
      await gates[n]?.promise;
      gates[n - 1]?.resolve();
      return `${n}`;
    },
  });
  await using on = await pair(
    step.conversation([[
      ...gates.map((_, n) => call(n, "wait", { n })),
      step.gate("called"),
      step.text("done"),
    ]]),
    { tools: [wait] },
  );
  const turn = on.session.send("go");
  await all.promise;
  const ended = Promise.withResolvers<void>();
  let ends = 0;
  using _ = on.session.on("tool_call", ({ phase }) => {
    if (phase === "end" && ++ends === gates.length) ended.resolve();
  });
  gates.at(-1)?.resolve();
  await ended.promise;
  await on.claude.release("called");
  await turn.result();
  assertEquals(
    answered(on.claude, "call-"),
    gates.map((_, n) => `call-${n}`).reverse(),
  );
});

Deno.test("a call is cancelled by a notification, and by its withdrawal", async () => {
  const reasons: string[] = [];
  let aborted = Promise.withResolvers<void>();
  const never = defineTool({
    name: "never",
    description: "Never ends",
    input: NO_INPUT,
    run: (_input, ctx) => {
      ctx.signal.addEventListener("abort", () => {
        reasons.push(`${ctx.toolUseId}: ${ctx.signal.reason.message}`);
        aborted.resolve();
      });
      // The call is under way for the other side, too.
      ctx.progress("waiting");
      return new Promise<string>(() => {});
    },
  });
  const cancelled = { requestId: 1, reason: "interrupted" };
  await using on = await pair(
    step.conversation([[
      call(1, "never"),
      step.gate("first"),
      step.request(mcp({
        method: "notifications/cancelled",
        params: cancelled,
      })),
      call(2, "never"),
      step.gate("second"),
      step.cancelRequest("call-2"),
      step.gate("third"),
    ]]),
    { tools: [never] },
  );
  const started = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listening = on.session.on("tool_call", ({ phase }) => {
      if (phase !== "progress") return;
      listening[Symbol.dispose]();
      resolve();
    });
    return promise;
  };
  let running = started();
  const turn = on.session.send("go");
  await running;
  await on.claude.release("first");
  await aborted.promise;
  aborted = Promise.withResolvers();
  running = started();
  await running;
  await on.claude.release("second");
  await aborted.promise;
  await on.claude.release("third");
  await turn.result();
  assertEquals(reasons, [
    "toolu_1: The call was cancelled",
    "toolu_2: The request was withdrawn",
  ]);
  assertEquals(answered(on.claude, "call-"), ["call-1"]);
});

for (const Session of [AsyncSession, SyncSession]) {
  Deno.test(`${Session.name}: one tool serves 20 sessions, each with its own context`, async () => {
    const who = defineTool({
      name: "who",
      description: "Tells the user",
      input: NO_INPUT,
      run: (_input, { context, session }: ToolContext<{ name: string }>) =>
        `${context.name} in ${session.id}`,
    });
    const server = createMcpServer({ tools: [who] });
    await using claude = await ScriptedClaude.create({
      processes: Array.from({ length: 20 }, () => ({
        turns: [[step.toolCall("mcp__users__who", {})]],
      })),
    });
    const sessions = Array.from({ length: 20 }, (_, n) =>
      new Session({
        claudePath: claude.command,
        mcpServers: { users: server },
        toolContext: { name: `user ${n}` },
      }));
    try {
      // All of them run before the first is read.
      const turns = sessions.map((session) => session.send("who?"));
      for (const [n, turn] of turns.entries()) {
        const texts = (await Array.fromAsync<ClaudeEvent>(turn)).flatMap((
          event,
        ) => event.type === "tool_result" ? [event.text] : []);
        assertEquals(texts, [`user ${n} in ${sessions[n]?.id}`]);
      }
    } finally {
      for (const session of sessions) await session.close();
    }
  });
}

Deno.test("a call of a tool that a server of the host does not have is an error, as with the real CLI", async () => {
  const add = defineTool({
    name: "add",
    description: "Adds",
    input: NO_INPUT,
    run: () => "sum",
  });
  const scenario = step.conversation([[
    step.toolCall("mcp__tools__ad", {}),
    step.toolCall("mcp__tools__ad", {}, { output: "written by hand" }),
    step.toolCall("mcp__others__ad", {}),
  ]]);
  const { session, ...pairs } = await pair(scenario, { tools: [add] });
  await using _ = pairs;
  const { toolCalls } = await collect(session.send("x"));
  const missing =
    "<tool_use_error>Error: No such tool available: mcp__tools__ad</tool_use_error>";
  assertEquals(toolCalls.map(({ output, isError }) => [output, isError]), [
    [missing, true],
    ["written by hand", false],
    ["", false],
  ]);
});
