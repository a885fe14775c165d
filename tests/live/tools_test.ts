// Tools of the host and MCP servers with the real CLI.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import * as v from "valibot";
import {
  allowAll,
  AsyncSession,
  type ClaudeEvent,
  createMcpServer,
  defineTool,
  StartupError,
  type ToolCall,
} from "../../mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { live, world } from "../support/live_world.ts";

const NO_INPUT = v.object({});

/** A PNG of one pixel. */
const PIXEL = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (char) => char.charCodeAt(0),
);

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  annotations: { readOnlyHint: true },
  // Else it is offered by search only.
  alwaysLoad: true,
  run: ({ a, b }) => `${a + b}`,
});

/** Results of tools as the model saw them: the content of each block. */
function seen(request: { readonly body: Readonly<Record<string, unknown>> }) {
  const messages = request.body.messages as readonly {
    readonly content: string | readonly Readonly<Record<string, unknown>>[];
  }[];
  return messages.flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.filter(({ type }) => type === "tool_result")
  );
}

live("a tool is offered, called, and its text reaches the model", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("mcp__tools__add", { a: 2, b: 3 }),
      reply.text("five"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    tools: [add],
    policy: allowAll(),
  });
  const events: ClaudeEvent[] = [];
  for await (const event of session.send("2 + 3?")) events.push(event);
  const offered = on.api.scripted[0]?.body.tools as readonly {
    readonly name: string;
  }[];
  const tool = offered.find(({ name }) => name === "mcp__tools__add");
  assertEquals(tool as unknown, {
    name: "mcp__tools__add",
    description: "Adds two numbers",
    input_schema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"],
    },
  });
  assertEquals(on.api.requests.at(-1)?.toolResults.map(({ text }) => text), [
    "5",
  ]);
  const use = events.find(({ type }) => type === "tool_use");
  const calls = events.filter((event) => event.type === "tool_call");
  assertEquals(
    calls.map(({ phase, name, input, toolUseId, isError }) => [
      phase,
      name,
      input,
      use?.type === "tool_use" && use.toolUseId === toolUseId,
      isError,
    ]),
    [
      ["start", "add", { a: 2, b: 3 }, true, undefined],
      ["end", "add", { a: 2, b: 3 }, true, false],
    ],
  );
  assert(session.tools.includes("mcp__tools__add"));
});

live("an image and structured content reach the model", async () => {
  const picture = defineTool({
    name: "picture",
    description: "A picture",
    input: NO_INPUT,
    run: () => PIXEL,
  });
  const data = defineTool({
    name: "data",
    description: "Data",
    input: NO_INPUT,
    run: () => ({
      content: [{ type: "text" as const, text: "not seen" }],
      structuredContent: { sum: 5 },
    }),
  });
  const value = defineTool({
    name: "value",
    description: "A value",
    input: NO_INPUT,
    run: () => [1, { two: 2 }],
  });
  const nothing = defineTool({
    name: "nothing",
    description: "Nothing",
    input: NO_INPUT,
    run: () => {},
  });
  await using on = await world({
    replies: [
      reply.toolUse("mcp__tools__picture"),
      reply.toolUse("mcp__tools__data"),
      reply.toolUse("mcp__tools__value"),
      reply.toolUse("mcp__tools__nothing"),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    tools: [picture, data, value, nothing],
    policy: allowAll(),
  });
  await session.ask("go");
  const last = on.api.requests.at(-1);
  assert(last !== undefined);
  const [image, structured, list, empty] = seen(last).map(({ content }) =>
    content
  );
  assert(Array.isArray(image));
  const { source } = image[0];
  assertEquals(source.media_type, "image/png");
  assertEquals(atob(source.data).length, PIXEL.length);
  // The model sees the data and not the text beside it.
  assertEquals(structured, '{"sum":5}');
  assertEquals(list, [{ type: "text", text: '[1,{"two":2}]' }]);
  assertEquals(empty, "(mcp__tools__nothing completed with no output)");
});

live("what goes wrong in a tool is an error that the model sees", async () => {
  const boom = defineTool({
    name: "boom",
    description: "Throws",
    input: NO_INPUT,
    run: () => {
      throw new RangeError("it broke");
    },
  });
  const refused = defineTool({
    name: "refused",
    description: "Says no",
    input: NO_INPUT,
    run: () => ({
      content: [{ type: "text" as const, text: "no such user" }],
      isError: true,
    }),
  });
  const bytes = defineTool({
    name: "bytes",
    description: "Gives bytes",
    input: NO_INPUT,
    run: () => new Uint8Array([1, 2, 3]),
  });
  await using on = await world({
    replies: [
      reply.toolUse("mcp__tools__boom"),
      reply.toolUse("mcp__tools__refused"),
      reply.toolUse("mcp__tools__add", { a: "x", c: 1 }),
      reply.toolUse("mcp__tools__bytes"),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    tools: [boom, refused, add, bytes],
    policy: allowAll(),
  });
  await session.ask("go");
  const last = on.api.requests.at(-1);
  assert(last !== undefined);
  const results = seen(last);
  assertEquals(results.map(({ is_error }) => is_error), Array(4).fill(true));
  const expected = [
    "it broke",
    "no such user",
    'Invalid input for the tool "add": a: Invalid type',
    "no PNG, JPEG, GIF or WebP",
  ];
  for (const [index, text] of expected.entries()) {
    assertStringIncludes(
      JSON.stringify(results[index]?.content),
      JSON.stringify(text).slice(1, -1),
    );
  }
});

live("names with dots and spaces", async () => {
  const weird = defineTool({
    name: "weird name.x",
    description: "Has a strange name",
    input: NO_INPUT,
    run: () => "found",
  });
  await using on = await world({
    replies: [
      reply.toolUse("mcp__my_calc_1__weird_name_x"),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    mcpServers: {
      "my calc.1": createMcpServer({
        tools: [weird],
        instructions: "Use it well.",
      }),
    },
    policy: allowAll(),
  });
  await session.ask("go");
  assertEquals(on.api.requests.at(-1)?.toolResults.map(({ text }) => text), [
    "found",
  ]);
});

live("calls of tools that only read overlap", async () => {
  let running = 0;
  let most = 0;
  const both = Promise.withResolvers<void>();
  const wait = defineTool({
    name: "wait",
    description: "Waits for the other",
    input: v.object({ n: v.number() }),
    annotations: { readOnlyHint: true },
    run: async ({ n }, ctx) => {
      most = Math.max(most, ++running);
      if (running === 2) both.resolve();
      ctx.progress(0.5, "half");
      await both.promise;
      running--;
      return `${n}`;
    },
  });
  await using on = await world({
    replies: [
      reply.message([
        block.toolUse("mcp__tools__wait", { n: 1 }),
        block.toolUse("mcp__tools__wait", { n: 2 }),
      ]),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    tools: [wait],
    policy: allowAll(),
  });
  const turn = session.send("go");
  const phases = (await Array.fromAsync(turn))
    .filter((event): event is ToolCall => event.type === "tool_call")
    .map(({ phase, input }) => `${phase} ${input.n}`);
  assertEquals(phases.slice(0, 4), [
    "start 1",
    "progress 1",
    "start 2",
    "progress 2",
  ]);
  assertEquals((await turn.result()).isError, false);
  assertEquals(most, 2);
});

live("an interruption cancels a call", async () => {
  const called = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<unknown>();
  const slow = defineTool({
    name: "slow",
    description: "Never ends",
    input: NO_INPUT,
    run: (_input, { signal }) => {
      signal.addEventListener("abort", () => cancelled.resolve(signal.reason));
      called.resolve();
      return new Promise<string>(() => {});
    },
  });
  await using on = await world({
    replies: [reply.toolUse("mcp__tools__slow"), reply.text("second")],
  });
  await using session = new AsyncSession({
    ...on.options,
    tools: [slow],
    policy: allowAll(),
  });
  const turn = session.send("go");
  await called.promise;
  await turn.interrupt();
  const reason = await cancelled.promise;
  assert(reason instanceof DOMException && reason.name === "AbortError");
  const result = await turn.result();
  assertEquals(result.isError, true);
  assertEquals((await session.ask("again")).text, "second");
});

live("without a policy the CLI denies a call that no rule allows", async () => {
  for (const allowedTools of [undefined, ["mcp__tools__add"]]) {
    await using on = await world({
      replies: [
        reply.toolUse("mcp__tools__add", { a: 1, b: 2 }),
        reply.text("done"),
      ],
    });
    await using session = new AsyncSession({
      ...on.options,
      ...allowedTools === undefined ? {} : { allowedTools },
      tools: [add],
    });
    const { result } = await session.ask("go");
    assertEquals(
      result.permissionDenials?.length,
      allowedTools === undefined ? 1 : 0,
    );
  }
});

live("a tool that the model cannot see is an error that names it", async () => {
  await using on = await world({ replies: [] });
  await using session = new AsyncSession({
    ...on.options,
    settings: { permissions: { deny: ["mcp__tools__add"] } },
    tools: [add],
  });
  const error = await assertRejects(() => session.ask("go"), StartupError);
  assertEquals(error.reason, "tools_missing");
  assertStringIncludes(error.message, '"mcp__tools__add"');
  assertEquals(session.state, "dead");
}, BEHAVIORS.deniedToolsLeftOut);

live(
  "a call that takes longer than timeoutMs is an error that the model sees",
  async () => {
    const slow = defineTool({
      name: "slow",
      description: "Never ends by itself",
      input: v.object({}),
      timeoutMs: 100,
      run: (_input, { signal }) => {
        const { promise, reject } = Promise.withResolvers<string>();
        signal.addEventListener("abort", () => reject(signal.reason));
        return promise;
      },
    });
    await using on = await world({
      replies: [reply.toolUse("mcp__tools__slow"), reply.text("done")],
    });
    await using session = new AsyncSession({
      ...on.options,
      tools: [slow],
      policy: allowAll(),
    });
    await session.ask("go");
    const [result] = on.api.requests.at(-1)?.toolResults ?? [];
    assert(result?.isError === true);
    assertStringIncludes(result.text, 'No end of "slow" within 100 ms');
  },
);
