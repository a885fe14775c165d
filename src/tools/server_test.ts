// The server for tools of this process speaks MCP: handshake, lists, calls, cancelling.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import type { WireObject } from "../messages/_define.ts";
import { createMcpServer } from "./mcp_servers.ts";
import { type CallReport, MACHINE_CLOCK } from "./calls.ts";
import { ToolServer } from "./server.ts";
import { defineTool, type Tool, type ToolContext } from "./tool.ts";

const NO_INPUT = v.object({});

function toolOf(run: (ctx: ToolContext) => object | string | void) {
  return defineTool({
    name: "t",
    description: "",
    input: NO_INPUT,
    run: (_input, ctx) => run(ctx),
  });
}

/** A server of these tools, and what it told. */
function serve(tools: readonly Tool[], concurrency?: number) {
  const notified: WireObject[] = [];
  const reports: CallReport[] = [];
  const server = new ToolServer(
    "calc",
    createMcpServer({
      tools,
      ...concurrency === undefined ? {} : { concurrency },
    }),
    {
      clock: MACHINE_CLOCK,
      context: "the context",
      notify: (message) => notified.push(message),
      report: (_call, report) => reports.push(report),
    },
  );
  const withdrawal = new AbortController();
  const receive = (message: WireObject) =>
    server.receive({ jsonrpc: "2.0", ...message }, {
      signal: withdrawal.signal,
      session: { id: "s", cwd: "/w" },
    });
  const call = async (
    id: number,
    name = "t",
    input: unknown = {},
  ): Promise<WireObject> =>
    (await receive({
      id,
      method: "tools/call",
      params: {
        name,
        arguments: input,
        _meta: { "claudecode/toolUseId": `toolu_${id}`, progressToken: id },
      },
    })).result as WireObject;
  return { receive, call, notified, reports, withdrawal };
}

const add = defineTool({
  name: "add",
  description: "Adds",
  input: v.object({ a: v.number(), b: v.optional(v.number(), 1) }),
  annotations: { readOnlyHint: true },
  alwaysLoad: true,
  searchHint: "sum",
  run: ({ a, b }) => a + b,
});

Deno.test("ToolServer does the handshake", async () => {
  const { receive } = serve([add]);
  assertEquals(
    await receive({
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2024-11-05" },
    }),
    {
      jsonrpc: "2.0",
      id: 0,
      result: {
        protocolVersion: "2024-11-05",
        capabilities: { tools: {} },
        serverInfo: { name: "calc", version: "1.0.0" },
      },
    },
  );
  const nothing = { jsonrpc: "2.0", id: 0, result: {} };
  assertEquals(
    await receive({ method: "notifications/initialized" }),
    nothing,
  );
  assertEquals(await receive({ method: "notifications/unheard" }), nothing);
  assertEquals(await receive({ id: 7, result: {} }), nothing);
  assertEquals(await receive({ id: "p", method: "ping" }), {
    jsonrpc: "2.0",
    id: "p",
    result: {},
  });
  assertEquals(await receive({ id: 3, method: "resources/list" }), {
    jsonrpc: "2.0",
    id: 3,
    error: { code: -32601, message: 'There is no method "resources/list"' },
  });
});

Deno.test("ToolServer lists tools with schema and hints", async () => {
  const { receive } = serve([add]);
  const { result } = await receive({ id: 1, method: "tools/list" });
  assertEquals(result, {
    tools: [{
      name: "add",
      description: "Adds",
      inputSchema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: {
          a: { type: "number" },
          b: { type: "number", default: 1 },
        },
        required: ["a"],
      },
      annotations: { readOnlyHint: true },
      _meta: {
        "anthropic/alwaysLoad": true,
        "anthropic/searchHint": "sum",
      },
    }],
  });
});

const text = (text: string) => ({ content: [{ type: "text", text }] });
const failure = (message: string) => ({ ...text(message), isError: true });

Deno.test("invalid input is an error that names each path", async () => {
  const tool = defineTool({
    name: "t",
    description: "",
    input: v.object({ a: v.object({ b: v.number() }), c: v.string() }),
    run: () => "never",
  });
  const { call, reports } = serve([tool]);
  assertEquals(
    await call(1, "t", { a: { b: "x" } }),
    failure(
      'Invalid input for the tool "t": a.b: Invalid type: Expected number but received "x"; c: Invalid key: Expected "c" but received undefined',
    ),
  );
  assertEquals((await call(2, "t", "no object")).isError, true);
  assertEquals((await call(3, "t", null)).isError, true);
  assertEquals(reports.at(-1)?.phase, "end");
});

Deno.test("whatever a tool throws is an error result", async () => {
  const thrown: [unknown, string][] = [
    [new RangeError("it broke"), "it broke"],
    [new RangeError(""), "RangeError"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [Object.create(null), "an unknown error"],
  ];
  for (const [value, message] of thrown) {
    const sync = toolOf(() => {
      throw value;
    });
    const async = toolOf(() => Promise.reject(value));
    for (const tool of [sync, async]) {
      assertEquals(await serve([tool]).call(1), failure(message));
    }
  }
});

Deno.test("the schema's output is what the tool gets, with its defaults", async () => {
  const { call } = serve([add]);
  assertEquals(await call(1, "add", { a: 2 }), text("3"));
});

Deno.test("an unknown tool is an error of the protocol", async () => {
  const { receive } = serve([add]);
  const params = { name: "sub" };
  assertEquals(await receive({ id: 4, method: "tools/call", params }), {
    jsonrpc: "2.0",
    id: 4,
    error: { code: -32602, message: 'There is no tool "sub"' },
  });
});

Deno.test("a call knows its session, its context and its id", async () => {
  let seen: ToolContext | undefined;
  const { call } = serve([toolOf((ctx) => {
    seen = ctx;
  })]);
  await call(5);
  assert(seen !== undefined);
  assertEquals(
    [seen.toolUseId, seen.session, seen.context],
    ["toolu_5", { id: "s", cwd: "/w" }, "the context"],
  );
});

Deno.test("progress is told while the call runs, and not after", async () => {
  let late: ToolContext["progress"] = () => {};
  const { call, notified, reports } = serve([toolOf((ctx) => {
    ctx.progress("starting");
    ctx.progress(0.5);
    ctx.progress(0.9, "nearly");
    late = ctx.progress;
  })]);
  await call(9);
  late(1);
  assertEquals(notified.map(({ method, params }) => [method, params]), [
    ["notifications/progress", {
      progressToken: 9,
      progress: 1,
      message: "starting",
    }],
    ["notifications/progress", { progressToken: 9, progress: 0.5, total: 1 }],
    ["notifications/progress", {
      progressToken: 9,
      progress: 0.9,
      total: 1,
      message: "nearly",
    }],
  ]);
  assertEquals(reports.map(({ phase }) => phase), [
    "start",
    "progress",
    "progress",
    "progress",
    "end",
  ]);
});

Deno.test("a call ends when it is cancelled, withdrawn or too slow", async () => {
  const waiting = defineTool({
    name: "t",
    description: "",
    input: NO_INPUT,
    run: (_input, { signal }) => {
      signal.addEventListener("abort", () => reasons.push(signal.reason.name));
      started.resolve();
      return new Promise<string>(() => {});
    },
  });
  const reasons: string[] = [];
  let started = Promise.withResolvers<void>();
  const cancelled = serve([waiting]);
  const first = cancelled.call(1);
  await started.promise;
  await cancelled.receive({
    method: "notifications/cancelled",
    params: { requestId: 99 },
  });
  await cancelled.receive({
    method: "notifications/cancelled",
    params: { requestId: 1, reason: "r" },
  });
  assertEquals(await first, failure("The call was cancelled"));
  const withdrawn = serve([waiting]);
  started = Promise.withResolvers();
  const second = withdrawn.call(1);
  await started.promise;
  withdrawn.withdrawal.abort(new DOMException("gone", "AbortError"));
  assertEquals(await second, failure("gone"));
  const slow = serve([{ ...waiting, timeoutMs: 1 }]);
  assertEquals(await slow.call(1), failure('No end of "t" within 1 ms'));
  assertEquals(reasons, ["AbortError", "AbortError", "DeadlineError"]);
});

Deno.test("a call that is withdrawn before it runs never does", async () => {
  let runs = 0;
  const tool = defineTool({
    name: "t",
    description: "",
    // To check it takes a moment.
    input: v.objectAsync({}),
    run: () => {
      runs++;
    },
  });
  const { call, withdrawal } = serve([tool]);
  const calls = [call(1), call(2)];
  withdrawal.abort();
  calls.push(call(3));
  for (const result of await Promise.all(calls)) {
    assertEquals(result.isError, true);
  }
  assertEquals(runs, 0);
});

Deno.test("calls run at once, and end in any order", async () => {
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const tool = defineTool({
    name: "t",
    description: "",
    input: v.object({ n: v.number() }),
    run: async ({ n }) => {
      await gates[n]?.promise;
      return n;
    },
  });
  const { call } = serve([tool]);
  const ended: number[] = [];
  const calls = [0, 1, 2].map((n) =>
    call(n, "t", { n }).then(() => ended.push(n))
  );
  for (const n of [2, 0, 1]) {
    gates[n]?.resolve();
    await calls[n];
  }
  assertEquals(ended, [2, 0, 1]);
});

Deno.test("concurrency lets only so many run, and a cancelled one leaves the queue", async () => {
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const started: number[] = [];
  const tool = defineTool({
    name: "t",
    description: "",
    input: v.object({ n: v.number() }),
    run: async ({ n }) => {
      started.push(n);
      await gates[n]?.promise;
    },
  });
  const { call, receive } = serve([tool], 1);
  const calls = [0, 1, 2].map((n) => call(n, "t", { n }));
  await receive({
    method: "notifications/cancelled",
    params: { requestId: 1 },
  });
  assertEquals((await calls[1])?.isError, true);
  gates[0]?.resolve();
  await calls[0];
  gates[2]?.resolve();
  await calls[2];
  assertEquals(started, [0, 2]);
});

Deno.test("what takes no time is answered without a promise", () => {
  const boom = toolOf(() => {
    throw new Error("it broke");
  });
  const { receive } = serve([add, { ...boom, name: "boom" }], 1);
  const now = (name: string, input: WireObject) => {
    const response = receive({
      id: 1,
      method: "tools/call",
      params: { name, arguments: input },
    });
    assert(!(response instanceof Promise));
    return response.result;
  };
  assert(!(receive({ id: 0, method: "initialize" }) instanceof Promise));
  assert(!(receive({ id: 1, method: "tools/list" }) instanceof Promise));
  // A second one: the place of the first was given back.
  for (const a of [2, 3]) assertEquals(now("add", { a }), text(`${a + 1}`));
  assertEquals(now("boom", {}), failure("it broke"));
  assertEquals((now("add", {}) as WireObject).isError, true);
});

Deno.test("a tool that blocks for longer than it may is an error, too", async () => {
  const heard: string[] = [];
  const blocking = defineTool({
    name: "t",
    description: "",
    input: NO_INPUT,
    timeoutMs: 5,
    run: (_input, { signal }) => {
      signal.addEventListener("abort", () => heard.push(signal.reason.name));
      const end = performance.now() + 6;
      while (performance.now() < end);
      return "late";
    },
  });
  const late = failure('No end of "t" within 5 ms');
  assertEquals(await serve([blocking]).call(1), late);
  // As one that says that it takes time, and takes it at once.
  const { run } = blocking;
  const async: Tool = {
    ...blocking,
    run: (...args) => Promise.resolve(run(...args)),
  };
  assertEquals(await serve([async]).call(1), late);
  assertEquals(heard, ["DeadlineError", "DeadlineError"]);
});

Deno.test("a promise of another make is waited for", async () => {
  const { call } = serve([toolOf(() => ({
    then: (resolve: (value: string) => void) => resolve("there"),
  }))]);
  assertEquals(await call(1), text("there"));
});
