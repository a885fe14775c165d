// Tools of the host through both drivers: the same events, errors, facts and answers.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  callback,
  createMcpServer,
  defineTool,
  deny,
  hook,
  type SyncSessionOptions,
  type ToolContext,
} from "../../../mod.ts";
import { type JsonObject, step } from "../../../src/testing/mod.ts";
import { type Case, events, got } from "../../support/both_drivers.ts";

type Line = Readonly<Record<string, unknown>>;

const NO_INPUT = v.object({});

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => `${a + b}`,
});

const boom = defineTool({
  name: "boom",
  description: "Throws",
  input: NO_INPUT,
  run: () => {
    throw new Error("it broke");
  },
});

/** A tool without input that gives this. */
function gives(name: string, run: () => object | string | void) {
  return defineTool({ name, description: "", input: NO_INPUT, run });
}

/** A PNG of nothing: its first bytes are what makes it one. */
const PNG = new TextEncoder().encode("\x89PNG\r\n\x1a\n")
  // UTF-8 has two bytes for the first character.
  .with(1, 0x89).subarray(1);

/** A message for a server in the host. */
function mcp(message: JsonObject, server = "tools"): JsonObject {
  return {
    subtype: "mcp_message",
    server_name: server,
    message: { jsonrpc: "2.0", ...message },
  };
}

/** A call of a tool, beside those that the turn waits for. */
function call(id: number, name: string, input: JsonObject = {}) {
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

/** The events of a type that were seen. */
function seenOf(seen: readonly unknown[], type: string): Line[] {
  return (seen as readonly Line[]).filter((event) => event?.type === type);
}

/** Ids of the requests that were answered, in this order. */
function answered(sent: readonly Line[]): unknown[] {
  return responses(sent).map(({ request_id }) => request_id);
}

function responses(sent: readonly Line[]): Line[] {
  return sent.filter(({ type }) => type === "control_response")
    .map(({ response }) => response as Line);
}

function texts(seen: readonly unknown[]): unknown[] {
  return seenOf(seen, "tool_result").map(({ text, isError }) => [
    text,
    isError,
  ]);
}

export const TOOL_SCENARIOS: Readonly<Record<string, Case>> = {
  "a call with typed input": {
    turns: [[step.toolCall("mcp__tools__add", { a: 2, b: 3 })]],
    options: { tools: [add] },
    check(seen, sent) {
      assertEquals(texts(seen), [["5", false]]);
      assertEquals(
        seenOf(seen, "tool_call").map(({ phase, isError }) => [phase, isError]),
        [["start", undefined], ["end", false]],
      );
      assertEquals(sent[0]?.request, {
        subtype: "initialize",
        sdkMcpServers: ["tools"],
      });
    },
  },
  "the MCP handshake, which is answered while ours is pending": {
    turns: [[step.text("hi")]],
    options: {
      tools: [add],
      mcpServers: { other: createMcpServer({ tools: [add] }) },
    },
    *does(session, seen) {
      // The prompt goes out with the handshake: after it, its place would be chance.
      seen.push((yield* got(session.ask("go"))).text, session.tools);
    },
    check([, tools], sent) {
      assertEquals(
        (tools as readonly string[]).filter((name) => name.startsWith("mcp__")),
        ["mcp__tools__add", "mcp__other__add"],
      );
      // Three messages for each server: the notification is answered, too.
      assertEquals(
        responses(sent).map(({ subtype }) => subtype),
        Array(6).fill("success"),
      );
    },
  },
  "another name for the server": {
    turns: [[step.toolCall("mcp__my_calc__add", { a: 1, b: 1 })]],
    options: { tools: [add], toolServerName: "my calc" },
    check: (seen) => assertEquals(texts(seen), [["2", false]]),
  },
  "invalid input and throws, and the turn goes on": {
    turns: [[
      step.toolCall("mcp__tools__add", { a: "x" }),
      step.toolCall("mcp__tools__boom", {}),
      step.text("went on"),
    ]],
    options: { tools: [add, boom] },
    check(seen) {
      const [invalid, thrown] = texts(seen) as [string, boolean][];
      assertStringIncludes(invalid?.[0] ?? "", "a: Invalid type");
      assertStringIncludes(invalid?.[0] ?? "", "b: Invalid key");
      assertEquals(thrown, ["it broke", true]);
      assertEquals(
        seenOf(seen, "tool_call").flatMap(({ phase, isError }) =>
          phase === "end" ? [isError] : []
        ),
        [true, true],
      );
      assertEquals(seenOf(seen, "assistant_text").length, 1);
    },
  },
  "whatever a tool may give": {
    turns: [
      ["image", "nothing", "list", "data", "refusal", "bytes"].map((name) =>
        step.toolCall(`mcp__tools__${name}`, {})
      ),
    ],
    options: {
      tools: [
        gives("image", () => PNG),
        gives("nothing", () => {}),
        gives("list", () => [1, { two: 2 }]),
        gives("data", () => ({
          content: [{ type: "text", text: "five" }],
          structuredContent: { sum: 5 },
        })),
        gives("refusal", () => ({
          content: [{ type: "text", text: "no such user" }],
          isError: true,
        })),
        gives("bytes", () => new Uint8Array([1, 2, 3])),
      ],
    },
    check(seen, sent) {
      assertEquals(
        texts(seen).map((result) => (result as unknown[])[1]),
        [false, false, false, false, true, true],
      );
      const all = JSON.stringify(sent);
      assertStringIncludes(all, '"mimeType":"image/png"');
      assertStringIncludes(all, '"structuredContent":{"sum":5}');
    },
  },
  "progress": {
    turns: [[step.toolCall("mcp__tools__told", {})]],
    options: {
      tools: [defineTool({
        name: "told",
        description: "Tells its progress",
        input: NO_INPUT,
        run: (_input, ctx) => {
          ctx.progress("begun");
          ctx.progress(0.5, "half");
        },
      })],
    },
    check(seen, sent) {
      assertEquals(
        seenOf(seen, "tool_call").map(({ phase, progress, message }) => [
          phase,
          progress,
          message,
        ]),
        [
          ["start", undefined, undefined],
          ["progress", undefined, "begun"],
          ["progress", 0.5, "half"],
          ["end", undefined, undefined],
        ],
      );
      const told = sent.flatMap(({ request }) =>
        (request as Line | undefined)?.subtype === "mcp_message"
          ? [(request as Line).message as Line]
          : []
      );
      assertEquals(told.map(({ method, params }) => [method, params]), [
        ["notifications/progress", {
          progressToken: 2,
          progress: 1,
          message: "begun",
        }],
        ["notifications/progress", {
          progressToken: 2,
          progress: 0.5,
          total: 1,
          message: "half",
        }],
      ]);
    },
  },
  "a call knows its session and its context": {
    turns: [[step.toolCall("mcp__users__who", {})]],
    options: () => ({
      mcpServers: {
        users: createMcpServer({
          tools: [defineTool({
            name: "who",
            description: "Tells the user",
            input: NO_INPUT,
            run: (_input, ctx: ToolContext<{ readonly name: string }>) => {
              assert(!ctx.signal.aborted && ctx.session.id !== undefined);
              return [ctx.context.name, typeof ctx.toolUseId];
            },
          })],
        }),
      },
      toolContext: { name: "Ada" },
    } satisfies SyncSessionOptions<
      { readonly name: string }
    > as SyncSessionOptions),
    check: (seen) => assertEquals(texts(seen), [['["Ada","string"]', false]]),
  },
  "calls at once, and one at a time": {
    turns: [[
      ...[1, 2, 3].map((n) => call(n, "add", { a: n, b: n })),
      step.toolCall("mcp__tools__add", { a: 4, b: 4 }),
    ]],
    options: {
      mcpServers: {
        tools: createMcpServer({ tools: [add], concurrency: 1 }),
      },
    },
    check(seen, sent) {
      assertEquals(texts(seen), [["8", false]]);
      assertEquals(
        answered(sent).filter((id) => `${id}`.startsWith("call-")),
        ["call-1", "call-2", "call-3"],
      );
    },
  },
  "a call that is too slow": {
    turns: [[
      step.toolCall("mcp__tools__slow", {}),
      step.toolCall("mcp__tools__add", { a: 1, b: 1 }),
    ]],
    options: {
      tools: [
        add,
        defineTool({
          name: "slow",
          description: "Blocks",
          input: NO_INPUT,
          timeoutMs: 5,
          run: () => {
            const end = performance.now() + 6;
            while (performance.now() < end);
            return "late";
          },
        }),
      ],
    },
    check: (seen) =>
      assertEquals(texts(seen), [
        ['No end of "slow" within 5 ms', true],
        ["2", false],
      ]),
  },
  "what the CLI may ask of a server": {
    turns: [[
      step.request(mcp({ id: 1, method: "tools/list" }, "elsewhere"), {
        id: "elsewhere",
      }),
      step.request(mcp({ id: 2, method: "resources/list" }), { id: "method" }),
      step.request(mcp({ id: 3, method: "ping" }), { id: "ping" }),
      step.request(
        mcp({ id: 4, method: "tools/call", params: { name: "sub" } }),
        { id: "unknown" },
      ),
      step.request(
        mcp({
          method: "notifications/cancelled",
          params: { requestId: 9 },
        }),
        { id: "cancelled" },
      ),
      step.text("done"),
    ]],
    options: { tools: [add] },
    check(_seen, sent) {
      // A server that is not there is refused, not left to wait.
      assertEquals(
        responses(sent).slice(3).map(({ request_id, subtype, response }) => [
          request_id,
          subtype,
          ((response as Line | undefined)?.mcp_response as Line | undefined)
            ?.error !== undefined,
        ]),
        [
          ["elsewhere", "error", false],
          ["method", "success", true],
          ["ping", "success", false],
          ["unknown", "success", true],
          ["cancelled", "success", false],
        ],
      );
    },
  },
  "a result of 5 MB": {
    turns: [[step.toolCall("mcp__tools__big", {})]],
    options: { tools: [gives("big", () => "x\n".repeat(2_500_000))] },
    *does(session, seen) {
      for (const event of yield* events(session.send("go"))) {
        if (event.type === "tool_result") seen.push(event.text.length);
      }
    },
    check: ([length]) => assertEquals(length, 5_000_000),
  },
  "a tool that the first turn does not offer": {
    turns: [[step.silence()]],
    process: {
      init: {
        tools: ["Bash"],
        mcp_servers: [{ name: "tools", status: "failed" }],
      },
    },
    options: { tools: [add] },
    check(seen) {
      assertEquals((seen.at(-2) as unknown[]).slice(0, 4), [
        "StartupError",
        "startup",
        false,
        'The CLI does not offer these tools to the model: "mcp__tools__add": the server "tools" is failed',
      ]);
    },
  },
  ...Object.fromEntries(
    ["mcp__tools__add", "mcp__tools", "mcp__tools__*"].map((rule) => [
      `a tool that the caller does not want is not missed: ${rule}`,
      {
        turns: [[step.text("hi")]],
        process: { init: { tools: ["Bash"] } },
        options: { tools: [add], disallowedTools: [rule] },
        check: (seen: readonly unknown[]) => assertEquals(seen.at(-2), "hi"),
      },
    ]),
  ),
  "a policy and hooks about a tool": {
    turns: [[
      step.toolCall("mcp__tools__add", { a: 1, b: 1 }, { asks: true }),
      step.toolCall("mcp__tools__boom", {}, { asks: true }),
      step.toolCall("mcp__tools__heard", {}),
    ]],
    options: () => {
      const heard: string[] = [];
      return {
        tools: [add, boom, gives("heard", () => heard)],
        policy: callback((name) =>
          name === "mcp__tools__boom" ? deny("not that one") : allow()
        ),
        hooks: {
          PreToolUse: [{
            matcher: "mcp__tools__add",
            run: ({ toolName }) => {
              heard.push(toolName);
              return hook.allow({ input: { a: 20, b: 1 } });
            },
          }],
        },
      };
    },
    check: (seen) =>
      assertEquals(texts(seen), [["21", false], [
        "PreToolUse:mcp__tools__boom hook error: not that one",
        true,
      ], [
        '["mcp__tools__add"]',
        false,
      ]]),
  },
};
