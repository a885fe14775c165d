// The real CLI over session stores: what it resumes from each of them on a machine that never saw
// the session, two machines at once, and stores that fail.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  SessionNotFoundError,
  type SessionOptions,
  type SessionStore,
  SessionStoreError,
} from "../../mod.ts";
import {
  DenoKvSessionStore,
  FileSessionStore,
  MemorySessionStore,
  PostgresSessionStore,
} from "../../src/stores/mod.ts";
import {
  type ApiRequest,
  block,
  Gate,
  type Reply,
  reply,
} from "../../src/testing/mod.ts";
import { live, world } from "../support/live_world.ts";
import { postgresBinaries, startPostgres } from "../support/postgres_server.ts";

const policy = callback(() => allow());

function answer(request: ApiRequest): Reply {
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
  return reply.text(`answer 👍 ${request.messages.length}`);
}

/** What the model was told last, with the conversation before it. */
function told(requests: readonly ApiRequest[]): string {
  return JSON.stringify(requests.at(-1)?.messages);
}

/** Asks in a session on a machine of its own; returns the id and what the model was told. */
async function onAnotherMachine(
  sessionStore: NonNullable<SessionOptions["sessionStore"]>,
  prompts: readonly string[],
  more: SessionOptions = {},
): Promise<{ readonly id: string; readonly told: string }> {
  await using on = await world({ replies: answer });
  let id = "";
  {
    await using session = new AsyncSession({
      ...on.options,
      policy,
      sessionStore,
      ...more,
    });
    for (const prompt of prompts) await session.ask(prompt);
    id = session.id ?? "";
  }
  if (more.resume !== undefined && more.fork !== true) {
    // What was resumed is not among the sessions of this machine, nor left behind.
    for (const folder of [on.scratch.home, on.scratch.temporary]) {
      const found = await new Deno.Command("find", {
        args: [folder, "-name", `${id}*`],
      }).output();
      assertEquals(new TextDecoder().decode(found.stdout), "");
    }
  }
  return { id, told: told(on.api.requests) };
}

async function resumesFrom(store: SessionStore): Promise<void> {
  const first = await onAnotherMachine(store, ["hello ünï", "AGENT", "two"]);
  const key = { projectKey: "default", sessionId: first.id };
  const stored = await store.session(key);
  assertEquals(stored?.subpaths.length, 1);
  assert(stored?.subpaths[0]?.startsWith("subagents/agent-"));
  for (const prompt of ["three", "/compact", "four"]) {
    const again = await onAnotherMachine(store, [prompt], { resume: first.id });
    assertEquals(again.id, first.id);
    if (prompt === "three") {
      for (
        const text of ["hello ünï", "sub done", "two", "answer 👍", "three"]
      ) {
        assert(again.told.includes(text), `${text} in ${again.told}`);
      }
    }
  }
  const entries = await Array.fromAsync(store.load(key));
  const uuids = entries.flatMap(({ uuid }) => uuid === undefined ? [] : [uuid]);
  assertEquals(new Set(uuids).size, uuids.length);
  const fork = await onAnotherMachine(store, ["elsewhere"], {
    resume: first.id,
    fork: true,
  });
  assert(fork.id !== first.id);
  const forkKey = { ...key, sessionId: fork.id };
  assert((await store.session(forkKey)) !== undefined);
  assertEquals(await Array.fromAsync(store.load(key)), entries);
}

live(
  "the real CLI resumes what a store in memory gives back",
  () => resumesFrom(new MemorySessionStore()),
);

live(
  "the real CLI resumes a session of a store by each of its names",
  async () => {
    const store = new MemorySessionStore();
    const { id } = await onAnotherMachine(store, ["hello"], {
      title: "Of old",
    });
    for (const resume of ["last", id.slice(0, 8), "of OLD"]) {
      const again = await onAnotherMachine(store, [`by ${resume}`], { resume });
      assertEquals(again.id, id);
      assert(again.told.includes("hello"), again.told);
    }
  },
);

live("the real CLI resumes what a store in files gives back", async () => {
  const folder = await Deno.makeTempDir();
  await resumesFrom(new FileSessionStore(folder));
  await Deno.remove(folder, { recursive: true });
});

live("the real CLI resumes what a store in Deno KV gives back", async () => {
  using store = await DenoKvSessionStore.open({ path: ":memory:" });
  await resumesFrom(store);
});

const binaries = postgresBinaries();
if (binaries !== undefined) {
  live(
    "the real CLI resumes what a store in PostgreSQL gives back",
    async () => {
      await using server = await startPostgres(binaries);
      await using store = await PostgresSessionStore.open(server.address);
      await resumesFrom(store);
    },
  );
}

live(
  "a session that another machine writes is refused, and is free after it",
  async () => {
    const store = new MemorySessionStore();
    const { id } = await onAnotherMachine(store, ["hello"]);
    await using on = await world({ replies: answer });
    {
      await using session = new AsyncSession({
        ...on.options,
        sessionStore: { store, holder: "machine one" },
        resume: id,
      });
      await session.ask("mine");
      const error = await assertRejects(
        () => onAnotherMachine(store, ["also mine"], { resume: id }),
        SessionStoreError,
        "machine one",
      );
      assertEquals(error.reason, "lease_held");
      await session.ask("still mine");
    }
    const after = await onAnotherMachine(store, ["now mine"], { resume: id });
    assert(after.told.includes("still mine"));
    assert(!after.told.includes("also mine"));
  },
);

live(
  "a machine that lost its lease cannot write any more, and says so",
  async () => {
    const store = new MemorySessionStore();
    await using on = await world({ replies: answer });
    const session = new AsyncSession({ ...on.options, sessionStore: store });
    await session.ask("one");
    const key = { projectKey: "default", sessionId: session.id ?? "" };
    const before = await Array.fromAsync(store.load(key));
    // As when it expires: this machine was asleep, say.
    const { token } = await takeOver(store, key);
    const error = await assertRejects(
      () => session.ask("two"),
      SessionStoreError,
    );
    assertEquals(error.reason, "lease_lost");
    await session.close();
    assertEquals(await Array.fromAsync(store.load(key)), before);
    await store.release(key, token);
  },
);

async function takeOver(
  store: MemorySessionStore,
  key: { readonly projectKey: string; readonly sessionId: string },
) {
  // The token of the holder is not known here: the store is asked in its place.
  for (let token = Date.now(); token > 0; token--) {
    await store.release(key, token);
    try {
      return await store.acquire(key, { holder: "another", ttlMs: 60_000 });
    } catch (error) {
      if (!(error instanceof SessionStoreError)) throw error;
    }
  }
  throw new Error("no lease");
}

/** A store that fails at calls of one method. */
function failing(
  method: keyof SessionStore,
  isDue: (call: number) => boolean,
): SessionStore {
  const good = new MemorySessionStore();
  let calls = 0;
  return new Proxy(good, {
    get(_, name) {
      const value = Reflect.get(good, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name === method && isDue(++calls)) {
          return Promise.reject(new Error(`no ${method} today`));
        }
        return value.apply(good, given);
      };
    },
  });
}

for (const method of ["acquire", "append"] as const) {
  live(`a store whose ${method} fails fails the turn`, async () => {
    await using on = await world({ replies: answer });
    const sessionStore = { store: failing(method, () => true), attempts: 1 };
    const session = new AsyncSession({ ...on.options, sessionStore });
    const told: string[] = [];
    using _ = session.on("mirror_error", ({ error }) => told.push(error));
    await assertRejects(
      () => session.ask("hello"),
      SessionStoreError,
      `no ${method} today`,
    );
    assertEquals(told.length, 1);
    await session.close();
  });
}

live(
  "a store that fails for a while loses nothing, and the turn waits",
  async () => {
    await using on = await world({ replies: answer });
    const store = failing("append", (call) => call % 3 !== 0);
    let id = "";
    {
      await using session = new AsyncSession({
        ...on.options,
        sessionStore: store,
      });
      await session.ask("hello");
      id = session.id ?? "";
      const key = { projectKey: "default", sessionId: id };
      const types = (await Array.fromAsync(store.load(key))).map((one) =>
        one.type
      );
      assert(types.includes("user") && types.includes("assistant"));
    }
    const again = await onAnotherMachine(store, ["more"], { resume: id });
    assert(again.told.includes("hello") && again.told.includes("answer"));
  },
);

live(
  "with onFailure report the turn has its answer and an event, and the end throws",
  async () => {
    await using on = await world({ replies: answer });
    const session = new AsyncSession({
      ...on.options,
      sessionStore: {
        store: failing("append", () => true),
        attempts: 1,
        onFailure: "report",
      },
    });
    const told: string[] = [];
    using _ = session.on("mirror_error", ({ error }) => told.push(error));
    assert((await session.ask("hello")).text.includes("answer"));
    assert(told.length > 0);
    await assertRejects(() => session.close(), SessionStoreError);
  },
);

live(
  "after a SIGKILL of the CLI the finished turns are there, and another machine goes on",
  async () => {
    const store = new MemorySessionStore();
    const gate = new Gate();
    await using on = await world({
      replies: (request) =>
        told([request]).includes("CUT")
          ? reply.text(["beginning ", gate, "end"])
          : answer(request),
    });
    const session = new AsyncSession({ ...on.options, sessionStore: store });
    await session.ask("hello");
    const id = session.id ?? "";
    await assertRejects(async () => {
      for await (const event of session.send("CUT")) {
        if (event.type === "system_init") {
          assert(session.pid !== undefined);
          Deno.kill(session.pid, "SIGKILL");
        }
      }
    });
    gate.open();
    await session.close();
    const again = await onAnotherMachine(store, ["more"], { resume: id });
    assert(again.told.includes("hello") && again.told.includes("more"));
  },
);

live("a session that the store lacks is named", async () => {
  const error = await assertRejects(
    () =>
      onAnotherMachine(new MemorySessionStore(), ["x"], {
        resume: "11111111-1111-4111-8111-111111111111",
      }),
    SessionNotFoundError,
  );
  assertEquals(error.reason, "missing");
});
