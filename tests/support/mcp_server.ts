/**
 * An MCP server over stdin and stdout, for the tests of external servers: its tool
 * `reveal` returns the variable TEST_SECRET, or the first argument if it is not set.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

const results: Readonly<Record<string, () => unknown>> = {
  initialize: () => ({
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "test", version: "1" },
  }),
  "tools/list": () => ({
    tools: [{
      name: "reveal",
      description: "Tells what it was started with",
      inputSchema: { type: "object", properties: {} },
    }],
  }),
  "tools/call": () => ({
    content: [{
      type: "text",
      text: Deno.env.get("TEST_SECRET") ?? Deno.args[0] ?? "nothing",
    }],
  }),
};

const lines = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
const encoder = new TextEncoder();
for await (const line of lines) {
  const { id, method } = JSON.parse(line);
  if (id === undefined) continue;
  const result = results[method]?.() ?? {};
  const answer = JSON.stringify({ jsonrpc: "2.0", id, result });
  await Deno.stdout.write(encoder.encode(`${answer}\n`));
}
