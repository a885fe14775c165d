// Lists of sessions: order, pages, filters, and large files that are not read whole.

import { assertEquals, assertRejects } from "@std/assert";
import { prompt, ScratchConfig } from "./fixtures/scratch.ts";
import { listSessions, type ListSessionsOptions } from "./list.ts";

Deno.test("listSessions: newest first, page by page, also when sessions come and go", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  for (const [at, id] of ["a", "b", "c", "d", "e"].entries()) {
    // Two of them were written in the same millisecond.
    await on.write(id, [prompt("1", null, `prompt ${id}`)], {
      ms: id === "d" ? 3_000 : 1_000 * (at + 1),
    });
  }
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listSessions({
      configDir,
      limit: 2,
      ...cursor === undefined ? {} : { cursor },
    });
    pages.push(page.sessions.map(({ id }) => id));
    cursor = page.nextCursor;
    if (pages.length === 1) {
      await on.write("newer", [], { ms: 9_000 });
      await Deno.remove(page.sessions[1]?.path ?? "");
    }
  } while (cursor !== undefined);
  assertEquals(pages, [["e", "c"], ["d", "b"], ["a"]]);
});

Deno.test("listSessions filters by project, time and text", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  await on.write("one", [
    { ...prompt("1", null, "Fix the Parser"), cwd: "/p_q" },
    { type: "custom-title", customTitle: "Old" },
    { type: "custom-title", customTitle: "Größe" },
  ], { project: "/p_q", ms: 1_000 });
  // Another project, whose folder has the same name.
  await on.write("two", [
    { ...prompt("1", null, "fix the docs"), cwd: "/p.q" },
    { type: "tag", tag: "later" },
  ], { project: "/p.q", ms: 2_000 });
  await on.write("three", [], { project: "/else", ms: 3_000 });
  const table: readonly (readonly [
    Omit<ListSessionsOptions, "configDir">,
    readonly string[],
  ])[] = [
    [{}, ["three", "two", "one"]],
    [{ project: "/p_q" }, ["one"]],
    [{ project: "/p.q" }, ["two"]],
    [{ project: "/none" }, []],
    [{ text: "FIX THE" }, ["two", "one"]],
    [{ text: "größe" }, ["one"]],
    [{ text: "old" }, []],
    [{ text: "LATER" }, ["two"]],
    [{ since: new Date(2_000) }, ["three", "two"]],
    [{ before: new Date(2_000) }, ["one"]],
  ];
  for (const [options, ids] of table) {
    const { sessions } = await listSessions({ configDir, ...options });
    assertEquals(sessions.map(({ id }) => id), ids, JSON.stringify(options));
  }
});

Deno.test("listSessions reads the head and the tail of a large transcript", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const filling = { type: "api-request-blob", text: "x".repeat(100_000) };
  await on.write("large", [
    { type: "mode", mode: "normal" },
    prompt("1", null, "p".repeat(600)),
    filling,
    { type: "custom-title", customTitle: "In the middle" },
    filling,
    { type: "ai-title", aiTitle: "Generated" },
    { ...prompt("2", "1", "end"), version: "9.9.9", gitBranch: "dev" },
    { type: "last-prompt", lastPrompt: "end", leafUuid: "2" },
    '{"type":"user","cw',
  ]);
  const { sessions: [info] } = await listSessions({ configDir });
  assertEquals({ ...info, path: "", sizeBytes: 0 }, {
    id: "large",
    label: "Generated",
    generatedTitle: "Generated",
    firstPrompt: `${"p".repeat(499)}…`,
    lastPrompt: "end",
    cwd: "/work/demo",
    gitBranch: "dev",
    claudeVersion: "9.9.9",
    modifiedAt: new Date(1_000),
    path: "",
    sizeBytes: 0,
  });
});

Deno.test("listSessions: no prompt of a person is what commands, tools and the CLI wrote", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const result = [{ type: "tool_result", tool_use_id: "t", content: "x" }];
  await on.write("a", [
    { ...prompt("1", null, "meta"), isMeta: true },
    prompt("2", "1", "<command-name>/cost</command-name>"),
    prompt("3", "2", "<local-command-stdout>1</local-command-stdout>"),
    { ...prompt("4", "3", ""), message: { content: result } },
    { ...prompt("5", "4", "summary"), isCompactSummary: true },
    { ...prompt("6", "5", "sub"), isSidechain: true },
    prompt("7", "6", "at last"),
  ]);
  const { sessions: [info] } = await listSessions({ configDir });
  assertEquals(info?.firstPrompt, "at last");
  assertEquals(info?.label, "at last");
});

Deno.test("listSessions refuses what is no cursor and no limit, and takes an abort", async () => {
  const configDir = "/none";
  for (const cursor of ["", "x", "1.", ".a"]) {
    await assertRejects(
      () => listSessions({ configDir, cursor }),
      Error,
      "nextCursor",
    );
  }
  for (const limit of [0, -1, NaN]) {
    await assertRejects(
      () => listSessions({ configDir, limit }),
      Error,
      '"limit"',
    );
  }
  const reason = new Error("enough");
  await assertRejects(
    () => listSessions({ configDir, signal: AbortSignal.abort(reason) }),
    Error,
    "enough",
  );
});
