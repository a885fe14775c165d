// What a session waits for, with a clock that a test moves: nothing here takes its time.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  DeadlineError,
  defineTool,
  type SessionOptions,
  SyncSession,
} from "../../mod.ts";
import {
  FakeClock,
  MemoryClaude,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";

const HOUR = 3_600_000;

interface World {
  readonly clock: FakeClock;
  readonly session: AsyncSession;
}

async function withClock(
  turns: Parameters<typeof step.conversation>[0],
  options: SessionOptions,
  run: (world: World) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const claude = new MemoryClaude(step.conversation(turns), { clock });
  await using session = new AsyncSession({
    spawn: claude.spawn,
    clock,
    ...options,
  });
  await run({ clock, session });
}

/** Moves the clock as soon as an event of a type comes. */
async function movedAt(
  { clock, session }: World,
  type: ClaudeEvent["type"],
  ms: number,
): Promise<readonly ClaudeEvent[]> {
  const events: ClaudeEvent[] = [];
  let isMoved = false;
  for await (const event of session.send("x")) {
    events.push(event);
    if (event.type === type && !isMoved) {
      isMoved = true;
      clock.advance(ms);
    }
  }
  return events;
}

Deno.test("a limit of a turn comes when the clock says so, and not before", async () => {
  const turns = [[step.text("a"), step.pause(HOUR), step.text("b")]];
  await withClock(turns, { turnTimeoutMs: 2 * HOUR }, async (world) => {
    const events = await movedAt(world, "assistant_text", HOUR);
    assertEquals(
      events.findLast((event) => event.type === "result")?.text,
      "ab",
    );
  });
  await withClock(turns, { turnTimeoutMs: HOUR / 2 }, async (world) => {
    const { session, clock } = world;
    await assertRejects(async () => {
      for await (const event of session.send("x")) {
        if (event.type === "assistant_text") clock.advance(HOUR / 2);
      }
    }, DeadlineError);
  });
});

Deno.test("silence is told of, and ends the turn, by the clock", async () => {
  await withClock(
    [[step.text("a"), step.silence()]],
    { idleTimeoutMs: { warnMs: HOUR, endMs: 3 * HOUR } },
    async ({ session, clock }) => {
      const turn = session.send("x");
      const types: string[] = [];
      await assertRejects(async () => {
        for await (const event of turn) {
          types.push(event.type);
          if (event.type === "assistant_text") clock.advance(HOUR);
          if (event.type === "stalled") clock.advance(2 * HOUR);
        }
        await turn.text();
      });
      assert(types.includes("stalled"), types.join());
    },
  );
});

Deno.test("the wait for a reset takes as long as the clock says", async () => {
  const clock = new FakeClock();
  const resetsAt = clock.date() / 1000 + 3600;
  const claude = new MemoryClaude(
    step.conversation([
      [
        step.rateLimit({ status: "rejected", resetsAt }),
        step.rateLimited({ resetsAt }),
      ],
      [step.text("after")],
    ]),
    { clock },
  );
  await using session = new AsyncSession({
    spawn: claude.spawn,
    clock,
    waitForReset: { maxMs: 10 * HOUR },
  });
  const turn = session.send("x");
  let waited = 0;
  for await (const event of turn) {
    if (event.type === "rate_limit_wait") {
      // Once the wait has begun, which it has right after its event.
      queueMicrotask(() => {
        waited = clock.nextInMs ?? 0;
        clock.advance(2 * HOUR);
      });
    }
  }
  assertEquals(await turn.text(), "after");
  assert(waited > 0);
});

Deno.test("the functions of a blocking session move its clock", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.toolCall("Bash", { command: "ls" }, { asks: true, output: "x" }),
    step.text("a"),
    step.silence(),
  ]]));
  const clock = new FakeClock();
  using session = new SyncSession({
    claudePath: claude.command,
    clock,
    turnTimeoutMs: HOUR,
    policy: callback(() => allow()),
  });
  assertThrows(() => {
    for (const event of session.send("x")) {
      if (event.type === "assistant_text") clock.advance(2 * HOUR);
    }
  }, DeadlineError);
});

Deno.test("the limit of a tool comes by the clock, in both sessions", async () => {
  const called = step.conversation([[
    step.toolCall("mcp__tools__slow", {}),
    step.when("tool_result", /slow.*\d+ ms/, [step.text("late")], [
      step.text("in time"),
    ]),
  ]]);
  for (
    const [passes, expected] of [[HOUR - 1, "in time"], [
      HOUR + 1,
      "late",
    ]] as const
  ) {
    const clock = new FakeClock();
    const options = (run: () => string | Promise<string>) => ({
      clock,
      policy: callback(() => allow()),
      tools: [defineTool({
        name: "slow",
        description: "Takes its time",
        input: v.object({}),
        timeoutMs: HOUR,
        run: run as () => string,
      })],
    });
    const claude = new MemoryClaude(called, { clock });
    await using session = new AsyncSession({
      ...options(() => {
        const { promise, resolve } = Promise.withResolvers<string>();
        // Once its limit is set.
        queueMicrotask(() => {
          clock.advance(passes);
          resolve("done");
        });
        return promise;
      }),
      spawn: claude.spawn,
    });
    assertEquals((await session.ask("x")).text, expected);
    await using process = await ScriptedClaude.create(called);
    using blocking = new SyncSession({
      ...options(() => {
        clock.advance(passes);
        return "done";
      }),
      claudePath: process.command,
    });
    assertEquals(blocking.ask("x").text, expected);
  }
});

Deno.test("FakeClock makes calls in their order, each at its time, and none that was cancelled", () => {
  const clock = new FakeClock("2026-05-01T00:00:00Z");
  const seen: unknown[] = [];
  clock.after(20, () => seen.push(["b", clock.now()]));
  clock.after(10, () => {
    seen.push(["a", clock.now()]);
    clock.after(5, () => seen.push(["c", clock.now()]));
  });
  clock.after(12, () => seen.push("never"))();
  clock.after(Infinity, () => seen.push("never"));
  assertEquals(clock.nextInMs, 10);
  clock.advance(19);
  assertEquals(seen, [["a", 10], ["c", 15]]);
  clock.advance(1);
  assertEquals([seen.at(-1), clock.now(), clock.nextInMs], [
    ["b", 20],
    20,
    undefined,
  ]);
  assertEquals(
    new Date(clock.date()).toISOString(),
    "2026-05-01T00:00:00.020Z",
  );
  for (const ms of [-1, NaN, Infinity]) {
    assertThrows(() => clock.advance(ms), RangeError);
  }
  assertThrows(() => new FakeClock("soon"), RangeError);
});
