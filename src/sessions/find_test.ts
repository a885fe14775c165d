// A session is found by id, beginning, title or "last", and what is near a wrong one is
// told.

import { assertEquals, assertRejects } from "@std/assert";
import { SessionNotFoundError } from "../errors.ts";
import { prompt, ScratchConfig } from "./fixtures/scratch.ts";
import { sessionInfo } from "./find.ts";

const A = "aaaa1111-0000-4000-8000-000000000000";
const B = "aaaa2222-0000-4000-8000-000000000000";
const C = "cccc3333-0000-4000-8000-000000000000";

async function three(): Promise<ScratchConfig> {
  const on = await ScratchConfig.create();
  const title = (customTitle: string) => ({
    type: "custom-title",
    customTitle,
  });
  await on.write(A, [prompt("1", null, "one"), title("Deploy")], { ms: 3_000 });
  await on.write(B, [prompt("1", null, "two"), title("deploy")], { ms: 2_000 });
  await on.write(C, [prompt("1", null, "3"), title("Round table")], {
    ms: 1_000,
    project: "/else",
  });
  return on;
}

Deno.test("a session is found by its id, a unique beginning, its title, and last", async () => {
  await using on = await three();
  const { configDir } = on;
  const table: readonly (readonly [string, string, string?])[] = [
    [A, A],
    ["aaaa2", B],
    ["cccc", C],
    ["round TABLE", C],
    ["last", A],
    ["last", C, "/else"],
  ];
  for (const [name, id, project] of table) {
    const found = await sessionInfo(name, {
      configDir,
      ...project === undefined ? {} : { project },
    });
    assertEquals(found.id, id, name);
  }
});

Deno.test("a session that is not there: where it was looked for, and what is near", async () => {
  await using on = await three();
  const { configDir } = on;
  const table:
    readonly (readonly [string, "missing" | "ambiguous", string[]])[] = [
      ["aaaa", "ambiguous", [A, B]],
      ["ccc", "missing", [C]],
      ["DEPLOY", "ambiguous", [A, B]],
      ["round tabel", "missing", [C]],
      ["cccc4333-0000-4000-8000-000000000000", "missing", [C]],
      ["../../etc/passwd", "missing", []],
      ["nothing like it", "missing", []],
    ];
  for (const [name, reason, near] of table) {
    const error = await assertRejects(
      () => sessionInfo(name, { configDir }),
      SessionNotFoundError,
    );
    assertEquals([error.reason, error.near], [reason, near], name);
    assertEquals(error.code, "session_not_found");
    assertEquals(error.searched, [`${configDir}/projects`]);
  }
  await assertRejects(() => sessionInfo(" ", { configDir }), Error, "an id");
});

Deno.test("a session of another project is near, and an error names its label", async () => {
  await using on = await three();
  const { configDir } = on;
  for (const name of [C, "cccc", "Round table"]) {
    const error = await assertRejects(
      () => sessionInfo(name, { configDir, project: "/work/demo" }),
      SessionNotFoundError,
    );
    assertEquals(error.near[0], C);
    assertEquals(error.searched, [`${configDir}/projects/-work-demo`]);
    assertEquals(error.hint, `Did you mean ${C} ("Round table")?`);
  }
});

Deno.test("what an error quotes of a prompt is one short line without control characters", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const title = { type: "custom-title", customTitle: "same" };
  const hostile = `\x1b[2J\r\nrm\u202e${"x".repeat(80)}`;
  const label = { type: "custom-title", customTitle: hostile };
  await on.write(A, [prompt("1", null, "p"), title]);
  await on.write(B, [prompt("1", null, "p"), title]);
  await on.write(C, [label]);
  const ambiguous = await assertRejects(() =>
    sessionInfo("same", { configDir })
  );
  assertEquals(
    (ambiguous as Error).message,
    `Cannot tell which session "same" is: ${A} ("same"), ${B} ("same")`,
  );
  const missing = await assertRejects(
    () => sessionInfo("xxxx", { configDir }),
    SessionNotFoundError,
  );
  assertEquals(
    missing.hint,
    `Did you mean ${C} ("[2J rm ${"x".repeat(52)}…")?`,
  );
});

Deno.test("a session that is in two projects is the one that was last written", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  for (
    const [project, ms] of [["/a", 1_000], ["/b", 3_000], [
      "/c",
      2_000,
    ]] as const
  ) {
    await on.write(A, [prompt("1", null, "p")], { project, ms });
  }
  const { path } = await sessionInfo(A, { configDir });
  assertEquals(path, `${configDir}/projects/-b/${A}.jsonl`);
});

Deno.test('sessionInfo: the error of "last" says that there is no session', async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const error = await assertRejects(
    () => sessionInfo("last", { configDir }),
    SessionNotFoundError,
    "Cannot find the last session: there is none in",
  );
  assertEquals([error.wanted, error.near], ["last", []]);
});
