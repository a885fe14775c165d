// What a session stores and restores when the CLI, the store or the caller is not as usual.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  SessionNotFoundError,
  type SessionOptions,
  SessionStoreError,
} from "../../mod.ts";
import { SessionPool } from "../../src/pool/mod.ts";
import { MemorySessionStore } from "../../src/stores/mod.ts";
import {
  MemoryClaude,
  type PlainStep,
  type Step,
  step,
} from "../../src/testing/mod.ts";

const ID = "11111111-1111-4111-8111-111111111111";
const KEY = { projectKey: "default", sessionId: ID };

function mirrored(text: string, id = ID): PlainStep {
  return step.line({
    type: "transcript_mirror",
    filePath: `/home/me/.claude/projects/-work/${id}.jsonl`,
    entries: [{ type: "user", uuid: crypto.randomUUID(), text }],
  });
}

async function storedBefore(
  store: MemorySessionStore,
  text: string,
  subpath?: string,
): Promise<void> {
  const { token } = await store.acquire(KEY, { holder: "before", ttlMs: 0 });
  const key = subpath === undefined ? KEY : { ...KEY, subpath };
  const entries = [{ type: "user", text }];
  await store.append(key, { token, sequence: 1, entries });
}

async function texts(store: MemorySessionStore): Promise<unknown[]> {
  return (await Array.fromAsync(store.load(KEY))).map(({ text }) => text);
}

function sessionOf(
  store: MemorySessionStore,
  steps: readonly Step[],
  options: SessionOptions = { sessionId: ID },
): AsyncSession {
  const { spawn } = new MemoryClaude(
    step.conversation([[...steps, step.text("hello")]]),
  );
  return new AsyncSession({ spawn, sessionStore: store, ...options });
}

Deno.test("a new session does not write into one that the store has", async () => {
  const store = new MemorySessionStore();
  await storedBefore(store, "of another machine");
  const session = sessionOf(store, [mirrored("new")]);
  const error = await assertRejects(
    () => session.ask("hi"),
    SessionStoreError,
    `"${ID}"`,
  );
  assertEquals(error.reason, "lease_held");
  await session.close();
  assertEquals(await texts(store), ["of another machine"]);
  // The lease is free for the next holder.
  await store.acquire(KEY, { holder: "another", ttlMs: 1 });
});

/** Types of the events of a turn with this line in it. */
async function typesWith(line: string): Promise<readonly string[]> {
  const store = new MemorySessionStore();
  const session = sessionOf(store, [step.write(`${line}\n`), mirrored("x")]);
  const events = await Array.fromAsync(session.send("hi"));
  await session.close();
  assertEquals(await texts(store), ["x"]);
  return events.map(({ type }) => type);
}

Deno.test("a broken line that may be of the mirror is as any other broken line", async () => {
  const usual = await typesWith('{"type":"assistant","message":[{');
  for (
    const line of [
      '{"type":"transcript_mirror","entries":[{',
      '{"type":"transcript_mirror"',
    ]
  ) assertEquals(await typesWith(line), usual);
  assertEquals(
    await typesWith("transcript_mirror"),
    await typesWith("transcripts"),
  );
});

/** Names of transcripts that would leave the folder that a session is restored in. */
const ELSEWHERE = [
  "../outside",
  "..",
  "a/../../outside",
  "/outside",
  "a//b",
  "a/",
  "a\\..\\..\\outside",
  "a\0b",
  ".hidden",
  "./a",
];

Deno.test("a store whose transcripts lead out of their folder is refused, and nothing is written there", async () => {
  for (const subpath of ELSEWHERE) {
    const store = new MemorySessionStore();
    await storedBefore(store, "main");
    await storedBefore(store, "sub", subpath);
    const session = sessionOf(store, [], { resume: ID });
    const error = await assertRejects(
      () => session.ask("hi"),
      SessionStoreError,
      "leads elsewhere",
      subpath,
    );
    assertEquals(error.reason, "load");
    await session.close();
  }
});

Deno.test("a parked session with a store gives its lease up, and goes on from the store", async () => {
  const store = new MemorySessionStore();
  const claude = new MemoryClaude({
    processes: [1, 2, 3].map((at) => ({
      turns: [[mirrored(`turn ${at}`), step.text(`answer ${at}`)]],
    })),
  });
  await using pool = new SessionPool({
    warm: 0,
    session: { spawn: claude.spawn, sessionStore: { store, leaseMs: 60_000 } },
  });
  const session = pool.session("a", { sessionId: ID });
  for (const at of [1, 2, 3]) {
    assertEquals((await session.ask("x")).text, `answer ${at}`);
    assert(pool.park("a"));
  }
  assertEquals(await texts(store), ["turn 1", "turn 2", "turn 3"]);
  await pool.close();
  await store.acquire(KEY, { holder: "another", ttlMs: 1 });
});

Deno.test("a session of a store is resumed by a beginning of its id, its title and as the last one", async () => {
  const other = "22222222-2222-4222-8222-222222222222";
  for (const resume of [ID, ID.slice(0, 4), "THE title", "last"]) {
    const store = new MemorySessionStore();
    for (
      const [id, title] of [[other, "Another"], [ID, "The title"]] as const
    ) {
      const key = { ...KEY, sessionId: id };
      const { token } = await store.acquire(key, { holder: "x", ttlMs: 0 });
      const entries = ["An old title", title].map((customTitle) => ({
        type: "custom-title",
        customTitle,
      }));
      await store.append(key, { token, sequence: 1, entries });
    }
    // The clock of the store has moved on between the two, for "last".
    const list = store.list.bind(store);
    store.list = async function* (projectKey) {
      for await (const entry of list(projectKey)) {
        yield { ...entry, updatedMs: entry.sessionId === ID ? 2 : 1 };
      }
    };
    const args: string[] = [];
    const { spawn } = new MemoryClaude(
      step.conversation([[mirrored("more"), step.text("hello")]]),
    );
    const session = new AsyncSession({
      spawn: (request) => {
        args.push(...request.args);
        return spawn(request);
      },
      sessionStore: store,
      resume,
    });
    // A new session could not write into a stored one.
    assertEquals((await session.ask("hi")).text, "hello");
    await session.close();
    assertEquals((await texts(store)).at(-1), "more");
    assertEquals(args.filter((one) => one === "--continue"), []);
    const [path, ...others] = args.filter((one) => one.startsWith("--resume="));
    assert(path?.endsWith(`/${ID}.jsonl`), path);
    assertEquals(others, []);
  }
});

Deno.test("a name that no session of the store has, or two have, fails before a process is started", async () => {
  const store = new MemorySessionStore();
  for (const [at, title] of ["Report", "Twice", "twice"].entries()) {
    const key = { ...KEY, sessionId: `${at}${ID.slice(1)}` };
    const { token } = await store.acquire(key, { holder: "x", ttlMs: 0 });
    const entries = [{ type: "custom-title", customTitle: title }];
    await store.append(key, { token, sequence: 1, entries });
  }
  const near = {
    Reporp: ["0"],
    Twice: ["1", "2"],
    nothing: [],
    [`4${ID.slice(1)}`]: ["0"],
    "zzzzzzzz": [],
  };
  const acquired: string[] = [];
  store.acquire = ({ sessionId }) => {
    acquired.push(sessionId);
    return Promise.reject(new Error("no lease"));
  };
  for (const [resume, begin] of Object.entries(near)) {
    const session = new AsyncSession({
      spawn: () => {
        throw new Error("a process is started");
      },
      sessionStore: store,
      resume,
    });
    const error = await assertRejects(
      () => session.ask("hi"),
      SessionNotFoundError,
    );
    assertEquals(error.near, begin.map((at) => `${at}${ID.slice(1)}`));
    assert(error.searched.join().includes('project "default"'));
    await session.close();
  }
  // A lease would leave a row in the store for each wrong id.
  assertEquals(acquired, []);
});

Deno.test("a lease whose answer was lost is the session's own at the next attempt", async () => {
  const store = new MemorySessionStore();
  const acquire = store.acquire.bind(store);
  const holders: string[] = [];
  store.acquire = async (key, request) => {
    const lease = await acquire(key, request);
    holders.push(request.holder);
    if (holders.length === 1) throw new Error("the connection was reset");
    return lease;
  };
  const session = sessionOf(store, [mirrored("stored")]);
  await session.ask("hi");
  await session.close();
  assertEquals(await texts(store), ["stored"]);
  assertEquals(holders.length, 2);
});

Deno.test("two sessions of one name do not take over each other's lease", async () => {
  const store = new MemorySessionStore();
  await storedBefore(store, "before");
  const named = (steps: readonly Step[]) => {
    const { spawn } = new MemoryClaude(
      step.conversation([[...steps, step.text("hello")]]),
    );
    const sessionStore = { store, holder: "host 1" };
    return new AsyncSession({ spawn, sessionStore, resume: ID });
  };
  const first = named([mirrored("of the first")]);
  await first.start();
  const second = named([]);
  const error = await assertRejects(
    () => second.start(),
    SessionStoreError,
    '"host 1 (',
  );
  assertEquals(error.reason, "lease_held");
  await first.ask("hi");
  for (const session of [first, second]) await session.close();
  assertEquals(await texts(store), ["before", "of the first"]);
});

/** A pool whose sessions write to their transcripts at their very end, into a store that fails then. */
function poolWithLateFailure() {
  const { spawn } = new MemoryClaude({
    processes: [{
      forEveryPrompt: [step.echo("{prompt}")],
      atEndOfInput: [mirrored("the end", crypto.randomUUID())],
    }],
  });
  const store = Object.assign(new MemorySessionStore(), {
    append: () => Promise.reject(new Error("the disk is full")),
  });
  return new SessionPool({
    warm: 0,
    maxProcesses: 2,
    session: { spawn, sessionStore: { store, attempts: 1 } },
  });
}

Deno.test("map: an item whose end could not be stored is rejected, and the others go on", async () => {
  await using pool = poolWithLateFailure();
  const outcomes = await Array.fromAsync(
    pool.map([1, 2, 3], async (item, { session }) => {
      await session.ask(`${item}`);
    }),
  );
  assertEquals(outcomes.map(({ status, attempts }) => [status, attempts]), [
    ["rejected", 1],
    ["rejected", 1],
    ["rejected", 1],
  ]);
  for (const outcome of outcomes) {
    assert(outcome.status === "rejected");
    assert(outcome.reason instanceof SessionStoreError);
  }
});

Deno.test("a parked session whose end could not be stored says so: by an event, and to the next turn", async () => {
  await using pool = poolWithLateFailure();
  const session = pool.session("a");
  const told: string[] = [];
  using _ = session.on("mirror_error", ({ error }) => told.push(error));
  await session.ask("x");
  assert(pool.park("a"));
  await assertRejects(
    () => session.ask("y"),
    SessionStoreError,
    "the disk is full",
  );
  assertEquals(told.length, 1);
});

Deno.test("the end of a pool fails if a parked session could not be stored", async () => {
  const pool = poolWithLateFailure();
  await pool.session("a").ask("x");
  assert(pool.park("a"));
  await assertRejects(
    () => pool.close(),
    SessionStoreError,
    "the disk is full",
  );
});
