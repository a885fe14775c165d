/**
 * Tests for authors of session stores. They need no test runner and no assertion library.
 *
 * @module
 */

import { SessionStoreError } from "../errors.ts";
import type {
  SessionStore,
  StoredSessionKey,
  TranscriptEntry,
  TranscriptKey,
} from "../stores/store.ts";

/** One test of a session store. */
export interface SessionStoreCase {
  /** What the store has to do. */
  readonly name: string;
  /** Throws an error that says what is wrong. The store may hold other sessions. */
  run(store: SessionStore): Promise<void>;
}

/** What {@linkcode testSessionStore} needs. */
export interface SessionStoreSuite {
  /** Declares a test: `Deno.test`, or `test` of `node:test` or vitest. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Returns a store, for each test. It is disposed of after the test if it can be. */
  readonly store: () => SessionStore | Promise<SessionStore>;
  /** Beginning of the names of the tests. Default `"session store"`. */
  readonly name?: string;
}

const LEASE = { holder: "suite", ttlMs: 60_000 };
const EXPIRED = { holder: "suite, expired", ttlMs: 0 };

/**
 * Declares the tests of a session store, one for each of {@linkcode SESSION_STORE_CASES}.
 *
 * @example
 * ```ts ignore
 * import { MemorySessionStore } from "@claudestream/core/stores";
 * import { testSessionStore } from "@claudestream/core/testing";
 *
 * // With your own store in the place of this one.
 * testSessionStore({ test: Deno.test, store: () => new MemorySessionStore() });
 * ```
 */
export function testSessionStore(
  { test, store, name = "session store" }: SessionStoreSuite,
): void {
  for (const { name: what, run } of SESSION_STORE_CASES) {
    test(`${name}: ${what}`, async () => {
      const made = await store();
      try {
        await run(made);
      } finally {
        await dispose(made);
      }
    });
  }
}

async function dispose(store: SessionStore): Promise<void> {
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } =
    store as Partial<AsyncDisposable & Disposable>;
  if (later !== undefined) await later.call(store);
  else now?.call(store);
}

/** A session of the store under one lease. */
class Writer {
  readonly key: StoredSessionKey;
  readonly token: number;
  readonly #store: SessionStore;
  #sequence = 0;

  private constructor(
    store: SessionStore,
    key: StoredSessionKey,
    token: number,
  ) {
    this.#store = store;
    this.key = key;
    this.token = token;
  }

  static async of(
    store: SessionStore,
    key: StoredSessionKey = freshKey(),
    request = LEASE,
  ): Promise<Writer> {
    const { token } = await store.acquire(key, request);
    return new Writer(store, key, token);
  }

  /** Appends the next batch. */
  async append(
    entries: readonly TranscriptEntry[],
    subpath?: string,
  ): Promise<void> {
    await this.again(entries, ++this.#sequence, subpath);
  }

  /** Appends a batch under the next number. */
  async again(
    entries: readonly TranscriptEntry[],
    sequence: number,
    subpath?: string,
  ): Promise<void> {
    const { token } = this;
    const batch = { token, sequence, entries };
    await this.#store.append(keyAt(this.key, subpath), batch);
  }

  /** Throws if the store holds something else. */
  async expect(
    entries: readonly TranscriptEntry[],
    subpath?: string,
  ): Promise<void> {
    await expectEntries(this.#store, keyAt(this.key, subpath), entries);
  }
}

function freshKey(): StoredSessionKey {
  return {
    projectKey: `suite-${crypto.randomUUID()}`,
    sessionId: crypto.randomUUID(),
  };
}

function keyAt(key: StoredSessionKey, subpath?: string): TranscriptKey {
  return subpath === undefined ? key : { ...key, subpath };
}

function entry(text: string, more: TranscriptEntry = {}): TranscriptEntry {
  return { type: "user", uuid: crypto.randomUUID(), text, ...more };
}

function entriesOf(count: number, name = "entry"): TranscriptEntry[] {
  return Array.from({ length: count }, (_, at) => entry(`${name} ${at}`));
}

async function loaded(
  store: SessionStore,
  key: TranscriptKey,
): Promise<readonly TranscriptEntry[]> {
  const entries: TranscriptEntry[] = [];
  for await (const one of store.load(key)) entries.push(one);
  return entries;
}

async function expectEntries(
  store: SessionStore,
  key: TranscriptKey,
  expected: readonly TranscriptEntry[],
): Promise<void> {
  const found = await loaded(store, key);
  if (found.length !== expected.length) {
    throw new Error(
      `Expected ${expected.length} entries, the store gave ${found.length}`,
    );
  }
  for (const [at, one] of expected.entries()) {
    const [want, got] = [JSON.stringify(one), JSON.stringify(found[at])];
    if (want === got) continue;
    throw new Error(
      `Entry ${at} differs: expected ${short(want)}, the store gave ${
        short(got)
      }`,
    );
  }
}

function short(text: string): string {
  return text.length <= 200
    ? text
    : `${text.slice(0, 200)}… (${text.length} characters)`;
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [got, want] = [JSON.stringify(found), JSON.stringify(expected)];
  if (got !== want) {
    throw new Error(`${what}: expected ${want}, the store gave ${got}`);
  }
}

async function expectRefusal(
  reason: SessionStoreError["reason"],
  what: string,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof SessionStoreError && error.reason === reason) return;
    throw new Error(
      `${what}: expected a SessionStoreError with the reason "${reason}", got ${error}`,
      { cause: error },
    );
  }
  throw new Error(
    `${what}: expected a SessionStoreError with the reason "${reason}", the store accepted it`,
  );
}

/** All tests of a session store. */
export const SESSION_STORE_CASES: readonly SessionStoreCase[] = [
  {
    name: "a session that was never stored is empty and not listed",
    async run(store) {
      const key = freshKey();
      await expectEntries(store, key, []);
      expectEqual("session()", await store.session(key), undefined);
      await store.delete(key);
      // A lease alone stores nothing.
      await Writer.of(store, key);
      await expectEntries(store, key, []);
      expectEqual("session()", await store.session(key), undefined);
      for await (const listed of store.list(key.projectKey)) {
        expectEqual("list()", listed, undefined);
      }
    },
  },
  {
    name: "entries come back as they were appended, in order",
    async run(store) {
      const writer = await Writer.of(store);
      const all: TranscriptEntry[] = [];
      for (const size of [1, 3, 0, 200, 1]) {
        const some = entriesOf(size, `batch of ${size}`);
        await writer.append(some);
        all.push(...some);
        await writer.expect(all);
      }
    },
  },
  {
    name: "entries without a uuid and equal entries are kept, each one",
    async run(store) {
      const writer = await Writer.of(store);
      const same = { type: "last-prompt", lastPrompt: "x" };
      await writer.append([same, same]);
      await writer.append([same]);
      await writer.expect([same, same, same]);
    },
  },
  {
    name: "a batch that is sent again is stored once",
    async run(store) {
      const writer = await Writer.of(store);
      const [first, second] = [entriesOf(3, "first"), entriesOf(2, "second")];
      await writer.again(first, 1);
      await writer.again(first, 1);
      await writer.again(second, 2, "subagents/agent-a");
      await writer.again(second, 2, "subagents/agent-a");
      await writer.again(first, 1);
      await writer.expect(first);
      await writer.expect(second, "subagents/agent-a");
    },
  },
  {
    name: "the numbers of batches begin again under the next lease",
    async run(store) {
      const first = await Writer.of(store);
      await first.append([entry("a")]);
      await store.release(first.key, first.token);
      const [before] = await loaded(store, first.key);
      const second = await Writer.of(store, first.key);
      const after = entry("b");
      await second.append([after]);
      await second.expect([before ?? {}, after]);
    },
  },
  {
    name: "text of every kind is kept: emoji, controls, half surrogates",
    async run(store) {
      const writer = await Writer.of(store);
      const texts = [
        "ünïcödé 漢字 👩‍👩‍👧‍👦 \u{10FFFF}",
        "line\nbreak\r\n\ttab \u2028 \u2029 \u0085",
        "\u0000 \u0001 \u007f \\u0000 \\",
        "half \ud83d end",
        '\'; drop table x; -- $1 "quotes" %s',
        "\ufeffmark",
      ];
      const entries = texts.map((text) => entry(text, { [text]: [null, 0.1] }));
      await writer.append(entries);
      await writer.expect(entries);
    },
  },
  {
    name: "the order of the fields of an entry is kept",
    async run(store) {
      const writer = await Writer.of(store);
      await writer.append([{ z: 1, a: { y: 2, b: 3 }, m: [] }]);
      await writer.expect([{ z: 1, a: { y: 2, b: 3 }, m: [] }]);
    },
  },
  {
    name: "large entries and large batches are kept whole",
    async run(store) {
      const writer = await Writer.of(store);
      const large = [70_000, 1_500_000].map((size) =>
        entry("é漢😀".repeat(size / 5))
      );
      const many = entriesOf(3_000, "one of many");
      await writer.append(large);
      await writer.append(many);
      await writer.append([entry("small")].slice(0, 0));
      await writer.expect([...large, ...many]);
    },
  },
  {
    name: "sessions and projects do not mix",
    async run(store) {
      const key = freshKey();
      const others = [
        { ...key, sessionId: crypto.randomUUID() },
        { ...key, projectKey: `${key.projectKey}/x` },
        { ...key, projectKey: `${key.projectKey}..` },
      ];
      const all = [key, ...others];
      for (const [at, one] of all.entries()) {
        const writer = await Writer.of(store, one);
        await writer.append([entry(`${at}`, { uuid: `${at}` })]);
      }
      for (const [at, one] of all.entries()) {
        const expected = [entry(`${at}`, { uuid: `${at}` })];
        await expectEntries(store, one, expected);
      }
      await store.delete(key);
      for (const [at, one] of others.entries()) {
        const uuid = `${at + 1}`;
        await expectEntries(store, one, [entry(uuid, { uuid })]);
      }
    },
  },
  {
    name: "the transcripts of one session do not mix",
    async run(store) {
      const writer = await Writer.of(store);
      const subpaths = [
        undefined,
        "subagents/agent-a",
        "subagents/agent-A",
        "subagents/agent-a/b",
        "subagents/agent-a.b",
        // Every object has these without being told.
        "constructor",
        "__proto__",
      ];
      for (const round of [0, 1]) {
        for (const subpath of subpaths) {
          await writer.append([{ type: `${round} ${subpath}` }], subpath);
        }
      }
      for (const subpath of subpaths) {
        const expected = [0, 1].map((at) => ({ type: `${at} ${subpath}` }));
        await writer.expect(expected, subpath);
      }
      const listed = await store.session(writer.key);
      expectEqual(
        "subpaths",
        listed?.subpaths,
        subpaths.filter((one) => one !== undefined).sort(),
      );
    },
  },
  {
    name: "sessions are listed by project, with the time of their last entry",
    async run(store) {
      const first = await Writer.of(store);
      const { projectKey } = first.key;
      const second = await Writer.of(store, { ...freshKey(), projectKey });
      const elsewhere = await Writer.of(store);
      for (const writer of [first, second, elsewhere]) {
        await writer.append([entry("x")]);
      }
      const ids: string[] = [];
      for await (const listed of store.list(projectKey)) {
        ids.push(listed.sessionId);
        if (!(Math.abs(listed.updatedMs - Date.now()) < 86_400_000)) {
          throw new Error(`updatedMs is no time: ${listed.updatedMs}`);
        }
      }
      const expected = [first.key.sessionId, second.key.sessionId];
      expectEqual("list()", ids.sort(), expected.sort());
    },
  },
  {
    name: "a deleted session is gone with all of its transcripts",
    async run(store) {
      const writer = await Writer.of(store);
      await writer.append([entry("x")]);
      await writer.append([entry("y")], "subagents/agent-a");
      await store.delete(writer.key);
      await writer.expect([]);
      await writer.expect([], "subagents/agent-a");
      expectEqual("session()", await store.session(writer.key), undefined);
      for await (const listed of store.list(writer.key.projectKey)) {
        expectEqual("list()", listed, undefined);
      }
      // A session that still writes to it must not bring it back.
      await expectRefusal(
        "lease_lost",
        "append after delete",
        () => writer.append([entry("late")]),
      );
      const next = await Writer.of(store, writer.key);
      await next.append([entry("new", { uuid: "new" })]);
      await next.expect([entry("new", { uuid: "new" })]);
      await next.expect([], "subagents/agent-a");
    },
  },
  {
    name: "a lease that is held is refused to others, and names its holder",
    async run(store) {
      const writer = await Writer.of(store);
      const another = () =>
        store.acquire(writer.key, { ...LEASE, holder: "another" });
      await expectRefusal("lease_held", "acquire while held", another);
      try {
        await another();
      } catch (error) {
        if (!String(error).includes(`"${LEASE.holder}"`)) {
          throw new Error(`The error does not name the holder: ${error}`);
        }
      }
      await writer.append([entry("x", { uuid: "x" })]);
      await writer.expect([entry("x", { uuid: "x" })]);
    },
  },
  {
    name: "of many that ask for a lease at once, one gets it",
    async run(store) {
      const key = freshKey();
      const asked = await Promise.allSettled(
        Array.from(
          { length: 8 },
          (_, at) => store.acquire(key, { ...LEASE, holder: `suite ${at}` }),
        ),
      );
      const got = asked.filter(({ status }) => status === "fulfilled");
      expectEqual("leases granted", got.length, 1);
    },
  },
  {
    name: "a released lease can be acquired, with a greater token",
    async run(store) {
      const key = freshKey();
      let last = 0;
      for (let round = 0; round < 3; round++) {
        const { token } = await store.acquire(key, LEASE);
        if (!(token > last)) {
          throw new Error(`Token ${token} is not greater than ${last}`);
        }
        last = token;
        await store.release(key, token);
      }
    },
  },
  {
    name:
      "the holder of a lease takes it over with a greater token, as if the answer had been lost",
    async run(store) {
      const first = await Writer.of(store);
      const before = entry("before");
      await first.append([before]);
      const second = await Writer.of(store, first.key);
      if (!(second.token > first.token)) {
        throw new Error(
          `Token ${second.token} is not greater than ${first.token}`,
        );
      }
      await expectRefusal(
        "lease_lost",
        "append under the lease before",
        () => first.append([entry("late")]),
      );
      // A limit that is over gives the late lease up, which is not this one.
      await store.release(first.key, first.token);
      await expectRefusal(
        "lease_held",
        "acquire by another",
        () => store.acquire(first.key, { ...LEASE, holder: "another" }),
      );
      const after = entry("after");
      await second.append([after]);
      await second.expect([before, after]);
    },
  },
  {
    name: "an expired holder cannot write, renew or release after another",
    async run(store) {
      const old = await Writer.of(store, freshKey(), EXPIRED);
      const before = entry("before");
      await old.append([before]);
      const next = await Writer.of(store, old.key);
      const lost = (what: string, call: () => Promise<unknown>) =>
        expectRefusal("lease_lost", what, call);
      await lost("late append", () => old.append([entry("late")]));
      await lost(
        "late append to a subagent's transcript",
        () => old.append([entry("late")], "subagents/agent-a"),
      );
      await lost("late renew", () => store.renew(old.key, old.token, 60_000));
      await store.release(old.key, old.token);
      await expectRefusal(
        "lease_held",
        "acquire after another one's release",
        () => store.acquire(old.key, { ...LEASE, holder: "a third one" }),
      );
      const after = entry("after");
      await next.append([after]);
      await next.expect([before, after]);
    },
  },
  {
    name: "an expired holder writes and renews until another has taken over",
    async run(store) {
      const writer = await Writer.of(store, freshKey(), EXPIRED);
      const all = entriesOf(2);
      await writer.append(all);
      await store.renew(writer.key, writer.token, 60_000);
      await expectRefusal(
        "lease_held",
        "acquire after the renewal of an expired lease",
        () => store.acquire(writer.key, LEASE),
      );
      // Released, it has expired: what was on its way still belongs behind what is stored.
      await store.release(writer.key, writer.token);
      const late = entry("late");
      await writer.append([late]);
      await writer.expect([...all, late]);
      // The next holder reads after that, and sees the whole batch.
      const next = await Writer.of(store, writer.key);
      await next.expect([...all, late]);
      await expectRefusal(
        "lease_lost",
        "append after another took over",
        () => writer.append([entry("too late")]),
      );
      await next.expect([...all, late]);
    },
  },
  {
    name: "a renewed lease lasts longer",
    async run(store) {
      const writer = await Writer.of(store, freshKey(), EXPIRED);
      await store.renew(writer.key, writer.token, 60_000);
      await expectRefusal(
        "lease_held",
        "acquire after renew",
        () => store.acquire(writer.key, LEASE),
      );
      await store.renew(writer.key, writer.token, 0);
      await Writer.of(store, writer.key);
    },
  },
  {
    name: "no one writes without a lease",
    async run(store) {
      const key = freshKey();
      const batch = { token: 1, sequence: 1, entries: [entry("x")] };
      await expectRefusal(
        "lease_lost",
        "append without a lease",
        () => store.append(key, batch),
      );
      await expectEntries(store, key, []);
    },
  },
  {
    name: "a batch that cannot be stored leaves nothing behind",
    async run(store) {
      const writer = await Writer.of(store);
      const good = entriesOf(2);
      await writer.append(good);
      const bad = {
        type: "user",
        get text(): string {
          throw new Error("cannot be read");
        },
      };
      let isRefused = false;
      try {
        await writer.again([entry("lost"), bad], 2);
      } catch {
        isRefused = true;
      }
      if (!isRefused) throw new Error("The store took what it cannot read");
      await writer.expect(good);
      const next = entry("next");
      await writer.again([next], 2);
      await writer.expect([...good, next]);
    },
  },
  {
    name: "what is appended while a transcript is read does not disturb it",
    async run(store) {
      const writer = await Writer.of(store);
      const first = entriesOf(50);
      await writer.append(first);
      let read = 0;
      for await (const one of store.load(writer.key)) {
        if (read === 0) await writer.append([entry("meanwhile")]);
        if (read < first.length) {
          expectEqual(`entry ${read}`, one, first[read]);
        }
        read++;
      }
      if (read < first.length) {
        throw new Error(`Only ${read} entries were read`);
      }
    },
  },
  {
    name: "sessions written at once by several writers are each complete",
    async run(store) {
      const { projectKey } = freshKey();
      await Promise.all(Array.from({ length: 4 }, async (_, at) => {
        const writer = await Writer.of(store, { ...freshKey(), projectKey });
        const all: TranscriptEntry[] = [];
        for (let round = 0; round < 5; round++) {
          const some = entriesOf(3, `${at} ${round}`);
          all.push(...some);
          await Promise.all([
            writer.append(some),
            store.renew(writer.key, writer.token, 60_000),
          ]);
        }
        await writer.expect(all);
      }));
    },
  },
];
