// How calls of a pool end, whatever ends them and whenever: each is settled once, with its own
// answer or an error, and no process is left.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type AsyncSession,
  ClaudeStreamError,
  ProcessExitError,
  StateError,
  TurnError,
} from "../../mod.ts";
import { SessionPool } from "../../src/pool/mod.ts";
import {
  FakeClock,
  MemoryClaude,
  type Scenario,
  step,
} from "../../src/testing/mod.ts";
import type { ExitStatus } from "../../src/options/transport.ts";
import { Random } from "../chaos/random.ts";
import { passing, settled } from "../support/clock_moves.ts";

/** How long a process may be idle. */
const IDLE_MS = 2000;

/** A turn that lasts until the clock moves, and names its session and its prompt. */
const SLOW: Scenario = {
  processes: [{
    forEveryPrompt: [
      step.echo("{session} {prompt}"),
      step.pause(1000),
    ],
  }],
};

function poolOf(scenario: Scenario = SLOW, maxProcesses = 1, warm = 0) {
  const clock = new FakeClock();
  const claude = new MemoryClaude(scenario, { clock });
  const kills = new Set<() => void>();
  const count = { now: 0, most: 0 };
  const pool = new SessionPool({
    warm,
    maxProcesses,
    idleTimeoutMs: IDLE_MS,
    session: {
      clock,
      spawn: (spec) => {
        const process = claude.spawn(spec);
        const kill = () => process.kill?.("SIGKILL");
        kills.add(kill);
        count.most = Math.max(count.most, ++count.now);
        const over = () => {
          count.now--;
          kills.delete(kill);
        };
        (process.exited as Promise<ExitStatus>).then(over, over);
        return process;
      },
    },
  });
  return { pool, clock, claude, kills, count };
}

/** Longest pause of a scripted turn, in milliseconds. */
const PAUSE_MS = 1000;

/** Moments of a pool with one process, each with the calls that are open then. */
const MOMENTS: Readonly<
  Record<string, (pool: SessionPool) => Promise<Promise<unknown>[]>>
> = {
  "new": () => Promise.resolve([]),
  "starting": (pool) => Promise.resolve([pool.session("a").ask("a")]),
  "in a turn": async (pool) => {
    const open = pool.session("a").ask("a");
    await settled();
    return [open];
  },
  "with callers in line": async (pool) => {
    const open = [
      pool.session("a").ask("a1"),
      pool.session("a").ask("a2"),
      pool.session("b").send("b").text(),
      pool.session("c").models(),
      pool.session("d").push("d").result(),
    ];
    await settled();
    return open;
  },
  "while a process is started for nobody yet": (pool) => {
    return Promise.resolve([pool.start()]);
  },
};

for (const [moment, reach] of Object.entries(MOMENTS)) {
  Deno.test(`close ${moment}: all calls are settled, no process is left`, async () => {
    const on = poolOf(SLOW, 1, moment.includes("nobody") ? 1 : 0);
    const ends = Promise.allSettled(await reach(on.pool));
    await on.pool.close();
    for (const one of await ends) {
      // A start needs nothing but its process: it may be over before.
      if (moment.includes("nobody") && one.status === "fulfilled") continue;
      assert(one.status === "rejected", moment);
      assert(one.reason instanceof ClaudeStreamError, String(one.reason));
    }
    assertEquals([on.count.now, on.pool.stats().processes], [0, 0]);
    assertThrows(() => on.pool.session("z"), StateError, "closed");
    assertThrows(() => on.pool.map([], () => 1), StateError, "closed");
    await assertRejects(() => on.pool.start(), StateError, "closed");
    await on.pool.close();
  });

  Deno.test(`close with drain ${moment}: all calls get their answers`, async () => {
    const on = poolOf(SLOW, 1, moment.includes("nobody") ? 1 : 0);
    const ends = Promise.allSettled(await reach(on.pool));
    const closing = on.pool.close({ drain: true });
    assertThrows(() => on.pool.session("z"), StateError, "closed");
    for (const one of await passing(on.clock, ends, PAUSE_MS)) {
      assert(one.status === "fulfilled", `${moment}: ${JSON.stringify(one)}`);
    }
    await passing(on.clock, closing, PAUSE_MS);
    assertEquals([on.count.now, on.pool.stats().processes], [0, 0]);
  });

  Deno.test(`a crash ${moment}: what ran fails, what waited is served, and the next turn resumes`, async () => {
    const on = poolOf(SLOW, 1, moment.includes("nobody") ? 1 : 0);
    const open = await reach(on.pool);
    for (const kill of [...on.kills]) kill();
    const ends = await passing(on.clock, Promise.allSettled(open), PAUSE_MS);
    const failed = ends.filter(({ status }) => status === "rejected");
    assert(failed.length <= 1, moment);
    for (const one of failed) {
      assert(one.status === "rejected" && one.reason instanceof Error);
    }
    const next = on.pool.session("a").ask("next");
    assert((await passing(on.clock, next, PAUSE_MS)).text.endsWith("next"));
    await on.pool.close();
    assertEquals(on.count.now, 0);
  });
}

Deno.test("park() does nothing to a session that works, waits or has no process", async () => {
  const on = poolOf(SLOW, 1);
  assertEquals(on.pool.park("a"), false);
  const first = on.pool.session("a").ask("a");
  const second = on.pool.session("b").ask("b");
  assertEquals([on.pool.park("a"), on.pool.park("b")], [false, false]);
  await settled();
  assertEquals([on.pool.park("a"), on.pool.park("b")], [false, false]);
  await passing(on.clock, Promise.all([first, second]), PAUSE_MS);
  assertEquals([on.pool.park("a"), on.pool.park("b")], [false, true]);
  assertEquals(on.pool.park("b"), false);
  await on.pool.close();
});

Deno.test("a session with a background task is not parked, and the others wait until it is over", async () => {
  const clock = new FakeClock();
  const claude = new MemoryClaude({
    processes: [
      { turns: [[step.background("build", [step.pause(1000)])]] },
      { forEveryPrompt: [step.echo("{prompt}")] },
    ],
  }, { clock });
  await using pool = new SessionPool({
    warm: 0,
    maxProcesses: 1,
    idleTimeoutMs: 500,
    session: { clock, spawn: claude.spawn },
  });
  await pool.session("a").ask("a", { until: "turn" });
  assertEquals(pool.park("a"), false);
  const other = pool.session("b").ask("b");
  await settled();
  clock.advance(999);
  await settled();
  assertEquals([pool.stats().waiting, pool.stats().idle], [1, 1]);
  clock.advance(1);
  assertEquals((await passing(clock, other, PAUSE_MS)).text, "b");
  assertEquals(pool.session("a").state, "new");
});

Deno.test("random calls of many keys: each gets its own answer or an error, and the bounds hold", async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const random = new Random(seed);
    const maxProcesses = 1 + random.int(0, 2);
    const on = poolOf(
      {
        processes: [{
          forEveryPrompt: [step.echo("{session} {prompt}"), step.pause(10)],
        }],
      },
      maxProcesses,
      random.int(0, 1),
    );
    const keys = Array.from({ length: 6 }, (_, at) => `k${at}`);
    const open = new Set<Promise<void>>();
    let answers = 0;
    let dead = 0;
    const call = async (session: AsyncSession, prompt: string) => {
      const stop = new AbortController();
      const turn = session.send(prompt, { signal: stop.signal });
      if (random.int(0, 5) === 0) stop.abort(new Error("stopped"));
      try {
        const text = await turn.text();
        assertEquals(text, `${session.id} ${prompt}`, `seed ${seed}`);
        answers++;
      } catch (error) {
        const message = (error as Error).message;
        if (error instanceof ProcessExitError) dead++;
        else {
          assert(
            // close() interrupts what runs, and refuses what waits.
            message === "stopped" || error instanceof StateError ||
              error instanceof TurnError && error.code === "interrupted",
            `seed ${seed}: ${error}`,
          );
        }
      }
    };
    for (let at = 0; at < 150; at++) {
      const key = keys[random.int(0, keys.length - 1)]!;
      switch (random.int(0, 11)) {
        case 0:
          on.pool.park(key);
          break;
        case 1:
          for (const kill of on.kills) {
            kill();
            break;
          }
          break;
        case 2:
          await settled();
          break;
        case 3:
          if (random.int(0, 3) === 0) {
            open.add(on.pool.session(key).close());
          }
          break;
        case 4:
          on.clock.advance(random.pick([10, IDLE_MS]));
          // No limit of a session that closes is to be over before it could.
          await settled();
          break;
        default:
          open.add(call(on.pool.session(key), `${key} ${at}`));
      }
      const { processes } = on.pool.stats();
      assert(processes <= maxProcesses, `seed ${seed}: ${processes}`);
    }
    await passing(on.clock, Promise.all(open), PAUSE_MS);
    assert(answers > 20, `seed ${seed}: ${answers} answers, ${dead} deaths`);
    assert(on.count.most <= maxProcesses, `seed ${seed}: ${on.count.most}`);
    assertEquals(on.pool.stats().waiting, 0);
    assertEquals(on.pool.stats().running, 0);
    await on.pool.close();
    assertEquals([on.count.now, on.pool.stats().processes], [0, 0]);
  }
});
