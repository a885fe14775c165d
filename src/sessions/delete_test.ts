// Deleting a session removes what belongs to it, and nothing elsewhere.

import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { prompt, ScratchConfig } from "./fixtures/scratch.ts";
import { deleteSession } from "./delete.ts";
import { forkSession } from "./fork.ts";
import { listSessions } from "./list.ts";

/** All files below a folder, by their path in it; links are not followed. */
async function tree(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) found.push(...await tree(folder, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}

async function put(path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, "x");
}

Deno.test("deleteSession removes what belongs to a session, and nothing else", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  for (const id of ["one", "one-more"]) {
    const path = await on.write(id, [prompt("1", null, id)]);
    const folder = path.slice(0, -".jsonl".length);
    await put(`${folder}/subagents/agent-x.jsonl`);
    await put(`${folder}/tool-results/y.txt`);
    await put(`${configDir}/file-history/${id}/z@v1`);
    await put(`${configDir}/session-env/${id}/e.sh`);
  }
  await put(`${configDir}/settings.json`);
  const removed = await deleteSession("one", { configDir });
  assertEquals(removed.map((path) => path.slice(configDir.length + 1)), [
    "projects/-work-demo/one",
    "file-history/one",
    "session-env/one",
    "projects/-work-demo/one.jsonl",
  ]);
  assertEquals(await tree(configDir), [
    "file-history/one-more/z@v1",
    "projects/-work-demo/one-more.jsonl",
    "projects/-work-demo/one-more/subagents/agent-x.jsonl",
    "projects/-work-demo/one-more/tool-results/y.txt",
    "session-env/one-more/e.sh",
    "settings.json",
  ]);
  await assertRejects(() => deleteSession("one", { configDir }), Error, "one");
});

Deno.test("deleteSession never follows a link out of the configuration folder", async () => {
  await using on = await ScratchConfig.create();
  await using other = await ScratchConfig.create();
  const { configDir } = on;
  const outside = other.configDir;
  const path = await on.write("s", [prompt("1", null, "s")]);
  await put(`${outside}/subagents/agent-x.jsonl`);
  await put(`${outside}/history/s/z@v1`);
  await put(`${outside}/project/t.jsonl`);
  // The folder of the session, what is in it, a folder beside the projects, a project.
  await Deno.symlink(outside, path.slice(0, -".jsonl".length));
  await Deno.symlink(`${outside}/history`, `${configDir}/file-history`);
  await Deno.mkdir(`${configDir}/session-env/s`, { recursive: true });
  await Deno.symlink(outside, `${configDir}/session-env/s/link`);
  await Deno.symlink(`${outside}/project`, `${configDir}/projects/-linked`);
  const before = await tree(outside);
  const removed = await deleteSession("s", { configDir });
  assertEquals(removed.length, 3);
  assertEquals(await tree(outside), before);
  assertEquals((await listSessions({ configDir })).sessions.length, 1);
  for (const change of [deleteSession, forkSession]) {
    await assertRejects(
      () => change("t", { configDir }),
      ConfigError,
      "not in the folder of a project",
    );
  }
  assertEquals(await tree(outside), before);
});

Deno.test("deleteSession refuses a path of the caller that is not in a project", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  await on.write("s", [prompt("1", null, "s")]);
  const { sessions: [info] } = await listSessions({ configDir });
  if (info === undefined) throw new Error("no session");
  await put(`${configDir}/notes/s.jsonl`);
  await put(`${configDir}/projects/s.jsonl`);
  await put(`${configDir}/projects/-work-demo/s/s.jsonl`);
  const before = await tree(configDir);
  for (
    const [id, path] of [
      ["s", `${configDir}/notes/s.jsonl`],
      ["s", `${configDir}/projects/s.jsonl`],
      ["s", `${configDir}/projects/-work-demo/s/s.jsonl`],
      ["s", `${configDir}/projects/../notes/s.jsonl`],
      ["s", `${configDir}/projects/-work-demo/../../notes/s.jsonl`],
      ["../../notes/s", `${configDir}/projects/-work-demo/../../notes/s.jsonl`],
    ] as const
  ) {
    await assertRejects(
      () => deleteSession({ ...info, id, path }, { configDir }),
      ConfigError,
      "not in the folder of a project",
    );
  }
  assertEquals(await tree(configDir), before);
  await deleteSession(info, { configDir });
});
