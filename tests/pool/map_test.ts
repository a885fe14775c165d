// pool.map: order, money, retries, stops.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BudgetExceededError, ConfigError, TurnError } from "../../mod.ts";
import { type MapOptions, SessionPool } from "../../src/pool/mod.ts";
import {
  FakeClock,
  MemoryClaude,
  type ProcessScript,
  type Scenario,
  type Step,
  step,
} from "../../src/testing/mod.ts";
import { passing } from "../support/clock_moves.ts";

const ECHO: ProcessScript = { forEveryPrompt: [step.echo("{prompt}")] };

function poolOf(scenario: Scenario, maxProcesses = 2) {
  const clock = new FakeClock();
  const claude = new MemoryClaude(scenario, { clock });
  const pool = new SessionPool({
    warm: 0,
    maxProcesses,
    session: { clock, spawn: claude.spawn },
  });
  return {
    pool,
    clock,
    claude,
    prompts: () =>
      claude.received.flatMap(({ type, message }) =>
        type === "user" ? [Reflect.get(Object(message), "content")] : []
      ),
    async [Symbol.asyncDispose]() {
      await pool.close();
      assertEquals(pool.stats().processes, 0);
    },
  };
}

Deno.test("map: results come in the order of the items, however the items end", async () => {
  await using on = poolOf({ processes: [ECHO] });
  const gates = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
  let most = 0;
  let now = 0;
  const mapped = on.pool.map(
    gates.keys(),
    async (index, { session, attempt }) => {
      most = Math.max(most, ++now);
      // The second one of each pair ends first.
      if (index % 2 === 0) await gates[index]!.promise;
      else gates[index - 1]!.resolve();
      const { text } = await session.ask(`item ${index}`);
      now--;
      return `${text}, attempt ${attempt}`;
    },
  ).results();
  assertEquals(
    await mapped,
    gates.map((_, index) => `item ${index}, attempt 1`),
  );
  assertEquals(most, 2);
  assertEquals(on.pool.keys(), []);
});

Deno.test("map: each outcome says what became of its item, and what it cost", async () => {
  await using on = poolOf({ processes: [ECHO] });
  const outcomes = await Array.fromAsync(
    on.pool.map(["a", "b", "c"], async (item, { session }) => {
      const { text } = await session.ask(item);
      if (item === "b") throw new Error("not b");
      return text;
    }),
  );
  assertEquals(outcomes.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  const [a, b] = outcomes;
  assert(a?.status === "fulfilled" && a.value === "a" && a.costUsd > 0);
  assert(b?.status === "rejected" && b.item === "b" && b.costUsd > 0);
  assertEquals((b.reason as Error).message, "not b");
});

Deno.test("map: with stopOnError, and for results(), the first failure stops the others", async () => {
  for (const how of ["option", "results"]) {
    await using on = poolOf({
      processes: [{ forEveryPrompt: [step.silence()] }],
    });
    const begun: number[] = [];
    const mapped = on.pool.map([0, 1, 2, 3], async (item, { session }) => {
      begun.push(item);
      if (item === 1) throw new Error("no");
      return (await session.ask("x")).text;
    }, how === "option" ? { stopOnError: true } : {});
    if (how === "results") {
      await assertRejects(() => mapped.results(), Error, "no");
    } else {
      const outcomes = await Array.fromAsync(mapped);
      assertEquals(outcomes.map(({ status, attempts }) => [status, attempts]), [
        ["rejected", 1],
        ["rejected", 1],
        ["skipped", 0],
        ["skipped", 0],
      ]);
    }
    assertEquals(begun, [0, 1]);
  }
});

Deno.test("map: an abort stops the items that run, names those that do not, and rejects at the end", async () => {
  await using on = poolOf({
    processes: [{ forEveryPrompt: [step.silence()] }],
  });
  const stop = new AbortController();
  const reason = new Error("enough");
  const seen: unknown[] = [];
  await assertRejects(
    async () => {
      const mapped = on.pool.map(
        [0, 1, 2],
        async (item, { session, signal }) => {
          assertEquals(signal.aborted, false);
          if (item === 1) stop.abort(reason);
          return (await session.ask("x")).text;
        },
        { signal: stop.signal },
      );
      for await (const outcome of mapped) {
        assert(outcome.status !== "fulfilled");
        seen.push([outcome.status, outcome.reason]);
      }
    },
    Error,
    "enough",
  );
  assertEquals(seen, [
    ["rejected", reason],
    ["rejected", reason],
    ["skipped", reason],
  ]);
});

Deno.test("map: leaving the loop ends what runs", async () => {
  await using on = poolOf({
    processes: [ECHO, { forEveryPrompt: [step.silence()] }],
  });
  let begun = 0;
  for await (
    const outcome of on.pool.map(
      new Array(9).keys(),
      async (_, { session }) => {
        begun++;
        return (await session.ask("x")).text;
      },
    )
  ) {
    assertEquals(outcome.index, 0);
    break;
  }
  assert(begun <= 3, `${begun}`);
});

Deno.test("map: when the money is spent no other item begins, and each of the rest is named", async () => {
  await using on = poolOf({ processes: [ECHO] }, 1);
  const { costUsd } = await on.pool.session("price").ask("x");
  const outcomes = await Array.fromAsync(
    on.pool.map(
      ["a", "b", "c", "d"],
      async (item, { session }) => (await session.ask(item)).text,
      { maxCostUsd: costUsd * 1.5, concurrency: 1 },
    ),
  );
  assertEquals(outcomes.map(({ status, item }) => `${item} ${status}`), [
    "a fulfilled",
    "b fulfilled",
    "c skipped",
    "d skipped",
  ]);
  const [, , c] = outcomes;
  assert(c?.status === "skipped" && c.reason instanceof BudgetExceededError);
  assertEquals(c.reason.limit, costUsd * 1.5);
  assertEquals(on.prompts(), ["x", "a", "b"]);
});

/** When the clock of the tests begins, in seconds. */
const BEGAN = new Date("2026-01-01T00:00:00.000Z").getTime() / 1000;

/** Longest wait of a map in these tests, in milliseconds. */
const WAIT_MS = 60_000;

Deno.test("map: an item that met a limit is tried again when it resets, and no other begins before", async () => {
  const limited: ProcessScript = {
    forEveryPrompt: [step.rateLimited({ resetsAt: BEGAN + 30 })],
  };
  await using on = poolOf({ processes: [limited, ECHO] }, 1);
  const began: [string, number, number][] = [];
  const mapped = on.pool.map(["a", "b"], async (item, { session, attempt }) => {
    began.push([item, attempt, on.clock.now()]);
    return (await session.ask(item)).text;
  }, { concurrency: 2 }).results();
  assertEquals(await passing(on.clock, mapped, WAIT_MS), ["a", "b"]);
  const again = began.find(([item, attempt]) => item === "a" && attempt === 2);
  assertEquals(again?.[2], 31_000);
});

Deno.test("map: after a limit that lasts too long no other item begins, and each is skipped with its error", async () => {
  const limited: ProcessScript = {
    forEveryPrompt: [step.rateLimited({ resetsAt: BEGAN + 3600 })],
  };
  for (const concurrency of [1, 2]) {
    await using on = poolOf({ processes: [limited, ECHO] }, 1);
    const outcomes = await Array.fromAsync(
      on.pool.map(
        ["a", "b", "c", "d"],
        async (item, { session }) => (await session.ask(item)).text,
        { concurrency },
      ),
    );
    const [a, ...others] = outcomes;
    assert(a?.status === "rejected" && a.reason instanceof TurnError);
    assertEquals([a.reason.code, a.attempts], ["rate_limit", 1]);
    // The items that ran are finished.
    assertEquals(
      others.map(({ status }) => status),
      ["skipped", "skipped", "skipped"].fill("fulfilled", 0, concurrency - 1),
    );
    for (const one of others) {
      if (one.status === "skipped") assertEquals(one.reason, a.reason);
    }
  }
});

Deno.test("map: after a limit that lasts too long a source without an end is read no further", async () => {
  const limited = step.rateLimited({ resetsAt: BEGAN + 3600 });
  await using on = poolOf({ processes: [{ forEveryPrompt: [limited] }] }, 1);
  let read = 0;
  function* items() {
    for (;;) yield read++;
  }
  const outcomes = await Array.fromAsync(
    on.pool.map(
      items(),
      async (_, { session }) => (await session.ask("x")).text,
      { concurrency: 1 },
    ),
  );
  assertEquals(outcomes.map(({ status }) => status), ["rejected"]);
  assertEquals(read, 1);
});

Deno.test("map: a limit of an item that is not tried again holds the others back, too", async () => {
  const limit = step.rateLimited({ resetsAt: BEGAN + 30 });
  const tool = step.toolCall("Write", { file_path: "/a", content: "a" });
  const table: Readonly<
    Record<string, { steps: Step[]; options: MapOptions; startsMs: number }>
  > = {
    "retries: 0": { steps: [limit], options: { retries: 0 }, startsMs: 31_000 },
    "tools ran": { steps: [tool, limit], options: {}, startsMs: 31_000 },
    "overloaded": {
      steps: [step.overloaded()],
      options: { retries: 0 },
      startsMs: 1_000,
    },
    "a wait that is too long without a reset": {
      steps: [step.overloaded()],
      options: { maxRetryWaitMs: 500 },
      startsMs: 500,
    },
  };
  for (const [name, { steps, options, startsMs }] of Object.entries(table)) {
    await using on = poolOf(
      { processes: [{ forEveryPrompt: steps }, ECHO] },
      1,
    );
    const began: [string, number][] = [];
    const mapped = on.pool.map(["a", "b"], async (item, { session }) => {
      began.push([item, on.clock.now()]);
      return (await session.ask(item)).text;
    }, { concurrency: 1, ...options });
    const outcomes = await passing(on.clock, Array.fromAsync(mapped), WAIT_MS);
    assertEquals([name, began], [name, [["a", 0], ["b", startsMs]]]);
    assertEquals(outcomes.map(({ status }) => status), [
      "rejected",
      "fulfilled",
    ]);
  }
});

Deno.test("map: a limit of the last item does not delay the end", async () => {
  const limit = step.rateLimited({ resetsAt: BEGAN + 30 });
  await using on = poolOf({ processes: [{ forEveryPrompt: [limit] }] }, 1);
  const mapped = on.pool.map(
    ["a"],
    async (item, { session }) => (await session.ask(item)).text,
    { retries: 0 },
  );
  const [outcome] = await Array.fromAsync(mapped);
  assertEquals([outcome?.status, on.clock.now()], ["rejected", 0]);
});

Deno.test("map: an overloaded API is tried again after 1 s, 2 s, and then no more", async () => {
  await using on = poolOf({
    processes: [{ forEveryPrompt: [step.overloaded()] }],
  }, 1);
  const times: number[] = [];
  const mapped = on.pool.map(["a"], async (item, { session }) => {
    times.push(on.clock.now());
    return (await session.ask(item)).text;
  });
  const [outcome] = await passing(on.clock, Array.fromAsync(mapped), WAIT_MS);
  assertEquals(times, [0, 1000, 3000]);
  assertEquals([outcome?.status, outcome?.attempts], ["rejected", 3]);
});

Deno.test("map: what is not tried again", async () => {
  const limited = step.rateLimited({ resetsAt: BEGAN + 3600 });
  const table: Readonly<
    Record<string, { script: ProcessScript; options: MapOptions }>
  > = {
    "a reset that is too far away": {
      script: { forEveryPrompt: [limited] },
      options: {},
    },
    "with retries: 0": {
      script: { forEveryPrompt: [step.overloaded()] },
      options: { retries: 0 },
    },
    "after tools have run": {
      script: {
        forEveryPrompt: [
          step.toolCall("Write", { file_path: "/a", content: "a" }),
          step.overloaded(),
        ],
      },
      options: {},
    },
    "what will not be better": {
      script: { forEveryPrompt: [step.contextOverflow()] },
      options: {},
    },
  };
  for (const [name, { script, options }] of Object.entries(table)) {
    await using on = poolOf({ processes: [script] }, 1);
    const [outcome] = await Array.fromAsync(
      on.pool.map(
        ["a"],
        async (item, { session }) => (await session.ask(item)).text,
        options,
      ),
    );
    assertEquals([name, outcome?.attempts], [name, 1]);
    assert(outcome?.status === "rejected");
    assert(outcome.reason instanceof TurnError, name);
  }
});

Deno.test("map: with retryAfterTools an item is tried again whatever ran", async () => {
  const tool = step.toolCall("Write", { file_path: "/a", content: "a" });
  await using on = poolOf({
    processes: [{ forEveryPrompt: [tool, step.overloaded()] }, ECHO],
  }, 1);
  const mapped = on.pool.map(
    ["a"],
    async (item, { session }) => (await session.ask(item)).text,
    { retryAfterTools: true },
  );
  assertEquals(await passing(on.clock, mapped.results(), WAIT_MS), ["a"]);
});

Deno.test("map: a source that fails ends the loop with its error, after what there was", async () => {
  await using on = poolOf({ processes: [ECHO] });
  function* items() {
    yield "a";
    throw new Error("no more");
  }
  const seen: string[] = [];
  await assertRejects(
    async () => {
      const mapped = on.pool.map(items(), (item) => item, { concurrency: 1 });
      for await (const { item } of mapped) seen.push(item);
    },
    Error,
    "no more",
  );
  assertEquals(seen, ["a"]);
});

Deno.test("map: bad input is refused before anything begins", async () => {
  await using on = poolOf({ processes: [ECHO] });
  const { pool } = on;
  assertThrows(() => pool.map([], () => 1, { concurrency: 0 }), ConfigError);
  assertThrows(
    () => pool.map([], () => 1, { concurency: 2 } as MapOptions),
    ConfigError,
    "concurrency",
  );
  assertThrows(
    () => pool.map(5 as unknown as string[], () => 1),
    TypeError,
    "iterate",
  );
  assertThrows(
    () => pool.map([], undefined as unknown as () => 1),
    ConfigError,
  );
  const mapped = pool.map(["a"], (item) => item);
  assertEquals(await mapped.results(), ["a"]);
  await assertRejects(() => mapped.results(), TypeError, "only once");
});
