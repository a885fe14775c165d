// Tools in a SyncSession: what holds for a blocking session only.

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as v from "valibot";
import {
  ConfigError,
  createMcpServer,
  defineTool,
  type LateToolOutput,
  printPromptSync,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  type Tool,
  type ToolContext,
} from "../../mod.ts";
import {
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";

const NO_INPUT = v.object({});

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => a + b,
});

/** A tool without input. */
function tool<Output extends LateToolOutput>(
  name: string,
  run: (ctx: ToolContext) => Output,
) {
  return defineTool({
    name,
    description: "",
    input: NO_INPUT,
    run: (_input, ctx: ToolContext) => run(ctx),
  });
}

/** A stand-in and a session over it, both closed at the end. */
async function pair(scenario: Scenario, options: SyncSessionOptions) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new SyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      session.close();
      await claude.close();
    },
  };
}

function results(session: SyncSession, prompt = "go"): [string, boolean][] {
  return [...session.send(prompt)].flatMap((event) =>
    event.type === "tool_result" ? [[event.text, event.isError]] : []
  );
}

const late = tool("late", () => Promise.resolve("late"));
const lateSchema = {
  ...add,
  name: "checked",
  input: {
    "~standard": {
      ...add.input["~standard"],
      validate: (value: unknown) => Promise.resolve({ value }),
    },
  },
};

Deno.test("a promise of a tool or its schema is an error to the model, and a ConfigError", async () => {
  const given: [string, string, SyncSessionOptions][] = [
    // @ts-expect-error: a promise is no result of a blocking session's tool
    ["late", "tools.late", { tools: [add, late] }],
    ["checked", "tools.checked.input", { tools: [add, lateSchema] }],
    ["late", "mcpServers.tools.late", {
      // @ts-expect-error: nor is it one in a server
      mcpServers: { tools: createMcpServer({ tools: [add, late] }) },
    }],
  ];
  for (const [name, path, options] of given) {
    const turn: TurnScript = [
      step.toolCall(`mcp__tools__${name}`, { a: 1, b: 1 }),
      step.silence(),
    ];
    await using on = await pair(
      step.conversation([turn, [
        step.toolCall("mcp__tools__add", { a: 1, b: 1 }),
        step.text("second"),
      ]]),
      options,
    );
    const error = assertThrows(() => [...on.session.send("go")], ConfigError);
    assertEquals(error.option, path.split(".")[0]);
    assertStringIncludes(error.message, `"${path}" has to answer at once`);
    assertEquals(results(on.session, "again"), [["2", false]]);
    const answers = on.claude.received.map((line) => JSON.stringify(line))
      .filter((line) => line.includes("has to answer at once"));
    assertEquals(answers.length, 1);
    assertStringIncludes(answers[0] ?? "", '"isError":true');
  }
});

Deno.test("what cannot answer at once is a ConfigError before anything starts", () => {
  const async = defineTool({
    name: "async",
    description: "",
    input: NO_INPUT,
    run: async () => await Promise.resolve("x"),
  });
  const either: Tool<never, unknown, string | Promise<string>> = async;
  const ready = { connect: () => Promise.resolve() };
  const given: [string, string, () => SyncSession][] = [
    // @ts-expect-error: async
    ["tools", "tools.async", () => new SyncSession({ tools: [async] })],
    [
      "mcpServers",
      "mcpServers.x.async",
      () =>
        new SyncSession({
          // @ts-expect-error: async
          mcpServers: { x: createMcpServer({ tools: [async] }) },
        }),
    ],
    [
      "tools",
      "tools.t.input",
      () =>
        new SyncSession({
          tools: [defineTool({
            name: "t",
            description: "",
            input: v.objectAsync({}),
            run: () => "",
          })],
        }),
    ],
    // @ts-expect-error: servers of the official SDK need promises
    ["mcpServers", '"x"', () => new SyncSession({ mcpServers: { x: ready } })],
    [
      "mcpServers",
      '"x"',
      // @ts-expect-error: as do those that a function makes
      () => new SyncSession({ mcpServers: { x: () => ready } }),
    ],
    // @ts-expect-error: what may take time may not
    ["tools", "tools.async", () => new SyncSession({ tools: [either] })],
  ];
  for (const [option, name, make] of given) {
    const error = assertThrows(make, ConfigError);
    assertEquals(error.option, option);
    assertStringIncludes(error.message, name);
  }
});

Deno.test("tools of every result are taken, together and in a server, with their context", async () => {
  interface Shop {
    readonly stock: number;
  }
  class Answer {
    readonly answer = 42;
  }
  const plain = { description: "", input: NO_INPUT };
  const tools = [
    add,
    tool("nothing", () => {}),
    tool("list", () => [1]),
    tool("record", (): Record<string, unknown> => ({ a: 1 })),
    tool("unsure", (): object | string => "x"),
    tool("instance", () => new Answer()),
    tool("result", () => ({ content: [], isError: false })),
  ];
  const stock = defineTool({
    ...plain,
    name: "stock",
    run: (_input, { context }: ToolContext<Shop>) => context.stock,
  });
  const names = [...tools, stock].map(({ name }) => name);
  const toolContext = { stock: 3 };
  const turn = names.map((name) =>
    step.toolCall(`mcp__tools__${name}`, { a: 1, b: 1 })
  );
  const claude = await ScriptedClaude.create({
    processes: [{ turns: [turn] }, { turns: [turn] }, {
      turns: [[step.text("hi")]],
    }],
  });
  await using _ = claude;
  const claudePath = claude.command;
  const expected = ["2", "", "[1]", '{"a":1}', "x", '{"answer":42}', "", "3"];
  {
    using session = new SyncSession({
      claudePath,
      tools: [...tools, stock],
      toolContext,
    });
    assertEquals(results(session).map(([text]) => text), expected);
  }
  const server = createMcpServer({ tools: [...tools, stock] });
  using session = new SyncSession({
    claudePath,
    mcpServers: { tools: server },
    toolContext,
  });
  assertEquals(results(session).map(([text]) => text), expected);
  const options = { claudePath, tools: [stock], toolContext };
  assertEquals(printPromptSync("hi", options), "hi");
  // @ts-expect-error: a context is wanted
  new SyncSession({ tools: [stock] });
  // @ts-expect-error: another context is wanted
  new SyncSession({ tools: [stock], toolContext: { stock: "3" } });
  // @ts-expect-error: here, too
  const _prompt = () => printPromptSync("hi", { tools: [stock] });
});

Deno.test("a tool may ask its session something, and another call runs meanwhile", async () => {
  const order: string[] = [];
  const asks = tool("asks", () => {
    order.push("asks");
    on.session.setModel("opus");
    order.push("asked");
    return "done";
  });
  const other = tool("other", () => {
    order.push("other");
  });
  const call = (id: number, name: string) =>
    step.request({
      subtype: "mcp_message",
      server_name: "tools",
      message: {
        jsonrpc: "2.0",
        id,
        method: "tools/call",
        params: { name, arguments: {} },
      },
    }, { id: `call-${id}`, wait: false });
  await using on = await pair(
    step.conversation([[
      call(1, "asks"),
      call(2, "other"),
      step.toolCall("mcp__tools__asks", {}),
    ]]),
    {
      mcpServers: {
        tools: createMcpServer({ tools: [asks, other], concurrency: 1 }),
      },
    },
  );
  assertEquals(results(on.session), [["done", false]]);
  assertEquals(order.filter((what) => what === "other").length, 1);
  assertEquals(order.filter((what) => what === "asked").length, 2);
  on.session.close();
  const ids = on.claude.received.flatMap(({ type, response }) =>
    type === "control_response"
      ? [(response as { request_id: string }).request_id]
      : []
  );
  assert(ids.includes("call-1") && ids.includes("call-2"));
});

Deno.test("a call that is cancelled while its tool asks the session is no result", async () => {
  const aborted: unknown[] = [];
  const asks = tool("asks", ({ signal }) => {
    signal.addEventListener("abort", () => aborted.push(signal.reason.message));
    on.session.settings();
    return "done";
  });
  await using on = await pair(
    step.conversation([[
      step.request({
        subtype: "mcp_message",
        server_name: "tools",
        message: {
          jsonrpc: "2.0",
          id: 7,
          method: "tools/call",
          params: { name: "asks", arguments: {} },
        },
      }, { id: "call", wait: false }),
      step.cancelRequest("call"),
      step.text("done"),
    ]]),
    { tools: [asks] },
  );
  assertEquals(on.session.ask("go").text, "done");
  assertEquals(aborted, ["The request was withdrawn"]);
  assertFalse(
    on.claude.received.some((line) =>
      JSON.stringify(line).includes('"request_id":"call"')
    ),
  );
});

Deno.test("a tool may close its session", async () => {
  const closes = tool("closes", () => on.session.close());
  await using on = await pair(
    step.conversation([[
      step.toolCall("mcp__tools__closes", {}),
      step.silence(),
    ]]),
    { tools: [closes], closeTimeoutMs: 200 },
  );
  // Closing interrupts the turn, whose end comes before that of the process.
  const last = [...on.session.send("go")].at(-1);
  assert(last?.type === "result" && last.isError);
  assertEquals(on.session.state, "closed");
  assertThrows(() => on.session.send("more"), StateError);
});
