// Every method of a store that hangs, throws, rejects or answers nonsense, at the start, in a turn
// and at the end: what the caller sees. No call waits for a store for ever.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  type SessionStore,
  SessionStoreError,
} from "../../mod.ts";
import { MemorySessionStore } from "../../src/stores/mod.ts";
import { FakeClock, MemoryClaude, step } from "../../src/testing/mod.ts";
import { isSessionStore } from "../../src/stores/store_options.ts";

const ID = "11111111-1111-4111-8111-111111111111";
const KEY = { projectKey: "default", sessionId: ID };
const TIMEOUT_MS = 10_000;

type Method = keyof SessionStore;

/** How a store misbehaves. */
const FAULTS = ["hangs", "throws", "rejects", "answers nonsense"] as const;
type Fault = typeof FAULTS[number];

/** When: while a session is resumed, in a turn of a new session, and when that is closed. */
const PHASES = ["start", "turn", "close"] as const;
type Phase = typeof PHASES[number];

/**
 * What the caller sees: the reason of the `SessionStoreError`; `"nothing"`, because the session does
 * without the answer; `"no call"`, because a session does not call the method then.
 */
type Seen = SessionStoreError["reason"] | "nothing" | "no call";

/** What the caller sees of each method, for each phase. A new method needs a row. */
const SEEN: Readonly<Record<Method, Readonly<Record<Phase, Seen>>>> = {
  append: { start: "no call", turn: "append", close: "append" },
  load: { start: "load", turn: "no call", close: "no call" },
  session: { start: "load", turn: "load", close: "no call" },
  list: { start: "no call", turn: "no call", close: "no call" },
  delete: { start: "no call", turn: "no call", close: "no call" },
  acquire: { start: "lease", turn: "lease", close: "no call" },
  // Renewed while it lasts; one that fails is tried again, and the next append finds out.
  renew: { start: "no call", turn: "nothing", close: "no call" },
  // A lease that cannot be given up expires.
  release: { start: "no call", turn: "no call", close: "nothing" },
};

/** Methods whose answer is not read: any answer means that it is done. */
const UNREAD: readonly Method[] = ["append", "delete", "renew", "release"];

/** A store with one fault, which begins when it is armed. */
class Faulty {
  readonly clock = new FakeClock();
  readonly good = new MemorySessionStore();
  readonly store: SessionStore;
  isArmed = false;
  /** Calls that met the fault. */
  calls = 0;

  constructor(method: Method, fault: Fault) {
    this.store = new Proxy(this.good, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (!this.isArmed || name !== method) {
            return value.apply(target, given);
          }
          this.calls++;
          return this.#meet(method, fault);
        };
      },
    });
  }

  #meet(method: Method, fault: Fault): unknown {
    if (fault === "throws") throw new Error(`no ${method} today`);
    const isList = method === "load" || method === "list";
    if (fault === "answers nonsense") {
      return isList ? listOf(7) : Promise.resolve(7);
    }
    const answer = fault === "rejects"
      ? Promise.reject(new Error(`no ${method} today`))
      : this.#never();
    return isList
      ? { [Symbol.asyncIterator]: () => ({ next: () => answer }) }
      : answer;
  }

  /** Never settles; the time passes that the call may take. */
  #never(): Promise<never> {
    setTimeout(() => this.clock.advance(TIMEOUT_MS), 0);
    return new Promise(() => {});
  }
}

async function* listOf(value: unknown): AsyncGenerator<unknown> {
  yield await Promise.resolve(value);
}

function mirrored(text: string) {
  return step.line({
    type: "transcript_mirror",
    filePath: `/home/me/.claude/projects/-work/${ID}.jsonl`,
    entries: [{ type: "user", uuid: crypto.randomUUID(), text }],
  });
}

function sessionOver(
  faulty: Faulty,
  phase: Phase,
  more: { readonly attempts?: number; readonly gate?: boolean } = {},
): AsyncSession {
  const { clock, store } = faulty;
  const claude = new MemoryClaude(
    step.conversation([[mirrored("in the turn"), step.text("hello")]], {
      atEndOfInput: phase === "close" ? [mirrored("at the end")] : [],
    }),
    { clock },
  );
  return new AsyncSession({
    spawn: claude.spawn,
    clock,
    sessionStore: { store, timeoutMs: TIMEOUT_MS, attempts: 1, ...more },
    ...phase === "start" ? { resume: ID } : { sessionId: ID },
  });
}

/** Runs a phase with the fault; returns what the caller sees of it. */
async function seen(method: Method, fault: Fault, phase: Phase): Promise<Seen> {
  const faulty = new Faulty(method, fault);
  if (phase === "start") {
    const { token } = await faulty.good.acquire(KEY, { holder: "h", ttlMs: 0 });
    const entries = [{ type: "user", uuid: "u" }];
    await faulty.good.append(KEY, { token, sequence: 1, entries });
  }
  const session = sessionOver(faulty, phase);
  let events = 0;
  using _ = session.on("mirror_error", () => events++);
  const error = await failureOf(async () => {
    if (phase === "start") {
      faulty.isArmed = true;
      await session.start();
    } else if (phase === "turn") {
      faulty.isArmed = method !== "renew";
      await session.ask("hi");
      if (method !== "renew") return;
      // The lease is renewed when a third of its time has passed.
      faulty.isArmed = true;
      faulty.clock.advance(10_000);
      await session.ask("again");
    } else {
      await session.ask("hi");
      faulty.isArmed = true;
      await session.close();
    }
  });
  faulty.isArmed &&= phase === "close";
  await session.close().catch((late) => assertEquals(late, error));
  if (error !== undefined) {
    assert(faulty.calls > 0);
    // What is to be stored and is not has an event, too.
    assertEquals(events, phase === "start" ? 0 : 1);
    assert(error.message.includes(`${method}()`), error.message);
    return error.reason;
  }
  assertEquals(events, 0);
  return faulty.calls === 0 ? "no call" : "nothing";
}

async function failureOf(
  run: () => Promise<void>,
): Promise<SessionStoreError | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof SessionStoreError) return error;
    throw error;
  }
}

for (const method of Object.keys(SEEN) as Method[]) {
  for (const fault of FAULTS) {
    Deno.test(`a store whose ${method}() ${fault}: what the caller sees`, async () => {
      for (const phase of PHASES) {
        const row = SEEN[method][phase];
        const isDone = fault === "answers nonsense" && UNREAD.includes(method);
        const expected = isDone && row !== "no call" ? "nothing" : row;
        assertEquals(await seen(method, fault, phase), expected, phase);
      }
    });
  }
}

Deno.test("the table of faults has each method that a store needs, and no other", () => {
  const methods = Object.keys(SEEN);
  const stub = Object.fromEntries(methods.map((name) => [name, () => {}]));
  assert(isSessionStore(stub));
  for (const name of methods) {
    const { [name]: _left, ...rest } = stub;
    assert(!isSessionStore(rest), `a store needs no ${name}`);
  }
});

Deno.test("a store that hangs is asked again, and what it takes late is stored once", async () => {
  const faulty = new Faulty("append", "hangs");
  const { good, clock } = faulty;
  let calls = 0;
  const store: SessionStore = Object.assign(Object.create(faulty.store), {
    append(...given: Parameters<SessionStore["append"]>): Promise<void> {
      const done = good.append(...given);
      // Stored, but the answer is lost on its way.
      if (calls++ > 0) return done;
      setTimeout(() => {
        clock.advance(TIMEOUT_MS);
        setTimeout(() => clock.advance(1_000), 0);
      }, 0);
      return new Promise(() => {});
    },
  });
  const session = sessionOver(
    Object.assign(Object.create(faulty), { clock, store }),
    "turn",
    { attempts: 4 },
  );
  assertEquals((await session.ask("hi")).text, "hello");
  await session.close();
  assertEquals(calls, 2);
  assertEquals((await Array.fromAsync(good.load(KEY))).length, 1);
});

Deno.test("a lease that is granted too late is given up", async () => {
  const faulty = new Faulty("acquire", "hangs");
  const { good, clock } = faulty;
  const granted = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const store: SessionStore = Object.assign(Object.create(faulty.store), {
    async acquire(...given: Parameters<SessionStore["acquire"]>) {
      setTimeout(() => clock.advance(TIMEOUT_MS), 0);
      await granted.promise;
      return await good.acquire(...given);
    },
    async release(...given: Parameters<SessionStore["release"]>) {
      await good.release(...given);
      released.resolve();
    },
  });
  const session = sessionOver(
    Object.assign(Object.create(faulty), { clock, store }),
    "turn",
  );
  await assertRejects(() => session.ask("hi"), SessionStoreError, "acquire()");
  await session.close();
  granted.resolve();
  await released.promise;
  await good.acquire(KEY, { holder: "another", ttlMs: 1 });
});
