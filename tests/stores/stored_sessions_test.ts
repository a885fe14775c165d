// What the functions of the entry point sessions read from a store equals what they read on disk.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  deferred,
  exportSession,
  importSession,
  listSessions,
  readSession,
  SessionNotFoundError,
  sessionTally,
} from "../../src/sessions/mod.ts";
import {
  FileSessionStore,
  MemorySessionStore,
  SessionStoreError,
} from "../../src/stores/mod.ts";
import { ConfigError } from "../../mod.ts";

const configDir = new URL("../fixtures/config", import.meta.url).pathname;
const PROJECT = { projectKey: "default" };

async function idsOnDisk(): Promise<readonly string[]> {
  const { sessions } = await listSessions({ configDir });
  return sessions.map(({ id }) => id);
}

Deno.test("a session that was imported reads from the store as it does on disk", async () => {
  const folder = await Deno.makeTempDir();
  const ids = await idsOnDisk();
  assert(ids.length > 1);
  for (
    const store of [new MemorySessionStore(), new FileSessionStore(folder)]
  ) {
    let agents = 0;
    for (const id of ids) {
      assertEquals(await importSession(id, { configDir, store }), id);
      const entry = await store.session({ ...PROJECT, sessionId: id });
      agents += entry?.subpaths.length ?? 0;
      for (const view of ["flat", "messages", "wire"] as const) {
        for (const subagents of ["merged", "none"] as const) {
          const more = { view, subagents };
          assertEquals(
            await Array.fromAsync(readSession(id, { store, ...more })),
            await Array.fromAsync(readSession(id, { configDir, ...more })),
          );
        }
      }
      const [stored, onDisk] = await Promise.all([
        sessionTally(id, { store }),
        sessionTally(id, { configDir }),
      ]);
      assertEquals(stored.stats(), onDisk.stats());
      assertEquals(stored.changes(), onDisk.changes());
      for (const format of ["markdown", "html", "jsonl"] as const) {
        // The head of a document has the time of the file.
        const from = format === "jsonl" ? 0 : 1;
        const stored = exportSession(id, { store, format });
        const onDisk = exportSession(id, { configDir, format });
        assertEquals(
          (await Array.fromAsync(stored)).slice(from),
          (await Array.fromAsync(onDisk)).slice(from),
        );
      }
      assertEquals(
        await deferred(id, { store }),
        await deferred(id, { configDir }),
      );
    }
    assert(agents > 0);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a store knows a session by its id, a beginning of it, and as the last one", async () => {
  const store = new MemorySessionStore();
  const [first = "", second = ""] = await idsOnDisk();
  const read = async (name: string) => {
    const tally = await sessionTally(name, { store });
    return tally.stats().outputTokens;
  };
  const none = await assertRejects(() => read("last"), SessionNotFoundError);
  assert(none.searched.join().includes('project "default"'));
  await importSession(first, { configDir, store });
  const tokens = await read(first);
  assertEquals(await read(first.slice(0, 4)), tokens);
  assertEquals(await read("last"), tokens);
  const missing = await assertRejects(
    () => read(`${first.slice(0, -1)}!`),
    SessionNotFoundError,
  );
  assertEquals([missing.reason, missing.near], ["missing", [first]]);
  await assertRejects(() => read(first.slice(0, 3)), SessionNotFoundError);
  const twin = { ...PROJECT, sessionId: `${first.slice(0, 8)}-twin` };
  const { token } = await store.acquire(twin, { holder: "h", ttlMs: 0 });
  await store.append(twin, { token, sequence: 1, entries: [{ type: "x" }] });
  const two = await assertRejects(
    () => read(first.slice(0, 8)),
    SessionNotFoundError,
  );
  assertEquals(two.reason, "ambiguous");
  // Another project has none of them.
  await assertRejects(
    () => sessionTally(first, { store: { store, projectKey: "other" } }),
    SessionNotFoundError,
  );
  for (const option of [{ configDir }, { project: "/x" }]) {
    const error = await assertRejects(
      () => sessionTally(second, { store, ...option }),
      ConfigError,
    );
    assertEquals(error.option, Object.keys(option)[0]);
  }
});

Deno.test("a store lists its sessions as those on disk, in pages and by text", async () => {
  const store = new MemorySessionStore();
  const { sessions: onDisk } = await listSessions({ configDir });
  for (const { id } of onDisk) await importSession(id, { configDir, store });
  // As many milliseconds as there are sessions, so that the order is known.
  const list = store.list.bind(store);
  const at = (id: string) => 1000 - onDisk.findIndex((one) => one.id === id);
  store.list = async function* (projectKey) {
    for await (const entry of list(projectKey)) {
      yield { ...entry, updatedMs: at(entry.sessionId) };
    }
  };
  const { sessions } = await listSessions({ store });
  assert(sessions.length > 1);
  assertEquals(
    sessions.map(({ modifiedAt, sizeBytes: _, ...info }) => ({
      ...info,
      at: modifiedAt.getTime(),
    })),
    onDisk.map(({ modifiedAt: _1, sizeBytes: _2, path: _3, ...info }) => ({
      ...info,
      at: at(info.id),
    })),
  );
  const paged: string[] = [];
  for (let cursor: string | undefined = "2000.x"; cursor !== undefined;) {
    const page: Awaited<ReturnType<typeof listSessions>> | {
      readonly sessions: readonly { readonly id: string }[];
      readonly nextCursor?: string;
    } = await listSessions({ store, limit: 1, cursor });
    paged.push(...page.sessions.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assertEquals(paged, onDisk.map(({ id }) => id));
  const since = new Date(1000);
  const late = await listSessions({ store, since });
  assertEquals(late.sessions.map(({ id }) => id), paged.slice(0, 1));
  const text = onDisk[0]?.firstPrompt ?? "";
  const [some, same] = await Promise.all([
    listSessions({ store, text }),
    listSessions({ configDir, text }),
  ]);
  assertEquals(
    some.sessions.map(({ id }) => id),
    same.sessions.map(({ id }) => id),
  );
  const other = { store: { store, projectKey: "other" } };
  assertEquals((await listSessions(other)).sessions, []);
  const both = { store, configDir } as object;
  await assertRejects(() => listSessions(both), ConfigError, "configDir");
});

Deno.test("what is read from a store is on disk only as long as it is read", async () => {
  const temporary = await Deno.makeTempDir();
  const reader = `
    import { importSession, readSession } from "${new URL(
    "../../src/sessions/mod.ts",
    import.meta.url,
  )}";
    import { MemorySessionStore } from "${new URL(
    "../../src/stores/mod.ts",
    import.meta.url,
  )}";
    const store = new MemorySessionStore();
    await importSession("last", { configDir: ${
    JSON.stringify(configDir)
  }, store });
    const names = () => [...Deno.readDirSync(${
    JSON.stringify(temporary)
  })].length;
    for await (const _ of readSession("last", { store })) {
      console.log(names());
      break;
    }
    console.log(names());
  `;
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", reader],
    env: { TMPDIR: temporary },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertEquals(new TextDecoder().decode(stdout), "1\n0\n");
  await Deno.remove(temporary, { recursive: true });
});

Deno.test("an import that fails leaves nothing in the store", async () => {
  const scratch = await Deno.makeTempDir();
  const [id = ""] = await idsOnDisk();
  const store = new MemorySessionStore();
  const key = { ...PROJECT, sessionId: id };
  const lease = await store.acquire(key, { holder: "another", ttlMs: 60_000 });
  const held = await assertRejects(
    () => importSession(id, { configDir, store }),
    SessionStoreError,
    "another",
  );
  assertEquals(held.reason, "lease_held");
  await store.release(key, lease.token);
  await importSession(id, { configDir, store });
  const before = await Array.fromAsync(store.load(key));
  const twice = await assertRejects(
    () => importSession(id, { configDir, store }),
    ConfigError,
  );
  assertEquals(twice.option, "session");
  assertEquals(await Array.fromAsync(store.load(key)), before);
  // A damaged line, after a batch that was stored.
  const damaged = crypto.randomUUID();
  await Deno.mkdir(`${scratch}/projects/-p`, { recursive: true });
  const large = JSON.stringify({ type: "user", text: "x".repeat(2_000_000) });
  await Deno.writeTextFile(
    `${scratch}/projects/-p/${damaged}.jsonl`,
    `${`${large}\n`.repeat(70)}{"type":\n`,
  );
  await assertRejects(
    () => importSession(damaged, { configDir: scratch, store }),
    SessionStoreError,
    "line 71",
  );
  const left = await store.session({ ...PROJECT, sessionId: damaged });
  assertEquals(left, undefined);
  await Deno.remove(scratch, { recursive: true });
});

Deno.test("a store is waited for without a limit if timeoutMs is Infinity or more than a timer supports", async () => {
  const [id = ""] = await idsOnDisk();
  const store = new MemorySessionStore();
  await importSession(id, { configDir, store });
  // Each call ends only after a timer of no time at all would have fired.
  const session = store.session.bind(store);
  store.session = async (key) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return await session(key);
  };
  for (const timeoutMs of [Infinity, 2 ** 31]) {
    const options = { store: { store, timeoutMs } };
    assertEquals(
      await Array.fromAsync(readSession(id, options)),
      await Array.fromAsync(readSession(id, { configDir })),
    );
  }
});

Deno.test("an import whose lease is lost leaves what another one wrote", async () => {
  const [id = ""] = await idsOnDisk();
  const key = { ...PROJECT, sessionId: id };
  const entries = [{ type: "x", of: "another" }];
  const table = { renew: "lease_lost", append: "append" } as const;
  for (const [method, reason] of Object.entries(table)) {
    const store = new MemorySessionStore();
    // Another one takes the lease over and writes, after the first batch of the import.
    const takeOver = async (token: number) => {
      await store.release(key, token);
      const lease = await store.acquire(key, { holder: "b", ttlMs: 60_000 });
      await append(key, { ...lease, sequence: 1, entries });
    };
    const append = store.append.bind(store);
    const renew = store.renew.bind(store);
    let isTaken = false;
    store.renew = async (key, token, ttlMs) => {
      if (!isTaken && method === "renew") {
        isTaken = true;
        await takeOver(token);
      }
      await renew(key, token, ttlMs);
    };
    store.append = async (key, batch) => {
      if (!isTaken && method === "append") {
        isTaken = true;
        await append(key, batch);
        await takeOver(batch.token);
        throw new Error("the connection was lost");
      }
      await append(key, batch);
    };
    const error = await assertRejects(
      () => importSession(id, { configDir, store }),
      SessionStoreError,
    );
    assertEquals([method, error.reason], [method, reason]);
    const left = await Array.fromAsync(store.load(key));
    assertEquals(left.at(-1), entries[0], method);
  }
});

Deno.test("an import fails with its first error, even if what it stored cannot be deleted", async () => {
  const [id = ""] = await idsOnDisk();
  const store = new MemorySessionStore();
  store.append = () => Promise.reject(new Error("no space"));
  store.delete = () => Promise.reject(new Error("not now"));
  await assertRejects(
    () => importSession(id, { configDir, store }),
    SessionStoreError,
    "no space",
  );
});
