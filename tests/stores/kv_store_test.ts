// Deno KV: what the shared cases cannot bring about, such as a change between two transactions.

import { assert, assertEquals } from "@std/assert";
import {
  DenoKvSessionStore,
  type KvDatabase,
  type KvTransaction,
} from "../../src/stores/mod.ts";

const KEY = { projectKey: "p", sessionId: "s" };
const entries = [{ type: "new" }];

/** Calls a function after each transaction that was committed. */
function withCommits(
  kv: KvDatabase,
  committed: (count: number) => Promise<void>,
): KvDatabase {
  let count = 0;
  return {
    get: (key) => kv.get(key),
    list: (selector) => kv.list(selector),
    close: () => kv.close(),
    atomic: () => {
      const inner = kv.atomic();
      const outer: KvTransaction = {
        check: (check) => (inner.check(check), outer),
        set: (key, value) => (inner.set(key, value), outer),
        delete: (key) => (inner.delete(key), outer),
        commit: async () => {
          const result = await inner.commit();
          await committed(++count);
          return result;
        },
      };
      return outer;
    },
  };
}

/** Opens a database in memory. `undefined` without `--unstable-kv`. */
const openKv: ((path: string) => Promise<KvDatabase>) | undefined = Reflect
  .get(Deno, "openKv");

Deno.test({
  name: openKv === undefined
    ? "a delete and a new holder (skipped: needs --unstable-kv)"
    : "a delete leaves what a new holder appends between two of its steps",
  ignore: openKv === undefined,
  fn: async () => {
    assert(openKv !== undefined);
    // At each step of the delete in turn: after the state is gone, after a piece, and so on.
    for (let step = 1;; step++) {
      const kv = await openKv(":memory:");
      using store = new DenoKvSessionStore(kv);
      const { token } = await store.acquire(KEY, { holder: "a", ttlMs: 0 });
      for (const sequence of [1, 2, 3]) {
        await store.append(KEY, {
          token,
          sequence,
          entries: [{ type: "old" }],
        });
      }
      let isTaken = false;
      const deleting = new DenoKvSessionStore(
        withCommits(kv, async (count) => {
          if (count !== step) return;
          isTaken = true;
          const lease = await store.acquire(KEY, {
            holder: "b",
            ttlMs: 60_000,
          });
          await store.append(KEY, { ...lease, sequence: 1, entries });
        }),
      );
      await deleting.delete(KEY);
      const left = await Array.fromAsync(store.load(KEY));
      if (!isTaken) {
        assertEquals([step > 3, left], [true, []]);
        break;
      }
      assertEquals([step, left], [step, entries]);
    }
  },
});

Deno.test({
  name: openKv === undefined
    ? "a delete of many pieces (skipped: needs --unstable-kv)"
    : "a delete leaves no piece in the database",
  ignore: openKv === undefined,
  fn: async () => {
    assert(openKv !== undefined);
    const kv = await openKv(":memory:");
    using store = new DenoKvSessionStore(kv);
    const { token } = await store.acquire(KEY, { holder: "a", ttlMs: 0 });
    const large = [{ type: "x", text: "x".repeat(2_000_000) }];
    await store.append(KEY, { token, sequence: 1, entries: large });
    const agent = { ...KEY, subpath: "subagents/agent-1" };
    await store.append(agent, { token, sequence: 2, entries });
    await store.delete(KEY);
    assertEquals(await Array.fromAsync(kv.list({ prefix: [] })), []);
  },
});
