// The search finds what was said in a session, and not how it is stored.

import { assertEquals, assertRejects } from "@std/assert";
import {
  answer,
  FIXTURES,
  prompt,
  record,
  ScratchConfig,
} from "./fixtures/scratch.ts";
import { searchSessions, type SearchSessionsOptions } from "./search.ts";

async function found(
  query: string | RegExp,
  options: SearchSessionsOptions,
): Promise<readonly (readonly [string, string, string])[]> {
  const matches = await Array.fromAsync(searchSessions(query, options));
  return matches.map(({ session, event, excerpt }) =>
    [session.id, event.type, excerpt] as const
  );
}

Deno.test("searchSessions finds what was said, and not how it is written", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  await on.write("old", [
    prompt("1", null, 'Say "Größe"\nand 50% (a+b)'),
    answer("2", "1", {
      type: "tool_use",
      id: "t",
      name: "Bash",
      input: { list: [{ command: "rm -rf ./build" }] },
    }),
    record("3", "2", {
      type: "user",
      message: {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "t", content: "gone" }],
      },
    }),
    answer("4", "3", "All gone"),
    { type: "mode", mode: "gone" },
  ], { ms: 1_000 });
  await on.write("new", [prompt("1", null, "gone?")], { ms: 2_000 });
  const table: readonly (readonly [string | RegExp, readonly string[]])[] = [
    ["gone", [
      "new user_replay gone?",
      "old tool_result gone",
      "old assistant_text All gone",
    ]],
    ['"GRÖSSE"', []],
    ['say "gröẞe"\nAND', ['old user_replay Say "Größe" and 50% (a+b)']],
    ["50% (a+b)", ['old user_replay Say "Größe" and 50% (a+b)']],
    ["-RF ./", ["old tool_use rm -rf ./build"]],
    [/^all\b/i, ["old assistant_text All gone"]],
    [/gone\?/g, ["new user_replay gone?"]],
    // Names of fields and of tools are not said.
    ["tool_use_id", []],
    ["normal", []],
  ];
  for (const [query, expected] of table) {
    assertEquals(
      (await found(query, { configDir })).map((one) => one.join(" ")),
      expected,
      String(query),
    );
  }
});

Deno.test("searchSessions: limits, excerpts, filters, subagents", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const far = `${"a".repeat(200)} needle ${"b".repeat(200)}`;
  await on.write("a", [prompt("1", null, far), answer("2", "1", "needle")]);
  await on.write("b", [prompt("1", null, "needle")], {
    ms: 2_000,
    project: "/else",
  });
  const ids = async (options: SearchSessionsOptions) =>
    (await found("needle", { configDir, ...options })).map(([id]) => id);
  assertEquals(await ids({}), ["b", "a", "a"]);
  assertEquals(await ids({ limit: 2 }), ["b", "a"]);
  assertEquals(await ids({ limitPerSession: 1 }), ["b", "a"]);
  assertEquals(await ids({ project: "/work/demo" }), ["a", "a"]);
  assertEquals(await ids({ before: new Date(2_000) }), ["a", "a"]);
  const [, [, , excerpt] = []] = await found("needle", { configDir });
  assertEquals(excerpt, `…${"a".repeat(79)} needle ${"b".repeat(79)}…`);
  const inAgents = { configDir: FIXTURES, limitPerSession: 1 };
  assertEquals((await found("looking", inAgents)).length, 1);
  assertEquals(await found("looking", { ...inAgents, subagents: false }), []);
  await assertRejects(() => found("", { configDir }), Error, "Cannot search");
});
