// The published suite finds each kind of fault in a store: for each, the cases that fail.

import { assert, assertEquals } from "@std/assert";
import { MemorySessionStore } from "../../src/stores/mod.ts";
import type {
  Lease,
  LeaseRequest,
  SessionStore,
  StoredSessionEntry,
  StoredSessionKey,
  TranscriptBatch,
  TranscriptEntry,
  TranscriptKey,
} from "../../src/stores/mod.ts";
import { SESSION_STORE_CASES } from "../../src/testing/mod.ts";

/** A store that hands everything on; faults take the place of a method. */
class Passing implements SessionStore {
  readonly good = new MemorySessionStore();
  append(key: TranscriptKey, batch: TranscriptBatch): Promise<void> {
    return this.good.append(key, batch);
  }
  load(key: TranscriptKey): AsyncIterable<TranscriptEntry> {
    return this.good.load(key);
  }
  session(key: StoredSessionKey): Promise<StoredSessionEntry | undefined> {
    return this.good.session(key);
  }
  list(projectKey: string): AsyncIterable<StoredSessionEntry> {
    return this.good.list(projectKey);
  }
  delete(key: StoredSessionKey): Promise<void> {
    return this.good.delete(key);
  }
  acquire(key: StoredSessionKey, request: LeaseRequest): Promise<Lease> {
    return this.good.acquire(key, request);
  }
  renew(key: StoredSessionKey, token: number, ttlMs: number): Promise<void> {
    return this.good.renew(key, token, ttlMs);
  }
  release(key: StoredSessionKey, token: number): Promise<void> {
    return this.good.release(key, token);
  }
}

/** A store that changes entries on their way in. */
function changing(
  change: (entries: readonly TranscriptEntry[]) => TranscriptEntry[],
): SessionStore {
  return new class extends Passing {
    override append(key: TranscriptKey, batch: TranscriptBatch) {
      return super.append(key, { ...batch, entries: change(batch.entries) });
    }
  }();
}

/** A store that changes the text of entries on their way out. */
function rewriting(change: (line: string) => string): SessionStore {
  return new class extends Passing {
    override async *load(key: TranscriptKey) {
      for await (const entry of super.load(key)) {
        yield JSON.parse(change(JSON.stringify(entry)));
      }
    }
  }();
}

/** A store that takes some sessions for the same one. */
function renaming<K extends StoredSessionKey>(
  change: (key: K) => Partial<TranscriptKey>,
): SessionStore {
  const same = <T extends StoredSessionKey>(key: T): T => ({
    ...key,
    ...change(key as unknown as K),
  });
  return new class extends Passing {
    override append(key: TranscriptKey, batch: TranscriptBatch) {
      return super.append(same(key), batch);
    }
    override load(key: TranscriptKey) {
      return super.load(same(key));
    }
    override session(key: StoredSessionKey) {
      return super.session(same(key));
    }
    override delete(key: StoredSessionKey) {
      return super.delete(same(key));
    }
    override acquire(key: StoredSessionKey, request: LeaseRequest) {
      return super.acquire(same(key), request);
    }
  }();
}

/** Kinds of faults. */
const FAULTS: Readonly<Record<string, () => SessionStore>> = {
  "loses an entry": () =>
    changing((all) => all.length > 100 ? all.slice(0, -1) : [...all]),
  "loses entries without a uuid": () =>
    changing((all) => all.filter(({ uuid }) => uuid !== undefined)),
  "drops equal entries": () =>
    changing((all) => [
      ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
    ]),
  "doubles an entry": () =>
    changing((all) => all.length === 3 ? [...all, all[0] ?? {}] : [...all]),
  "reorders entries": () =>
    changing((all) => all.length > 100 ? all.toReversed() : [...all]),
  "cuts large values": () =>
    changing((all) =>
      all.map((one) =>
        typeof one.text === "string"
          ? { ...one, text: one.text.slice(0, 65_536) }
          : one
      )
    ),
  "sorts fields": () =>
    changing((all) =>
      all.map((one) => Object.fromEntries(Object.entries(one).sort()))
    ),
  "damages emoji": () => rewriting((line) => line.replace(/👩/gu, "?")),
  "damages half surrogates": () =>
    rewriting((line) => line.replace(/\\ud83d/g, "\ufffd")),
  "drops NUL": () => rewriting((line) => line.replace(/\\u0000/g, "")),
  "strips a byte order mark": () =>
    rewriting((line) => line.replaceAll("\ufeff", "")),
  "mixes sessions": () => renaming(() => ({ sessionId: "one" })),
  "mixes projects": () =>
    renaming(({ projectKey }) => ({ projectKey: projectKey.slice(0, 42) })),
  "mixes subpaths": () =>
    renaming<TranscriptKey>(({ subpath }) =>
      subpath === undefined ? {} : { subpath: subpath.toLowerCase() }
    ),
  "stores a repeated batch again": () => {
    let sequence = 0;
    return new class extends Passing {
      override append(key: TranscriptKey, batch: TranscriptBatch) {
        return super.append(key, { ...batch, sequence: ++sequence });
      }
    }();
  },
  "remembers numbers of batches over leases": () => {
    const last = new Map<string, number>();
    return new class extends Passing {
      override append(key: TranscriptKey, batch: TranscriptBatch) {
        const before = last.get(key.sessionId) ?? 0;
        if (batch.sequence <= before) return Promise.resolve();
        last.set(key.sessionId, batch.sequence);
        return super.append(key, batch);
      }
    }();
  },
  "grants a lease that is held": () =>
    new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const { token } = await super.acquire(key, { ...request, ttlMs: 0 });
        return { token };
      }
    }(),
  "refuses a holder its own lease": () =>
    new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        // A probe that does not change who holds it.
        const probe = { holder: crypto.randomUUID(), ttlMs: 0 };
        await super.acquire(key, probe);
        return await super.acquire(key, request);
      }
    }(),
  "gives a holder its own lease with the same token": () => {
    const held = new Map<string, Lease & { readonly holder: string }>();
    return new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const { holder, ttlMs } = request;
        const known = held.get(key.sessionId);
        if (known?.holder === holder && ttlMs > 0) {
          await super.renew(key, known.token, ttlMs);
          return { token: known.token };
        }
        const { token } = await super.acquire(key, request);
        held.set(key.sessionId, { holder, token });
        return { token };
      }
      override async release(key: StoredSessionKey, token: number) {
        held.delete(key.sessionId);
        await super.release(key, token);
      }
    }();
  },
  "looks and then writes": () => {
    const held = new Set<string>();
    return new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const isHeld = held.has(key.sessionId);
        await Promise.resolve();
        held.add(key.sessionId);
        return isHeld
          ? await super.acquire(key, request)
          : await super.acquire(key, { ...request, ttlMs: 0 });
      }
    }();
  },
  "lets an expired holder write": () => {
    const tokens = new Map<string, number>();
    return new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const lease = await super.acquire(key, request);
        tokens.set(key.sessionId, lease.token);
        return lease;
      }
      override append(key: TranscriptKey, batch: TranscriptBatch) {
        const token = tokens.get(key.sessionId) ?? batch.token;
        return super.append(key, { ...batch, token });
      }
    }();
  },
  "refuses an expired holder although no one has taken over": () => {
    const expired = new Set<number>();
    return new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const lease = await super.acquire(key, request);
        if (request.ttlMs === 0) expired.add(lease.token);
        return lease;
      }
      override append(key: TranscriptKey, batch: TranscriptBatch) {
        const isRefused = expired.has(batch.token);
        return super.append(key, isRefused ? { ...batch, token: -1 } : batch);
      }
    }();
  },
  "lets an expired holder release": () => {
    const tokens = new Map<string, number>();
    return new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        const lease = await super.acquire(key, request);
        tokens.set(key.sessionId, lease.token);
        return lease;
      }
      override release(key: StoredSessionKey, token: number) {
        return super.release(key, tokens.get(key.sessionId) ?? token);
      }
    }();
  },
  "lets an expired holder renew": () =>
    new class extends Passing {
      override async renew(key: StoredSessionKey, token: number, ms: number) {
        await super.renew(key, token, ms).catch(() => {});
      }
    }(),
  "forgets to renew": () =>
    new class extends Passing {
      override renew() {
        return Promise.resolve();
      }
    }(),
  "forgets to release": () =>
    new class extends Passing {
      override release() {
        return Promise.resolve();
      }
    }(),
  "gives every lease the same token": () =>
    new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        await super.acquire(key, request);
        return { token: 1 };
      }
    }(),
  "throws errors of its own about leases": () =>
    new class extends Passing {
      override async acquire(key: StoredSessionKey, request: LeaseRequest) {
        try {
          return await super.acquire(key, request);
        } catch (error) {
          throw new Error(String(error));
        }
      }
    }(),
  "writes without a lease": () =>
    new class extends Passing {
      override async append(key: TranscriptKey, batch: TranscriptBatch) {
        try {
          await super.append(key, batch);
        } catch {
          const lease = await this.good.acquire(key, {
            holder: "any",
            ttlMs: 0,
          });
          await super.append(key, { ...batch, token: lease.token });
        }
      }
    }(),
  "appends one by one": () =>
    new class extends Passing {
      override async append(key: TranscriptKey, batch: TranscriptBatch) {
        let sequence = batch.sequence * 10_000;
        for (const one of batch.entries) {
          await super.append(key, {
            ...batch,
            sequence: sequence++,
            entries: [one],
          });
        }
      }
    }(),
  "swallows what it cannot write": () =>
    new class extends Passing {
      override async append(key: TranscriptKey, batch: TranscriptBatch) {
        try {
          await super.append(key, batch);
        } catch (error) {
          if (String(error).includes("lease")) throw error;
        }
      }
    }(),
  "forgets to delete": () =>
    new class extends Passing {
      override delete() {
        return Promise.resolve();
      }
    }(),
  "deletes what is seen of a session only": () => {
    const gone = new Set<string>();
    return new class extends Passing {
      override delete({ sessionId }: StoredSessionKey) {
        gone.add(sessionId);
        return Promise.resolve();
      }
      override async *load(key: TranscriptKey) {
        if (key.subpath === undefined && gone.has(key.sessionId)) return;
        yield* super.load(key);
      }
    }();
  },
  "lists sessions of other projects": () =>
    new class extends Passing {
      readonly #projects = new Set<string>();
      override append(key: TranscriptKey, batch: TranscriptBatch) {
        this.#projects.add(key.projectKey);
        return super.append(key, batch);
      }
      override async *list() {
        for (const project of this.#projects) yield* super.list(project);
      }
    }(),
  "lists nothing": () =>
    new class extends Passing {
      override async *list() {}
    }(),
  "lists sessions without entries": () =>
    new class extends Passing {
      override session(key: StoredSessionKey) {
        return Promise.resolve({ ...key, updatedMs: 0, subpaths: [] });
      }
    }(),
  "has no times": () =>
    new class extends Passing {
      override async *list(projectKey: string) {
        for await (const one of super.list(projectKey)) {
          yield { ...one, updatedMs: 0 };
        }
      }
    }(),
  "loads a transcript that changes meanwhile from its end": () =>
    new class extends Passing {
      override async *load(key: TranscriptKey) {
        const before = await Array.fromAsync(super.load(key));
        if (before.length > 100) return yield* before;
        for (let at = 0; at < before.length; at++) {
          const now = await Array.fromAsync(super.load(key));
          yield now[at + now.length - before.length] ?? {};
        }
      }
    }(),
};

async function failures(make: () => SessionStore): Promise<readonly string[]> {
  const failed: string[] = [];
  const store = make();
  for (const { name, run } of SESSION_STORE_CASES) {
    try {
      await run(store);
    } catch (error) {
      assert(error instanceof Error);
      failed.push(name);
    }
  }
  return failed;
}

const caught = new Set<string>();

Deno.test("a store without a fault passes", async () => {
  assertEquals(await failures(() => new Passing()), []);
});

for (const [fault, make] of Object.entries(FAULTS)) {
  Deno.test(`the suite fails on a store that ${fault}`, async () => {
    const failed = await failures(make);
    for (const name of failed) caught.add(name);
    assert(failed.length > 0);
  });
}

Deno.test("every case of the suite fails on some fault", () => {
  const idle = SESSION_STORE_CASES.filter(({ name }) => !caught.has(name));
  assertEquals(idle.map(({ name }) => name), []);
});
