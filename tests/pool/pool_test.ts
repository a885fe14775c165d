// A pool: who gets a process, who waits, what is parked.

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allow,
  BudgetExceededError,
  callback,
  ConfigError,
  DeadlineError,
  deny,
  ProcessExitError,
  type SessionOptions,
  StateError,
} from "../../mod.ts";
import { type PoolOptions, SessionPool } from "../../src/pool/mod.ts";
import {
  FakeClock,
  MemoryClaude,
  type Scenario,
  step,
} from "../../src/testing/mod.ts";
import { settled } from "../support/clock_moves.ts";
import { until } from "../support/longest_wait.ts";

/** A reply that names the session and the prompt. */
const ECHO: Scenario = {
  processes: [{ forEveryPrompt: [step.echo("{session} {prompt}")] }],
};

function poolOf(
  options: PoolOptions = {},
  scenario: Scenario = ECHO,
  session: SessionOptions = {},
) {
  const clock = new FakeClock();
  const claude = new MemoryClaude(scenario, { clock });
  /** Processes that run, and the most that ever did. */
  const count = { now: 0, most: 0, all: 0 };
  /** The arguments of each process. */
  const starts: (readonly string[])[] = [];
  const pool = new SessionPool({
    warm: 0,
    ...options,
    session: {
      clock,
      ...session,
      spawn: (spec) => {
        const process = claude.spawn(spec);
        starts.push(spec.args);
        count.now++;
        count.all++;
        count.most = Math.max(count.most, count.now);
        process.exited?.finally(() => count.now--).catch(() => {});
        return process;
      },
    },
  });
  return {
    pool,
    clock,
    claude,
    count,
    starts,
    async [Symbol.asyncDispose]() {
      await pool.close();
      assertEquals(count.now, 0);
      assertEquals(pool.stats().processes, 0);
    },
  };
}

Deno.test("SessionPool: many keys, few processes: each answer goes to its key and its session", async () => {
  await using on = poolOf({ maxProcesses: 3 });
  const keys = Array.from({ length: 20 }, (_, at) => `user ${at}`);
  const ids = new Map(keys.map((key) => [key, on.pool.session(key).id]));
  for (const round of [1, 2, 3]) {
    const answers = await Promise.all(
      keys.map((key) => on.pool.session(key).ask(`${key} ${round}`)),
    );
    for (const [at, { text, sessionId }] of answers.entries()) {
      assertEquals(text, `${ids.get(keys[at]!)} ${keys[at]} ${round}`);
      assertEquals(sessionId, ids.get(keys[at]!));
    }
  }
  assert(on.count.most <= 3, `${on.count.most}`);
  assertEquals(on.pool.keys(), keys);
  const turns = keys.map((key) => on.pool.session(key).turnCount);
  assertEquals(turns, keys.map(() => 3));
});

Deno.test("SessionPool: a parked session is resumed, with its changes", async () => {
  await using on = poolOf({ maxProcesses: 1 });
  const session = on.pool.session("a");
  await session.ask("one");
  await session.setModel("opus");
  const { id } = session;
  assert(on.pool.park("a"));
  assertEquals([session.state, session.pid], ["new", undefined]);
  assertEquals(on.pool.stats().parked, 1);
  assertEquals((await session.ask("two")).text, `${id} two`);
  const second = on.claude.receivedBy(1);
  const subtypes = second.flatMap(({ request }) =>
    request instanceof Object ? [Reflect.get(request, "subtype")] : []
  );
  assert(subtypes.includes("set_model"), subtypes.join());
  assertEquals(session.turnCount, 2);
});

Deno.test("SessionPool: parking does not give a session the money of limits.maxBudgetUsd again", async () => {
  await using on = poolOf({ maxProcesses: 1 }, ECHO, {
    limits: { maxBudgetUsd: 0.002, maxTurns: 7 },
  });
  const session = on.pool.session("a");
  // Each turn of the scenario costs 0.0008.
  for (const turn of [1, 2, 3]) {
    await session.ask(`${turn}`);
    assert(on.pool.park("a"));
  }
  for (const _ of [1, 2]) {
    const error = await assertRejects(
      () => session.ask("more"),
      BudgetExceededError,
      "0.0024 of 0.002",
    );
    assertStringIncludes(error.hint ?? "", "limits.maxBudgetUsd");
  }
  const limits = on.starts.slice(0, 3).map((args) =>
    args.filter((flag) => flag.startsWith("--max-"))
  );
  assertEquals(
    limits,
    ["0.002", "0.0012", "0.0004"].map((usd) => [
      "--max-turns=7",
      `--max-budget-usd=${usd}`,
    ]),
  );
});

Deno.test("SessionPool: an idle process is ended when its time is over, not before", async () => {
  await using on = poolOf({ idleTimeoutMs: 1000 });
  const session = on.pool.session("a");
  await session.ask("one");
  await settled();
  on.clock.advance(999);
  assertEquals(on.pool.stats().idle, 1);
  on.clock.advance(1);
  assertEquals(on.pool.stats().parked, 1);
  await session.ask("two");
  assertEquals(on.count.all, 2);
});

Deno.test("SessionPool: the session that was used longest ago is parked", async () => {
  await using on = poolOf({ maxProcesses: 2 });
  for (const key of ["a", "b", "a"]) await on.pool.session(key).ask("x");
  await on.pool.session("c").ask("x");
  const states = ["a", "b", "c"].map((key) => on.pool.session(key).state);
  assertEquals(states, ["idle", "new", "idle"]);
});

Deno.test("SessionPool: one key's turns come in their order, and do not hold up the others", async () => {
  await using on = poolOf({ maxProcesses: 1 });
  const done: string[] = [];
  const ask = async (key: string, prompt: string) => {
    await on.pool.session(key).ask(prompt);
    done.push(prompt);
  };
  await Promise.all([
    ask("a", "a1"),
    ask("a", "a2"),
    ask("a", "a3"),
    ask("b", "b1"),
    ask("c", "c1"),
    ask("b", "b2"),
  ]);
  assertEquals(done, ["a1", "b1", "c1", "a2", "b2", "a3"]);
});

Deno.test("SessionPool: send() in the line is a turn like any other", async () => {
  await using on = poolOf({ maxProcesses: 1 });
  const first = on.pool.session("a").send("one");
  const second = on.pool.session("b").send("two");
  const third = on.pool.session("b").send("three");
  const types = (await Array.fromAsync(second)).map(({ type }) => type);
  assert(types.includes("assistant_text") && types.at(-1) === "result");
  assert((await first.text()).endsWith("one"));
  assert((await third.text()).endsWith("three"));
  assertEquals(third.stats().turns, 1);
});

Deno.test("SessionPool: a caller that aborts leaves the line, and the others are served", async () => {
  const hold: Scenario = {
    processes: [
      { turns: [[step.text("x"), step.pause(1000)]] },
      { forEveryPrompt: [step.echo("{prompt}")] },
    ],
  };
  await using on = poolOf({ maxProcesses: 1 }, hold);
  const first = on.pool.session("a").ask("one");
  const stop = new AbortController();
  const { signal } = stop;
  const waits = on.pool.session("b").ask("never", { signal });
  const turn = on.pool.session("b").send("never, too", { signal });
  const model = on.pool.session("c").models();
  const left = on.pool.session("d").send("left");
  const last = on.pool.session("e").ask("two");
  assertEquals(on.pool.stats().waiting, 5);
  stop.abort(new Error("enough"));
  await assertRejects(() => waits, Error, "enough");
  await assertRejects(() => turn.text(), Error, "enough");
  await left.interrupt();
  await assertRejects(() => left.text(), StateError, "before its prompt");
  await until(() => on.clock.nextInMs === 1000);
  on.clock.advance(1000);
  await first;
  assertEquals((await last).text, "two");
  await model;
  const prompts = on.claude.received.filter(({ type }) => type === "user");
  assertEquals(prompts.length, 2);
});

Deno.test("SessionPool: the line has a limit, and a wait has one", async () => {
  const hold: Scenario = {
    processes: [{ forEveryPrompt: [step.text("x"), step.pause(60_000)] }],
  };
  await using on = poolOf({
    maxProcesses: 1,
    maxQueue: 1,
    queueTimeoutMs: 5000,
  }, hold);
  const first = on.pool.session("a").ask("one");
  const second = on.pool.session("b").ask("two");
  const error = await assertRejects(
    () => on.pool.session("c").ask("three"),
    StateError,
    "1 calls wait",
  );
  assertEquals([error.code, error.retryable], ["queue_full", true]);
  on.clock.advance(5000);
  const late = await assertRejects(() => second, DeadlineError);
  assertEquals(late.operation, "queue");
  await settled();
  on.clock.advance(60_000);
  await first;
});

Deno.test("SessionPool: the sessions of a map take no place of the callers' line", async () => {
  const hold: Scenario = {
    processes: [{ forEveryPrompt: [step.text("x"), step.pause(60_000)] }],
  };
  await using on = poolOf({ maxProcesses: 1, maxQueue: 1 }, hold);
  const leave = new AbortController();
  const mapped = on.pool.map(
    [1, 2, 3, 4],
    async (_, { session }) => (await session.ask("item")).text,
    { concurrency: 4, signal: leave.signal },
  ).results().catch((error) => error);
  await settled();
  assertEquals(on.pool.stats().waiting, 3);
  const caller = on.pool.session("a").ask("one");
  const error = await assertRejects(
    () => on.pool.session("b").ask("two"),
    StateError,
  );
  assertEquals([error.code, on.pool.stats().waiting], ["queue_full", 4]);
  leave.abort();
  assertEquals(await mapped, leave.signal.reason);
  await settled();
  on.clock.advance(60_000);
  assertEquals((await caller).text, "x");
});

Deno.test("SessionPool: a process kept ready counts as its new owner does", async () => {
  await using on = poolOf({ warm: 1, maxProcesses: 2, maxQueue: 0 });
  await on.pool.start();
  // The second turn of a session waits for the first one.
  const mapped = on.pool.map(["x"], async (_, { session }) => {
    assertEquals(session.state, "idle");
    const replies = await Promise.all([session.ask("1"), session.ask("2")]);
    return replies.length;
  });
  assertEquals(await mapped.results(), [2]);
  await on.pool.start();
  const session = on.pool.session("a");
  assertEquals(session.state, "idle");
  const first = session.ask("1");
  const error = await assertRejects(() => session.ask("2"), StateError);
  assertEquals(error.code, "queue_full");
  await first;
});

Deno.test("SessionPool: a new key takes a process that was kept ready", async () => {
  await using on = poolOf({ warm: 1, maxProcesses: 2 });
  await on.pool.start();
  assertEquals([on.count.all, on.pool.stats().warm], [1, 1]);
  const session = on.pool.session("a");
  assertEquals(session.state, "idle");
  await session.ask("one");
  await settled();
  assertEquals([on.count.all, on.pool.stats().warm], [2, 1]);
  // One with options of its own cannot; the spare gives way to it.
  await on.pool.session("b", { model: "opus" }).ask("two");
  assertEquals(on.count.most, 2);
  assertEquals(on.pool.stats().idle, 2);
});

Deno.test("SessionPool: a turn fails with its process, is not repeated, and the next one resumes", async () => {
  const dies: Scenario = {
    processes: [
      { turns: [[step.text("x"), step.kill("SIGKILL")]] },
      { forEveryPrompt: [step.echo("{session} {prompt}")] },
    ],
  };
  await using on = poolOf({ maxProcesses: 1 }, dies);
  const session = on.pool.session("a");
  const { id } = session;
  const first = session.ask("one");
  const second = session.ask("two");
  await assertRejects(() => first, ProcessExitError);
  assertEquals((await second).text, `${id} two`);
  const prompts = on.claude.received.filter(({ type }) => type === "user");
  assertEquals(prompts.length, 2);
});

Deno.test("SessionPool: a key whose process cannot be resumed keeps its session, and says so each time", async () => {
  let starts = 0;
  const claude = new MemoryClaude(ECHO);
  await using pool = new SessionPool({
    warm: 0,
    session: {
      spawn: (spec) => {
        if (++starts === 2) throw new Error("no room");
        return claude.spawn(spec);
      },
    },
  });
  const session = pool.session("a");
  const { id } = session;
  await session.ask("one");
  pool.park("a");
  await assertRejects(() => session.ask("two"), Error, "no room");
  assertEquals(pool.session("a"), session);
  assertEquals((await session.ask("three")).text, `${id} three`);
});

Deno.test("SessionPool: a session that is closed is forgotten, and its cost is not", async () => {
  await using on = poolOf();
  const session = on.pool.session("a");
  let costUsd = (await session.ask("one")).costUsd;
  assert(costUsd > 0);
  on.pool.park("a");
  costUsd += (await session.ask("two")).costUsd;
  assertEquals(on.pool.stats().costUsd, costUsd);
  await session.close();
  assertEquals([on.pool.has("a"), on.pool.stats().costUsd], [false, costUsd]);
  assertThrows(() => session.send("three"), StateError, "closed");
  const again = on.pool.session("a");
  assert(again !== session && again.id !== session.id);
  costUsd += (await again.ask("one")).costUsd;
  assertAlmostEquals(on.pool.stats().costUsd, costUsd);
});

Deno.test("SessionPool: what a pool cannot have is a ConfigError", () => {
  const table: readonly [PoolOptions, string][] = [
    [{ maxProcesses: 0 }, "maxProcesses"],
    [{ maxProcesses: 2, warm: 3 }, "warm"],
    [{ maxQueue: -1 }, "maxQueue"],
    [{ idleTimeoutMs: 0 }, "idleTimeoutMs"],
    [{ queueTimeoutMs: 0 }, "queueTimeoutMs"],
    [{ maxProcess: 2 } as PoolOptions, "maxProcesses"],
    [{ session: { persist: false } }, "persist"],
    [{ session: { resume: "last" } }, "pool.session(key"],
    [{ session: { sessionId: crypto.randomUUID() } }, "pool.session(key"],
    [{ session: { record: "x" } }, "pool.session(key"],
    [{ session: { onBreak: "close" } }, "onBreak"],
    [{ session: { recover: { attempts: 1 } } }, "recover"],
    [{
      session: { transport: new MemoryClaude(ECHO).transport() },
    }, "transport"],
  ];
  for (const [options, text] of table) {
    assertThrows(() => new SessionPool(options), ConfigError, text);
  }
  const pool = new SessionPool();
  assertThrows(() => pool.session(""), ConfigError, "key");
  assertThrows(() => pool.session("a", { persist: false }), ConfigError);
});

Deno.test("SessionPool: options that differ from those of a key's session are a ConfigError", async () => {
  await using on = poolOf({}, ECHO, { model: "sonnet" });
  const policy = callback(() => allow());
  const opened: SessionOptions = {
    policy,
    allowedTools: ["Read", "Grep"],
    toolContext: { user: 1 },
    systemPrompt: "Be brief",
  };
  const session = on.pool.session("a", opened);
  const same: readonly (SessionOptions | undefined)[] = [
    undefined,
    {},
    opened,
    { ...opened },
    { allowedTools: ["Read", "Grep"] },
    // Of the pool.
    { model: "sonnet" },
  ];
  for (const options of same) {
    assertEquals(on.pool.session("a", options), session);
  }
  const other: readonly SessionOptions[] = [
    { policy: callback(() => deny("no")) },
    { policy: callback(() => allow()) },
    { allowedTools: ["Read"] },
    { allowedTools: ["Grep", "Read"] },
    { allowedTools: [] },
    { toolContext: { user: 1 } },
    { systemPrompt: "Be brief." },
    { model: "opus" },
    // Given to a session that has none.
    { disallowedTools: ["Bash"] },
    { resume: crypto.randomUUID() },
    { sessionId: crypto.randomUUID() },
    { fork: true },
  ];
  for (const options of other) {
    const [name = ""] = Object.keys(options);
    const error = assertThrows(
      () => on.pool.session("a", { ...opened, ...options }),
      ConfigError,
      '"a"',
    );
    assertEquals(error.option, name);
  }
  // The session is unchanged.
  assertStringIncludes((await session.ask("x")).text, "x");
  await session.close();
  assert(on.pool.session("a", { model: "opus" }) !== session);
});

Deno.test("SessionPool: a session's own id as resume is no difference, before and after its first turn", async () => {
  await using on = poolOf();
  const session = on.pool.session("a");
  const { id = "" } = session;
  await session.ask("one");
  assertEquals(on.pool.session("a", { resume: id }), session);
  on.pool.park("a");
  await on.pool.session("a", { resume: id }).ask("two");
  await session.close();
  // After a restart of the program.
  const resumed = on.pool.session("a", { resume: id });
  for (const prompt of ["three", "four"]) {
    await on.pool.session("a", { resume: id }).ask(prompt);
  }
  assertEquals(on.pool.session("a", { resume: id }), resumed);
  assertEquals(on.pool.session("a"), resumed);
  // A fork has an id of its own, and what it was opened with stays the same.
  const forked: SessionOptions = { resume: id, fork: true };
  const fork = on.pool.session("b", forked);
  await fork.ask("five");
  assertEquals(on.pool.session("b", forked), fork);
  assert(fork.id !== undefined);
  assertEquals(on.pool.session("b", { resume: fork.id }), fork);
});
