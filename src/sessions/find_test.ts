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
    ["c", C],
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
