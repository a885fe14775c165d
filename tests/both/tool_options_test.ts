// The options about tools: what cannot be is an error before anything starts.

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  ConfigError,
  defineTool,
  type SessionOptions,
  type Tool,
  type ToolContext,
} from "../../mod.ts";

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => `${a + b}`,
});

/** Options that cannot be, and what their error says. */
const MISTAKES: readonly (readonly [string, unknown, string])[] = [
  ["tools", [add, add], "both are"],
  ["tools", [{ name: "x" }], "defineTool()"],
  ["tools", add, "expected a list"],
  ["tools", [{ ...add, name: "x".repeat(120) }], "128 characters"],
  ["toolServerName", "", "not empty"],
  ["mcpServers", [], "for each name"],
  ["mcpServers", { "": { command: "x" } }, "not empty"],
  ["mcpServers", { a: "x" }, "an object or a function"],
  ["mcpServers", { a: {} }, "command"],
  ["mcpServers", { a: { url: "http://x" } }, 'type: "http"'],
  ["mcpServers", { a: { command: "x", args: "y" } }, "args"],
  ["mcpServers", { a: { command: "x", env: { Y: 1 } } }, "env"],
  ["mcpServers", { a: { type: "http" } }, "url"],
  ["mcpServers", { a: { type: "sse", url: "nowhere" } }, "url"],
  ["mcpServers", { a: { type: "ws", url: "ws://x" } }, '"ws"'],
  [
    "mcpServers",
    { "a.b": { command: "x" }, "a b": { command: "x" } },
    '"a.b" and "a b"',
  ],
  ["mcpServers", { tools: { command: "x" } }, '"tools" and "tools"'],
  ["mcpConfigFiles", "a.json", "a list of paths"],
  ["strictMcp", "yes", "true or false"],
];

for (const [option, value, expected] of MISTAKES) {
  Deno.test(`a mistake in ${option} is a ConfigError: ${expected}`, () => {
    const error = assertThrows(
      () =>
        new AsyncSession(
          { tools: [add], [option]: value } as SessionOptions,
        ),
      ConfigError,
    );
    assertEquals(error.option.split(".")[0], option);
    assertStringIncludes(error.message, expected);
  });
}

Deno.test("a value that may be secret is in no error", () => {
  const env = { TOKEN: "secret", N: 1 } as unknown as Record<string, string>;
  const error = assertThrows(
    () => new AsyncSession({ mcpServers: { a: { command: "x", env } } }),
    ConfigError,
  );
  assert(!error.message.includes("secret"));
});

Deno.test("the types of tool and context belong together", () => {
  interface Shop {
    readonly stock: number;
  }
  const stock = defineTool({
    name: "stock",
    description: "",
    input: v.object({ article: v.string() }),
    run: ({ article }, { context }: ToolContext<Shop>) => {
      // @ts-expect-error The input is typed by the schema.
      article.toFixed();
      return context.stock;
    },
  });
  const typed: Tool<{ article: string }, Shop> = stock;
  new AsyncSession({ tools: [typed, add], toolContext: { stock: 3 } });
  new AsyncSession({ tools: [add] });
  // @ts-expect-error A context is wanted.
  new AsyncSession({ tools: [stock] });
  // @ts-expect-error Another context is wanted.
  new AsyncSession({ tools: [stock], toolContext: { stock: "3" } });
  const options: SessionOptions = { tools: [add] };
  const session: AsyncSession = new AsyncSession(options);
  assertEquals(session.state, "new");
});
