// The published suite over every store of this library.

import {
  DenoKvSessionStore,
  FileSessionStore,
  MemorySessionStore,
  PostgresSessionStore,
} from "../../src/stores/mod.ts";
import {
  SESSION_STORE_CASES,
  testSessionStore,
} from "../../src/testing/mod.ts";
import { postgresBinaries, startPostgres } from "../support/postgres_server.ts";

testSessionStore({
  test: Deno.test,
  name: "memory",
  store: () => new MemorySessionStore(),
});

testSessionStore({
  test: Deno.test,
  name: "file",
  store: async () => {
    const folder = await Deno.makeTempDir();
    const store = new FileSessionStore(folder);
    return Object.assign(store, {
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    });
  },
});

const hasKv = "openKv" in Deno;
testSessionStore({
  test: (name, fn) =>
    Deno.test({
      name: hasKv ? name : `${name} (skipped: needs --unstable-kv)`,
      ignore: !hasKv,
      fn,
    }),
  name: "Deno KV",
  store: () => DenoKvSessionStore.open({ path: ":memory:" }),
});

const binaries = postgresBinaries();
Deno.test({
  name: binaries === undefined
    ? "PostgreSQL (skipped: no server in /usr/lib/postgresql)"
    : "PostgreSQL",
  ignore: binaries === undefined,
  fn: async (t) => {
    await using server = await startPostgres(binaries ?? "");
    await using store = await PostgresSessionStore.open(server.address);
    for (const { name, run } of SESSION_STORE_CASES) {
      await t.step(name, () => run(store));
    }
    await t.step("tables that are there are used", async () => {
      await using again = await PostgresSessionStore.open(server.address);
      const key = { projectKey: "p", sessionId: "s" };
      await again.acquire(key, { holder: "h", ttlMs: 0 });
    });
  },
});
