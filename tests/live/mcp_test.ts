// MCP servers of other processes and on the network, with the real CLI.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import { allowAll, AsyncSession, defineTool } from "../../mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { reply } from "../../src/testing/mod.ts";
import { live, world } from "../support/live_world.ts";

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => `${a + b}`,
});

/** How to start the server of `mcp_server.ts`. */
function external(
  argument: string,
  env: Readonly<Record<string, string>> = {},
) {
  const file = new URL("../support/mcp_server.ts", import.meta.url);
  return {
    command: Deno.execPath(),
    args: ["run", "--allow-env", decodeURIComponent(file.pathname), argument],
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ...env },
  };
}

/** The command lines of all processes of this machine. */
async function commandLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    // A process may end while we look.
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`)
      .catch(() => "");
    lines.push(line);
  }
  return lines;
}

live(
  "an external server gets its secrets, and no command line does",
  async () => {
    const secret = `secret-${crypto.randomUUID()}`;
    await using on = await world({
      replies: [reply.toolUse("mcp__outside__reveal"), reply.text("done")],
    });
    await using session = new AsyncSession({
      ...on.options,
      mcpServers: { outside: external("given", { TEST_SECRET: secret }) },
      policy: allowAll(),
    });
    const turn = session.send("go");
    const lines: string[] = [];
    for await (const event of turn) {
      if (event.type === "tool_use") lines.push(...await commandLines());
      if (event.type === "system_init") {
        // The first turn waits until the server is there.
        assertEquals(
          event.mcpServers.map(({ name, status }) => [name, status]),
          [
            ["outside", "connected"],
          ],
        );
      }
    }
    assertEquals(on.api.requests.at(-1)?.toolResults.map(({ text }) => text), [
      secret,
    ]);
    assert(lines.some((line) => line.includes("mcp_server.ts")));
    assert(lines.some((line) => line.includes("--await-initialize")));
    assert(!lines.some((line) => line.includes(secret)));
  },
  BEHAVIORS.serversInHandshake,
);

live(
  "servers come from files, and strictMcp leaves out the project's",
  async () => {
    for (const strictMcp of [false, true]) {
      await using on = await world({ replies: [reply.text("done")] });
      const files: string[] = [];
      for (const name of ["first", "second"]) {
        const path = `${on.scratch.root}/${name}, x.json`;
        const servers = { mcpServers: { [name]: external(name) } };
        await Deno.writeTextFile(path, JSON.stringify(servers));
        files.push(path);
      }
      await Deno.writeTextFile(
        `${on.scratch.cwd}/.mcp.json`,
        JSON.stringify({ mcpServers: { project: external("project") } }),
      );
      await using session = new AsyncSession({
        ...on.options,
        settings: { enableAllProjectMcpServers: true },
        tools: [add],
        mcpServers: { third: external("third") },
        mcpConfigFiles: files,
        strictMcp,
      });
      await session.ask("go");
      assertEquals(
        session.tools.filter((name) => name.startsWith("mcp__")).toSorted(),
        [
          "mcp__first__reveal",
          ...strictMcp ? [] : ["mcp__project__reveal"],
          "mcp__second__reveal",
          "mcp__third__reveal",
          "mcp__tools__add",
        ],
      );
    }
  },
);

live("without built-in tools there are still ours", async () => {
  await using on = await world({ replies: [reply.text("done")] });
  await using session = new AsyncSession({
    ...on.options,
    builtinTools: [],
    tools: [add],
  });
  await session.ask("go");
  assertEquals(session.tools, ["mcp__tools__add"]);
});

live("a server on the network gets its headers", async () => {
  const headers: (string | null)[] = [];
  const results: Readonly<Record<string, unknown>> = {
    initialize: {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "net", version: "1" },
    },
    "tools/list": {
      tools: [{ name: "ask", inputSchema: { type: "object" } }],
    },
    "tools/call": { content: [{ type: "text", text: "from afar" }] },
  };
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      if (request.method !== "POST") return new Response(null, { status: 405 });
      headers.push(request.headers.get("authorization"));
      const { id, method } = await request.json();
      if (id === undefined) return new Response(null, { status: 202 });
      return Response.json({
        jsonrpc: "2.0",
        id,
        result: results[method] ?? {},
      });
    },
  );
  await using on = await world({
    replies: [reply.toolUse("mcp__net__ask"), reply.text("done")],
  });
  await using session = new AsyncSession({
    ...on.options,
    mcpServers: {
      net: {
        type: "http",
        url: new URL(`http://127.0.0.1:${server.addr.port}/mcp`),
        headers: { Authorization: "Bearer secret" },
        timeoutMs: 5000,
        alwaysLoad: true,
      },
    },
    policy: allowAll(),
  });
  await session.ask("go");
  assertEquals(on.api.requests.at(-1)?.toolResults.map(({ text }) => text), [
    "from afar",
  ]);
  assert(on.api.scripted[0]?.tools.includes("mcp__net__ask"));
  assertEquals(new Set(headers), new Set(["Bearer secret"]));
});

live("an SSE server gets its headers, and its tools are called", async () => {
  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: "2024-11-05",
      capabilities: { tools: {} },
      serverInfo: { name: "stream", version: "1" },
    },
    "tools/list": {
      tools: [{ name: "ask", inputSchema: { type: "object" } }],
    },
    "tools/call": { content: [{ type: "text", text: "by a stream" }] },
  };
  const headers = new Set<string | null>();
  let send: (event: string, data: string) => void = () => {};
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      headers.add(request.headers.get("authorization"));
      if (request.method === "GET") {
        const stream = new ReadableStream<string>({
          start(controller) {
            send = (event, data) =>
              controller.enqueue(`event: ${event}\ndata: ${data}\n\n`);
            send("endpoint", "/messages");
          },
        });
        return new Response(stream.pipeThrough(new TextEncoderStream()), {
          headers: { "content-type": "text/event-stream" },
        });
      }
      const { id, method } = await request.json();
      if (id !== undefined) {
        const result = results[method] ?? {};
        send("message", JSON.stringify({ jsonrpc: "2.0", id, result }));
      }
      return new Response(null, { status: 202 });
    },
  );
  await using on = await world({
    replies: [reply.toolUse("mcp__net__ask"), reply.text("done")],
  });
  await using session = new AsyncSession({
    ...on.options,
    mcpServers: {
      net: {
        type: "sse",
        url: new URL(`http://127.0.0.1:${server.addr.port}/sse`),
        headers: { Authorization: "Bearer secret" },
      },
    },
    policy: allowAll(),
  });
  await session.ask("go");
  const [result] = on.api.requests.at(-1)?.toolResults ?? [];
  assertEquals(result?.text.startsWith("by a stream"), true, result?.text);
  assertEquals(headers, new Set(["Bearer secret"]));
});
