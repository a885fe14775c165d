// Tools of the host in sessions over the scripted Claude.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  ConfigError,
  createMcpServer,
  defineTool,
  type SessionOptions,
  StartupError,
  type ToolContext,
} from "../mod.ts";
import type { Json } from "../src/testing/scenario.ts";
import { ScriptedClaude } from "../src/testing/scripted_claude.ts";
import type { Scenario } from "../src/testing/scenario.ts";
import * as step from "../src/testing/steps.ts";

const NO_INPUT = v.object({});

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => `${a + b}`,
});

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

Deno.test("a tool is called with typed input and its text is the result", async () => {
  await using on = await pair(
    step.conversation([[step.toolCall("mcp__tools__add", { a: 2, b: 3 })]]),
    { tools: [add] },
  );
  const results = (await Array.fromAsync(on.session.send("go")))
    .filter((event) => event.type === "tool_result");
  assertEquals(results.map(({ text, isError }) => [text, isError]), [
    ["5", false],
  ]);
  const initialize = on.claude.received[0]?.request;
  assertEquals(initialize, { subtype: "initialize", sdkMcpServers: ["tools"] });
});

Deno.test("the MCP handshake is answered while ours is pending", async () => {
  await using on = await pair(step.conversation([[step.text("hi")]]), {
    tools: [add],
    mcpServers: { other: createMcpServer({ tools: [add] }) },
  });
  await on.session.start();
  await on.session.ask("go");
  assertEquals(on.session.tools.filter((name) => name.startsWith("mcp__")), [
    "mcp__tools__add",
    "mcp__other__add",
  ]);
  // Three messages for each server: the notification is answered, too.
  assertEquals(
    responses(on.claude).map(({ subtype }) => subtype),
    Array(6).fill("success"),
  );
});

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

Deno.test("progress goes to the CLI", async () => {
  const told = defineTool({
    name: "told",
    description: "Tells its progress",
    input: NO_INPUT,
    run: (_input, ctx) => {
      ctx.progress(0.5, "half");
    },
  });
  await using on = await pair(
    step.conversation([[step.toolCall("mcp__tools__told", {})]]),
    { tools: [told] },
  );
  await on.session.send("go").result();
  const notified = on.claude.received.map((line) => line.request)
    .find((request) =>
      (request as Record<string, unknown> | undefined)?.subtype ===
        "mcp_message"
    );
  assertEquals<unknown>(notified, {
    subtype: "mcp_message",
    server_name: "tools",
    message: {
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: 2, progress: 0.5, total: 1, message: "half" },
    },
  });
});

Deno.test("one tool serves 20 sessions, each with its own context", async () => {
  const who = defineTool({
    name: "who",
    description: "Tells the user",
    input: NO_INPUT,
    run: (_input, { context, session }: ToolContext<{ name: string }>) =>
      `${context.name} in ${session.id}`,
  });
  const server = createMcpServer({ tools: [who] });
  const claude = await ScriptedClaude.create({
    processes: Array.from({ length: 20 }, () => ({
      turns: [[step.toolCall("mcp__users__who", {})]],
    })),
  });
  const texts = await Promise.all(Array.from({ length: 20 }, async (_, n) => {
    await using session = new AsyncSession({
      claudePath: claude.command,
      mcpServers: { users: server },
      toolContext: { name: `user ${n}` },
    });
    let text: string | undefined;
    for await (const event of session.send("who?")) {
      if (event.type === "tool_result") text = event.text;
    }
    return text === `user ${n} in ${session.id}`;
  }));
  await claude.close();
  assertEquals(texts, Array(20).fill(true));
});

Deno.test("invalid input and throws are errors, and the turn goes on", async () => {
  const boom = defineTool({
    name: "boom",
    description: "Throws",
    input: NO_INPUT,
    run: () => Promise.reject(new Error("it broke")),
  });
  await using on = await pair(
    step.conversation([[
      step.toolCall("mcp__tools__add", { a: "x" }),
      step.toolCall("mcp__tools__boom", {}),
      step.text("went on"),
    ]]),
    { tools: [add, boom] },
  );
  const events = await Array.fromAsync(on.session.send("go"));
  const results = events.filter((event) => event.type === "tool_result");
  assertEquals(results.map(({ isError }) => isError), [true, true]);
  assertStringIncludes(results[0]?.text ?? "", "a: Invalid type");
  assertStringIncludes(results[0]?.text ?? "", "b: Invalid key");
  assertEquals(results[1]?.text, "it broke");
  const ends = events.filter((event) =>
    event.type === "tool_call" && event.phase === "end"
  );
  assertEquals(
    ends.map((event) => event.type === "tool_call" && event.isError),
    [true, true],
  );
  assert(events.some((event) => event.type === "assistant_text"));
});

Deno.test("a result of 5 MB arrives whole", async () => {
  const big = defineTool({
    name: "big",
    description: "Big",
    input: NO_INPUT,
    run: () => "x\n".repeat(2_500_000),
  });
  await using on = await pair(
    step.conversation([[step.toolCall("mcp__tools__big", {})]]),
    { tools: [big] },
  );
  let length = 0;
  for await (const event of on.session.send("go")) {
    if (event.type === "tool_result") length = event.text.length;
  }
  assertEquals(length, 5_000_000);
});

Deno.test("a tool that cannot be told to the model fails the start", async () => {
  const dated = defineTool({
    name: "dated",
    description: "Wants a date",
    input: v.object({ at: v.date() }),
    run: () => "",
  });
  await using on = await pair(step.conversation([]), { tools: [dated] });
  const error = await assertRejects(() => on.session.ask("go"), ConfigError);
  assertStringIncludes(error.message, '"dated"');
  assertEquals(on.claude.starts.length, 0);
});

Deno.test("a server that is not there is refused, not left to wait", async () => {
  await using on = await pair(
    step.conversation([[
      step.request(mcp({ id: 1, method: "tools/list" }, "elsewhere"), {
        id: "asked",
      }),
      step.text("done"),
    ]]),
    { tools: [add] },
  );
  await on.session.ask("go");
  const answer = responses(on.claude).find(({ request_id }) =>
    request_id === "asked"
  );
  assertEquals(answer?.subtype, "error");
});

Deno.test("a tool that the first turn does not offer ends the session", async () => {
  await using on = await pair(
    step.conversation([[step.gate("never")]], {
      init: {
        tools: ["Bash"],
        mcp_servers: [{ name: "tools", status: "failed" }],
      },
    }),
    { tools: [add] },
  );
  const error = await assertRejects(() => on.session.ask("go"), StartupError);
  assertEquals(
    [error.reason, error.code, error.message],
    [
      "tools_missing",
      "startup",
      'The CLI does not offer these tools to the model: "mcp__tools__add": the server "tools" is failed',
    ],
  );
  assertEquals(on.session.state, "dead");
});

Deno.test("a tool that the caller does not want is not missed", async () => {
  for (const rule of ["mcp__tools__add", "mcp__tools", "mcp__tools__*"]) {
    await using on = await pair(
      step.conversation([[step.text("hi")]], { init: { tools: ["Bash"] } }),
      { tools: [add], disallowedTools: [rule] },
    );
    assertEquals((await on.session.ask("go")).text, "hi");
  }
});
