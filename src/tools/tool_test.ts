// Tools that the API would refuse are refused when they are defined.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import * as v from "valibot";
import { ConfigError } from "../errors.ts";
import type { StandardSchema } from "../util/standard_schema.ts";
import { createMcpServer } from "./mcp_servers.ts";
import { defineTool, type Tool, type ToolContext } from "./tool.ts";

const NO_INPUT = v.object({});

const add = defineTool({
  name: "add",
  description: "Adds",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => a + b,
});

/** A schema of a library that is not valibot. */
function schemaOf(
  vendor: string,
  json?: () => Record<string, unknown>,
): StandardSchema {
  return {
    "~standard": {
      version: 1,
      vendor,
      validate: (value) => ({ value }),
      ...json === undefined ? {} : { jsonSchema: { input: json } },
    },
  };
}

Deno.test("defineTool takes any Standard Schema that has a JSON Schema", () => {
  const run = () => "";
  const base = { name: "t", description: "", run };
  const json = { type: "object", properties: {} };
  assertEquals(
    defineTool({ ...base, input: v.objectAsync({ a: v.string() }) })
      .inputSchema,
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
    },
  );
  assertEquals(
    defineTool({ ...base, input: schemaOf("zod", () => json) }).inputSchema,
    json,
  );
  assertEquals(
    defineTool({ ...base, input: schemaOf("old"), inputSchema: json })
      .inputSchema,
    json,
  );
  // As arktype has it: a schema that is a function.
  const callable = Object.assign(() => {}, schemaOf("ark", () => json));
  assertEquals(defineTool({ ...base, input: callable }).inputSchema, json);
});

Deno.test("defineTool refuses what the API would refuse later", () => {
  const good = {
    name: "t",
    description: "",
    input: NO_INPUT as StandardSchema,
    run: () => "",
  };
  const bad: [Record<string, unknown>, string][] = [
    [{ name: "" }, "not empty"],
    [{ name: "a\nb" }, "control characters"],
    [{ name: "x".repeat(129) }, "128 characters"],
    [{ name: 3 }, "expected a text"],
    [{ description: undefined }, "description"],
    [{ run: undefined }, "run"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ input: undefined }, "Standard Schema"],
    [{ input: { a: v.string() } }, "Standard Schema"],
    [{ input: v.string() }, 'got "string"'],
    [{ input: v.union([NO_INPUT, NO_INPUT]) }, "got none"],
    [{ input: schemaOf("old") }, "give inputSchema"],
    [{ input: schemaOf("z", () => ({ type: "string" })) }, 'got "string"'],
    [{ input: schemaOf("z", () => ({ anyOf: [] })) }, "got none"],
    [
      { input: schemaOf("z", () => ({ type: "object", anyOf: [] })) },
      'got "anyOf"',
    ],
    [{
      input: schemaOf("z", () => {
        throw new Error("no word for Date");
      }),
    }, "no word for Date"],
    [{ inputSchema: { type: "array" } }, 'got "array"'],
    [{ input: v.object({ at: v.date() }) }, '"date" schema cannot'],
  ];
  for (const [change, expected] of bad) {
    const error = assertThrows(
      () => defineTool({ ...good, ...change }),
      ConfigError,
    );
    assertStringIncludes(error.message, expected);
    const { name } = { ...good, ...change };
    assertStringIncludes(error.message, `the tool "${name}"`);
    assertEquals(error.option, "tools");
  }
});

Deno.test("createMcpServer refuses two tools of one name for the model", () => {
  const named = (name: string) => ({ ...add, name });
  const error = assertThrows(
    () => createMcpServer({ tools: [named("a.b"), named("a b")] }),
    ConfigError,
  );
  assertStringIncludes(error.message, '"a.b" and "a b"');
  for (const concurrency of [0, 1.5, -1]) {
    assertThrows(() => createMcpServer({ tools: [], concurrency }));
  }
  assertThrows(
    () => createMcpServer({ tools: [{ name: "x" } as unknown as Tool] }),
    ConfigError,
    "defineTool()",
  );
});

Deno.test("a tool is called without a session, as a session calls it", async () => {
  const context = { stockOf: () => 3 };
  const seen: unknown[] = [];
  const stock = defineTool({
    name: "stock",
    description: "d",
    input: v.object({ article: v.string() }),
    run: (
      { article },
      ctx: ToolContext<{ stockOf(article: string): number }>,
    ) => {
      seen.push([ctx.toolUseId, ctx.session.id, ctx.signal.aborted]);
      ctx.progress(0.5, "half");
      if (article === "none") throw new RangeError("sold out");
      return { left: ctx.context.stockOf(article) };
    },
  });
  const progress: unknown[] = [];
  const given = {
    context,
    toolUseId: "t1",
    session: { id: "s" },
    progress: (...told: unknown[]) => {
      progress.push(told);
    },
  };
  const good = stock.call({ article: "x" }, given);
  assertEquals(
    [good.isError, good.structuredContent ?? JSON.parse(good.text)],
    [false, { left: 3 }],
  );
  assertEquals(progress, [[0.5, "half"]]);
  const thrown = stock.call({ article: "none" }, given);
  assertEquals([thrown.isError, thrown.text], [true, "sold out"]);
  const wrong = stock.call({ article: 5 }, given);
  assertEquals(wrong.isError, true);
  assertStringIncludes(wrong.text, 'Invalid input for the tool "stock"');
  // The context is missing, as it would be in a session without one.
  assertEquals(stock.call({ article: "x" }).isError, true);
  assertEquals(seen, [
    ["t1", "s", false],
    ["t1", "s", false],
    [undefined, undefined, false],
  ]);
  const late = defineTool({
    name: "late",
    description: "d",
    input: v.object({}),
    timeoutMs: 5,
    run: () => new Promise<string>(() => {}),
  });
  const { isError, text } = await late.call({});
  assertEquals([isError, text.includes("within 5 ms")], [true, true]);
  const copy = { ...late, run: () => Promise.resolve("another") };
  assertEquals((await copy.call({})).text, "another");
});
