// Server objects of the official MCP SDK and schemas of other libraries. They are no
// dependencies of ours: a process of its own takes them from Deno's cache.

import { assertEquals } from "@std/assert";

const PACKAGES = [
  "npm:@modelcontextprotocol/sdk@1/server/mcp.js",
  "npm:zod@4",
  "npm:arktype@2",
];

async function deno(...args: string[]): Promise<[boolean, string]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    // No configuration of a project around it.
    cwd: "/",
  }).output();
  const decoder = new TextDecoder();
  return [success, decoder.decode(success ? stdout : stderr)];
}

const IMPORTS = PACKAGES.map((name) => `import "${name}";`).join("");
const [isCached] = await deno(
  "run",
  "--no-config",
  "--cached-only",
  "--node-modules-dir=none",
  `data:application/javascript,${IMPORTS}`,
);

/** A test that needs the packages; says so if they are missing. */
function withPackages(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: isCached
      ? name
      : `${name} (skipped: run "deno cache --no-config ${PACKAGES.join(" ")}")`,
    ignore: !isCached,
    fn,
  });
}

/** Runs a program that may use our modules and those packages. */
async function run(program: string): Promise<unknown> {
  const folder = await Deno.makeTempDir({ prefix: "claudestream-" });
  try {
    const config = JSON.parse(
      await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
    );
    const imports = Object.fromEntries(
      Object.entries(config.imports as Record<string, string>)
        .filter(([, target]) => target.startsWith("npm:")),
    );
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ imports, nodeModulesDir: "none", lock: false }),
    );
    const source = new URL("../../src/", import.meta.url).href;
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      program.replaceAll("src/", source),
    );
    const [success, output] = await deno(
      "run",
      `--config=${folder}/deno.json`,
      "--cached-only",
      "--no-check",
      "-A",
      `${folder}/main.ts`,
    );
    if (!success) throw new Error(output);
    return JSON.parse(output);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

withPackages("a server of the official MCP SDK is served", async () => {
  const said = await run(`
    import { McpServer } from "npm:@modelcontextprotocol/sdk@1/server/mcp.js";
    import * as z from "npm:zod@4";
    import { ReadyServer } from "src/tools/ready_server.ts";

    function make() {
      const server = new McpServer({ name: "calc", version: "1" });
      server.registerTool("add", {
        description: "Adds",
        inputSchema: { a: z.number(), b: z.number() },
      }, ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] }));
      return server;
    }
    const ready = new ReadyServer("calc", make, () => {});
    await ready.prepare();
    const { signal } = new AbortController();
    const ask = (message) =>
      ready.receive({ jsonrpc: "2.0", ...message }, { signal });
    const hello = await ask({
      id: 0,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "claude-code", version: "2" },
      },
    });
    const noted = await ask({ method: "notifications/initialized" });
    await ask({ id: 1, method: "tools/list" });
    const call = await ask({
      id: 2,
      method: "tools/call",
      params: { name: "add", arguments: { a: 2, b: 3 } },
    });
    const shared = make();
    await new ReadyServer("a", shared, () => {}).prepare();
    const again = await new ReadyServer("b", shared, () => {}).prepare()
      .catch((error) => error.code);
    console.log(JSON.stringify({
      name: hello.result.serverInfo.name,
      noted: noted.result,
      tools: ready.toolNames,
      content: call.result.content,
      again,
    }));
  `);
  assertEquals(said, {
    name: "calc",
    noted: {},
    tools: ["add"],
    content: [{ type: "text", text: "5" }],
    again: "config",
  });
});

withPackages("schemas of zod and arktype make tools", async () => {
  const said = await run(`
    import * as z from "npm:zod@4";
    import { type } from "npm:arktype@2";
    import { defineTool } from "src/tools/tool.ts";

    const base = { name: "t", description: "", run: () => "" };
    const tools = [
      defineTool({ ...base, input: z.object({ a: z.number().default(1) }) }),
      defineTool({ ...base, input: type({ a: "number" }) }),
    ];
    const text = (() => {
      try {
        defineTool({ ...base, input: z.string() });
      } catch (error) {
        return error.code;
      }
    })();
    const issues = await Promise.all(tools.map(async ({ input }) => {
      const { issues } = await input["~standard"].validate({ a: "x" });
      return issues[0].path.map(String);
    }));
    console.log(JSON.stringify({
      types: tools.map(({ inputSchema }) => inputSchema.type),
      required: tools.map(({ inputSchema }) => inputSchema.required ?? []),
      text,
      issues,
    }));
  `);
  assertEquals(said, {
    types: ["object", "object"],
    required: [[], ["a"]],
    text: "config",
    issues: [["a"], ["a"]],
  });
});
