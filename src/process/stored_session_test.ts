// The option resume finds a stored session by its id or the beginning of it.

import { assertEquals } from "@std/assert";
import type { SessionOptions } from "../options/session_options.ts";
import { storedSession } from "./stored_session.ts";

const A = "aaaa1111-0000-4000-8000-000000000000";
const B = "aaaa2222-0000-4000-8000-000000000000";
const C = "cccc3333-0000-4000-8000-000000000000";

async function scratch(): Promise<{ readonly dir: string } & AsyncDisposable> {
  const dir = await Deno.makeTempDir({ prefix: "stored-" });
  const files = [
    `-a/${A}.jsonl`,
    `-a/agent-dddd.jsonl`,
    `-b/${B}.jsonl`,
    `-b/${C}.jsonl`,
    `-b/${C}/subagents/agent-eeee.jsonl`,
  ];
  for (const file of files) {
    const path = `${dir}/projects/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, "");
  }
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
    },
  };
}

Deno.test("storedSession: ids, beginnings that are unique, and what is near", async () => {
  await using on = await scratch();
  const searched = `${on.dir}/projects`;
  const table: readonly (readonly [string, string | undefined, string[]])[] = [
    [A, A, []],
    ["cccc", C, []],
    ["aaaa2", B, []],
    ["aaaa", undefined, [A, B]],
    ["ccc", undefined, []],
    ["dddd", undefined, []],
    ["A title", undefined, []],
    [C.replace("3333", "3334"), undefined, [C]],
    ["../-b/cccc", undefined, []],
  ];
  for (const [resume, id, near] of table) {
    assertEquals(
      storedSession({ resume, configDir: on.dir }),
      { ...id === undefined ? {} : { id }, searched, near },
      resume,
    );
  }
});

Deno.test("storedSession looks where the CLI does, and where it may", async () => {
  await using on = await scratch();
  const elsewhere: readonly SessionOptions[] = [
    {},
    { resume: "last" },
    { resume: "cccc", transport: () => Promise.reject(new Error()) },
    { resume: "cccc", spawn: () => Promise.reject(new Error()) },
  ];
  for (const options of elsewhere) {
    assertEquals(storedSession({ ...options, configDir: on.dir }), undefined);
  }
  await Deno.rename(`${on.dir}/projects`, `${on.dir}/x`);
  await Deno.mkdir(`${on.dir}/.claude`);
  await Deno.rename(`${on.dir}/x`, `${on.dir}/.claude/projects`);
  const table: readonly (readonly [SessionOptions, string | undefined])[] = [
    [{ env: { CLAUDE_CONFIG_DIR: `${on.dir}/.claude` } }, C],
    [{ env: { HOME: on.dir, CLAUDE_CONFIG_DIR: undefined } }, C],
    [
      { env: { HOME: `${on.dir}/none`, CLAUDE_CONFIG_DIR: undefined } },
      undefined,
    ],
    [{ clearEnv: true }, undefined],
  ];
  for (const [options, id] of table) {
    assertEquals(storedSession({ resume: "cccc", ...options })?.id, id);
  }
});

Deno.test({
  name: "storedSession asks nobody for a permission",
  permissions: { read: false, env: false },
  fn: () => {
    assertEquals(storedSession({ resume: "cccc" }), undefined);
    assertEquals(storedSession({ resume: "cccc", configDir: "/c" }), undefined);
  },
});
