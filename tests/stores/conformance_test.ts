// The published suite over every store of this library.

import { assertEquals, assertRejects } from "@std/assert";
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
    await t.step("a client whose tables cannot be made is closed", async () => {
      const { default: connect } = await import("postgres");
      await using sql = Object.assign(connect(server.address), {
        [Symbol.asyncDispose]: () => sql.end(),
      });
      await sql.unsafe("create view refused_sessions as select 1");
      const address = new URL(server.address);
      address.searchParams.set("application_name", "refused");
      await assertRejects(
        () =>
          PostgresSessionStore.open(address.href, { tablePrefix: "refused" }),
        Error,
        "refused_sessions",
      );
      // The server notices the end of a connection a little later.
      const latest = performance.now() + 60_000;
      let left: unknown;
      do {
        const [row] = await sql.unsafe(
          `select count(*)::int as left from pg_stat_activity
           where application_name = 'refused'`,
        );
        left = row?.left;
      } while (left !== 0 && performance.now() < latest);
      assertEquals(left, 0);
    });
    await t.step("tables that are there are used", async () => {
      await using again = await PostgresSessionStore.open(server.address);
      const key = { projectKey: "p", sessionId: "s" };
      await again.acquire(key, { holder: "h", ttlMs: 0 });
    });
  },
});
