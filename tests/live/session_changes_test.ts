// Sessions that this library changed on disk, and what the real CLI makes of them.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  SessionNotFoundError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  deleteSession,
  forkSession,
  readSession,
  sessionInfo,
} from "../../src/sessions/mod.ts";
import {
  type ApiRequest,
  block,
  type Reply,
  reply,
} from "../../src/testing/mod.ts";
import { isSince, live, syncWorld, world } from "../support/live_world.ts";

const policy = callback(() => allow());

function answer(request: ApiRequest, cwd: string): Reply {
  if (request.kind === "subagent") return reply.text("sub done");
  const last = JSON.stringify(
    request.messages.findLast(({ role }) => role === "user"),
  );
  if (last.includes("tool_result")) return reply.text("tools done");
  if (last.includes("AGENT")) {
    return reply.message([block.toolUse("Agent", {
      description: "d",
      prompt: "p",
      subagent_type: "general-purpose",
      run_in_background: false,
    })]);
  }
  if (last.includes("WRITE")) {
    return reply.toolUse("Write", { file_path: `${cwd}/a.txt`, content: "a" });
  }
  if (last.includes("LONG")) {
    return reply.toolUse("Bash", { command: "seq 1 60000" });
  }
  return reply.text("answer");
}

async function begun() {
  const on = await world({
    replies: (request) => answer(request, on.scratch.cwd),
  });
  const options = { ...on.options, policy, checkpoints: true };
  const configDir = `${on.scratch.home}/.claude`;
  return { on, options, configDir };
}

/** What the model was told by a prompt: the conversation before it. */
function told({ messages }: ApiRequest): string {
  return JSON.stringify(messages.filter(({ role }) => role !== "system"));
}

live(
  "the CLI resumes a fork, of all of a session or of its beginning",
  async () => {
    const { on, options, configDir } = await begun();
    await using _ = on;
    let id = "";
    {
      await using session = new AsyncSession(options);
      for (const prompt of ["first", "AGENT", "WRITE", "ENDING"]) {
        await session.ask(prompt);
      }
      id = session.id ?? "";
    }
    const events = await Array.fromAsync(readSession(id, { configDir }));
    const before = await Deno.readTextFile(
      (await sessionInfo(id, { configDir })).path,
    );
    const end = events.find((event) =>
      event.type === "assistant_text" && event.text === "tools done"
    );
    assert(end !== undefined);
    const table: readonly (readonly [
      { upTo?: string; title?: string },
      string[],
      string[],
    ])[] = [
      [{}, ["first", "sub done", "WRITE", "ENDING"], []],
      [{ upTo: end.uuid!, title: "Half" }, ["first", "sub done"], [
        "WRITE",
        "ENDING",
      ]],
    ];
    for (const [how, has, hasNot] of table) {
      const fork = await forkSession(id, { configDir, ...how });
      await using session = new AsyncSession({ ...options, resume: fork.id });
      const from = on.api.requests.length;
      await session.ask("goes on");
      assertEquals(session.id, fork.id);
      const request = on.api.requests.slice(from).find((one) =>
        told(one).includes("goes on")
      );
      assert(request !== undefined);
      for (const text of has) assert(told(request).includes(text), text);
      for (const text of hasNot) assert(!told(request).includes(text), text);
      await session.close();
      // The CLI adds to the file, and what it added is read behind what was there.
      const read = await Array.fromAsync(readSession(fork.id, { configDir }));
      const uuids = read.map(({ uuid }) => uuid);
      const kept = events.filter(({ uuid }) => uuids.includes(uuid));
      assertEquals(
        read.slice(0, kept.length).map(({ uuid }) => uuid),
        kept.map(({ uuid }) => uuid),
      );
      assertEquals(
        read.slice(kept.length).map(({ type }) => type),
        ["user_replay", "assistant_text"],
      );
    }
    // The session itself is as it was.
    const info = await sessionInfo(id, { configDir });
    assertEquals(await Deno.readTextFile(info.path), before);
    assertEquals((await sessionInfo("Half", { configDir })).id !== id, true);
  },
);

/** All paths below a folder. */
async function* paths(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    yield `${folder}/${name}`;
    if (isDirectory) yield* paths(`${folder}/${name}`);
  }
}

live(
  "deleteSession leaves nothing that is called after the session",
  async () => {
    const { on, options, configDir } = await begun();
    await using _ = on;
    let id = "";
    {
      await using session = new AsyncSession(options);
      for (const prompt of ["AGENT", "WRITE", "WRITE", "LONG"]) {
        await session.ask(prompt);
      }
      id = session.id ?? "";
    }
    const named = async () =>
      (await Array.fromAsync(paths(configDir))).filter((path) =>
        path.includes(id)
      );
    const before = await named();
    for (
      const part of ["subagents/agent-", "tool-results/", "file-history/"]
    ) assert(before.some((path) => path.includes(part)), `${part}: ${before}`);
    await deleteSession(id, { configDir });
    assertEquals(await named(), []);
    await using session = new AsyncSession({ ...options, resume: id });
    await assertRejects(() => session.ask("more"), SessionNotFoundError);
  },
);

live(
  "a session is resumed by id, beginning, title and last, from any directory; a bad one says what is near before the CLI runs",
  async () => {
    const { on, options, configDir } = await begun();
    await using _ = on;
    let id = "";
    {
      await using session = new AsyncSession({ ...options, title: "My plan" });
      await session.ask("first");
      id = session.id ?? "";
    }
    const begin = id.slice(0, 8);
    const elsewhere = on.scratch.temporary;
    const table: readonly (readonly [string, string?])[] = [
      [begin],
      ["my plan"],
      ["last"],
      ["my PLAN", elsewhere],
      ...isSince("2.1.250") ? [[id, elsewhere] as const] : [],
    ];
    for (const [resume, cwd] of table) {
      await using again = new AsyncSession({
        ...options,
        resume,
        ...cwd === undefined ? {} : { cwd },
      });
      await again.ask("second");
      assertEquals(again.id, id, `${resume} in ${cwd}`);
    }
    const other = `${begin}-0000-4000-8000-000000000000`;
    for (
      const [resume, near, cwd] of [
        [other, id],
        ["my plam", id],
        ["zzzz"],
        ["last", , elsewhere],
      ] as const
    ) {
      for (const Session of [AsyncSession, SyncSession]) {
        const all = {
          ...on.options,
          resume,
          ...cwd === undefined ? {} : { cwd },
        };
        await using bad = new Session(all as SyncSessionOptions);
        const error = await assertRejects(
          async () => await bad.ask("more"),
          SessionNotFoundError,
        );
        assertEquals(error.code, "session_not_found");
        assertEquals(error.near, near === undefined ? [] : [near]);
        assert(error.searched[0]?.startsWith(`${configDir}/projects`));
        assertEquals(bad.pid, undefined);
      }
    }
    // As the list and the transcript have it.
    assertEquals((await sessionInfo(begin, { configDir })).id, id);
  },
);

live(
  "a blocking session is resumed by the beginning of an id, too",
  async () => {
    await using on = await syncWorld([reply.text("one"), reply.text("two")]);
    let id = "";
    {
      using session = new SyncSession(on.options);
      session.ask("first");
      id = session.id ?? "";
    }
    using again = new SyncSession({ ...on.options, resume: id.slice(0, 8) });
    assertEquals(again.ask("second").sessionId, id);
  },
);
