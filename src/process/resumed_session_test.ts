// The option resume finds a session by its id, the beginning of it, its title, or "last".

import { assertEquals, assertThrows } from "@std/assert";
import { SessionNotFoundError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { projectFolderName } from "../transcripts/place.ts";
import { resumedSession } from "./resumed_session.ts";

const A = "aaaa1111-0000-4000-8000-000000000000";
const B = "aaaa2222-0000-4000-8000-000000000000";
const C = "cccc3333-0000-4000-8000-000000000000";
const D = "dddd4444-0000-4000-8000-000000000000";
const E = "dddd5555-0000-4000-8000-000000000000";

interface Place extends AsyncDisposable {
  readonly configDir: string;
  readonly cwd: string;
  /** A program that is the CLI itself: a script of node. */
  readonly claudePath: string;
}

/** Two sessions of a project, and three of others; a program beside them. */
async function place(): Promise<Place> {
  const dir = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "resumed-" }),
  );
  const cwd = `${dir}/cwd`;
  await Deno.mkdir(cwd);
  const claudePath = `${dir}/claude`;
  await Deno.writeTextFile(claudePath, "#!/usr/bin/env node\n", {
    mode: 0o700,
  });
  const own = projectFolderName(cwd);
  const files: readonly (readonly [string, string?])[] = [
    [`${own}/${A}`, "Deploy"],
    [`${own}/agent-dddd`],
    [`-b/${B}`, "deploy"],
    [`-b/${C}`, "Round table"],
    [`-b/${C}/subagents/agent-eeee`],
    [`-c/${D}`, "Same"],
    [`-c/${E}`, "same"],
  ];
  for (const [file, customTitle] of files) {
    const path = `${dir}/projects/${file}.jsonl`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const record = { type: "custom-title", customTitle };
    await Deno.writeTextFile(
      path,
      customTitle === undefined ? "" : `${JSON.stringify(record)}\n`,
    );
  }
  return {
    configDir: dir,
    cwd,
    claudePath,
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
    },
  };
}

function notFound(options: SessionOptions): SessionNotFoundError {
  return assertThrows(() => resumedSession(options), SessionNotFoundError);
}

Deno.test("resumedSession: of this project first, then of any", async () => {
  await using on = await place();
  const { configDir, cwd, claudePath } = on;
  const table: readonly (readonly [string, string])[] = [
    [A, A],
    // Only one of this project begins like that.
    ["aaaa", A],
    ["aaaa2", B],
    ["DEPLOY", A],
    [C, C],
    ["cccc", C],
    ["round table", C],
    ["last", A],
  ];
  for (const [resume, id] of table) {
    const found = resumedSession({ resume, configDir, cwd, claudePath });
    assertEquals(found, { id }, resume);
  }
});

Deno.test("resumedSession: a wrong name, where it was looked for, and what is near", async () => {
  await using on = await place();
  const { configDir, cwd, claudePath } = on;
  const table:
    readonly (readonly [string, "missing" | "ambiguous", string[]])[] = [
      ["eeee", "missing", []],
      ["dddd", "ambiguous", [D, E]],
      ["same", "ambiguous", [D, E]],
      ["ccc", "missing", [C]],
      ["round tabel", "missing", [C]],
      [C.replace("3333", "3334"), "missing", [C]],
      [C.replace("cccc3333", "9ccc3333"), "missing", [C]],
      ["00000000-0000-4000-8000-999999999999", "missing", []],
      [`../-b/${C}`, "missing", [C]],
    ];
  for (const [resume, reason, near] of table) {
    const error = notFound({ resume, configDir, cwd, claudePath });
    assertEquals(
      [
        error.code,
        error.reason,
        error.wanted,
        [...error.near].sort(),
        error.searched,
      ],
      ["session_not_found", reason, resume, near, [`${configDir}/projects`]],
      resume,
    );
  }
  const elsewhere = `${configDir}/projects`;
  const last = notFound({
    resume: "last",
    configDir,
    cwd: elsewhere,
    claudePath,
  });
  assertEquals(last.searched, [
    `${configDir}/projects/${projectFolderName(elsewhere)}`,
  ]);
  const none = `${configDir}/none`;
  const empty = notFound({ resume: A, configDir: none, cwd, claudePath });
  assertEquals(empty.searched, [`${none}/projects`]);
});

Deno.test("resumedSession: a program that may run the CLI elsewhere is asked itself", async () => {
  await using on = await place();
  const { configDir, cwd } = on;
  const script = `${configDir}/wrapper`;
  await Deno.writeTextFile(script, "#!/bin/sh\nexec ssh host claude\n", {
    mode: 0o700,
  });
  const binary = `${configDir}/binary`;
  await Deno.writeTextFile(binary, "\x7fELF", { mode: 0o700 });
  const node = `${configDir}/cli.js`;
  await Deno.writeTextFile(node, "console.log(1)", { mode: 0o600 });
  const table: readonly (readonly [SessionOptions["claudePath"], boolean])[] = [
    [binary, true],
    [[binary], true],
    [on.claudePath, true],
    [node, true],
    [script, false],
    [[binary, "--flag"], false],
    [["ssh", "host", "claude"], false],
    [`${configDir}/nowhere`, false],
  ];
  for (const [claudePath, isHere] of table) {
    const options = {
      configDir,
      cwd,
      ...claudePath === undefined ? {} : { claudePath },
    };
    const last = resumedSession({ ...options, resume: "last" });
    assertEquals(last, isHere ? { id: A } : undefined, `${claudePath}`);
    assertEquals(resumedSession({ ...options, resume: "cccc" }), { id: C });
    const bad = { ...options, resume: C.replace("3333", "3334") };
    if (isHere) notFound(bad);
    else assertEquals(resumedSession(bad)?.missing?.near, [C]);
  }
});

Deno.test("resumedSession looks where the CLI does, and where it may", async () => {
  await using on = await place();
  const { configDir, cwd, claudePath } = on;
  const elsewhere: readonly SessionOptions[] = [
    {},
    { resume: "last", worktree: true },
    { resume: "cccc", transport: () => Promise.reject(new Error()) },
    { resume: "cccc", spawn: () => Promise.reject(new Error()) },
  ];
  for (const options of elsewhere) {
    assertEquals(
      resumedSession({ cwd, claudePath, configDir, ...options }),
      undefined,
    );
  }
  await Deno.mkdir(`${configDir}/.claude`);
  await Deno.rename(`${configDir}/projects`, `${configDir}/.claude/projects`);
  const table: readonly (readonly [SessionOptions, string | undefined])[] = [
    [{ env: { CLAUDE_CONFIG_DIR: `${configDir}/.claude` } }, C],
    [{ env: { HOME: configDir, CLAUDE_CONFIG_DIR: undefined } }, C],
    [{ clearEnv: true }, undefined],
  ];
  for (const [options, id] of table) {
    const all = { resume: "cccc", cwd, claudePath, ...options };
    assertEquals(resumedSession(all)?.id, id);
  }
  const env = { HOME: `${configDir}/none`, CLAUDE_CONFIG_DIR: undefined };
  notFound({ resume: "cccc", cwd, claudePath, env });
});

Deno.test({
  name: "resumedSession asks nobody for a permission",
  permissions: { read: false, env: false },
  fn: () => {
    for (const resume of ["cccc", A, "last"]) {
      assertEquals(resumedSession({ resume }), undefined);
      assertEquals(resumedSession({ resume, configDir: "/c" }), undefined);
    }
  },
});

Deno.test("resumedSession: among 1,000 sessions, ids are found and missed without a transcript being opened", async () => {
  await using on = await place();
  const { configDir, cwd, claudePath } = on;
  for (let count = 0; count < 1_000; count++) {
    const id = `10000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
    await Deno.writeTextFile(`${configDir}/projects/-b/${id}.jsonl`, "{}\n");
  }
  const all = { configDir, cwd, claudePath };
  const bad = "ffffffff-ffff-4fff-8fff-ffffffffffff";
  // What the program is: whether it looks here.
  assertEquals(openedBy(() => notFound({ ...all, resume: bad })), [claudePath]);
  const good = () => {
    assertEquals(resumedSession({ ...all, resume: "cccc" }), { id: C });
  };
  assertEquals(openedBy(good), []);
});

/** The files that a function opens. */
function openedBy(call: () => void): readonly string[] {
  const opened: string[] = [];
  const open = Deno.openSync;
  Deno.openSync = (path, options) => {
    opened.push(String(path));
    return open(path, options);
  };
  try {
    call();
  } finally {
    Deno.openSync = open;
  }
  return opened;
}
