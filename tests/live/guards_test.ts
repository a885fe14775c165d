// What ends a turn or a session before it costs more, and what a session has cost, with
// the real CLI.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allowAll,
  AsyncSession,
  BudgetExceededError,
  type ClaudeEvent,
  DeadlineError,
  ProcessExitError,
  type SessionOptions,
  StartupError,
  TurnError,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { asked, live, world, written } from "../support/live_world.ts";

type World = Awaited<ReturnType<typeof world>>;

/** Options of a session that signs in in this way. */
function signedIn(
  on: World,
  credential: "api-key" | "subscription" | "none",
): SessionOptions {
  const { home, temporary } = on.scratch;
  const env = on.api.environment({ home, temporary, credential });
  return { ...on.options, env };
}

live("auth: the one pays that should", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  for (const auth of ["subscription", "api-key"] as const) {
    await using session = new AsyncSession({ ...signedIn(on, auth), auth });
    assertEquals((await session.ask("hi")).text, "ok");
  }
  await using session = new AsyncSession({
    ...signedIn(on, "none"),
    auth: "subscription",
  });
  const error = await assertRejects(() => session.ask("hi"), TurnError);
  assertEquals(error.code, "auth");
});

live(
  "auth: where the settings have a key, nothing is asked of the API",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    await Deno.mkdir(`${on.scratch.home}/.claude`, { recursive: true });
    await Deno.writeTextFile(
      `${on.scratch.home}/.claude/settings.json`,
      JSON.stringify({ env: { ANTHROPIC_API_KEY: "sk-ant-api03-made-up" } }),
    );
    for (const credential of ["none", "subscription"] as const) {
      await using session = new AsyncSession({
        ...signedIn(on, credential),
        auth: "subscription",
      });
      const error = await assertRejects(() => session.ask("hi"), StartupError);
      assertEquals(error.code, "billing");
      assert(error.message.includes("ANTHROPIC_API_KEY"), error.message);
    }
    assertEquals(asked(on.api).length, 0);
  },
);

live(
  "failFastOn: a key that is not accepted ends the turn at once",
  async () => {
    await using on = await world({
      replies: [...reply.repeat(1, reply.failure(401)), reply.text("ok")],
    });
    await using session = new AsyncSession({
      ...on.options,
      failFastOn: [401],
    });
    const error = await assertRejects(() => session.ask("hi"), TurnError);
    assertEquals([error.code, error.apiStatus], ["auth", 401]);
    assertEquals(asked(on.api).length, 1);
    assertEquals((await session.ask("again")).text, "ok");
  },
);

for (const credential of ["api-key", "subscription"] as const) {
  for (const status of [401, 403]) {
    live(
      `failFastOn "auth": an API that answers with ${status} for ever, ${credential}`,
      async () => {
        await using on = await world({ replies: () => reply.failure(status) });
        await using session = new AsyncSession({
          ...signedIn(on, credential),
          failFastOn: ["auth"],
        });
        const error = await assertRejects(() => session.ask("hi"), TurnError);
        assertEquals([error.code, error.apiStatus], ["auth", status]);
        // The CLI itself tries 403 once.
        const most = credential === "api-key" || status === 403 ? 1 : 2;
        assertEquals(asked(on.api).length, most);
        const isKey = credential === "api-key";
        assertEquals(error.hint?.includes("ANTHROPIC_API_KEY;"), isKey);
      },
    );
  }
}

live(
  "what a session has cost, after a good end and after a crash",
  async () => {
    const replies = () => reply.text("ok", { usage: { outputTokens: 1000 } });
    // What a turn costs depends on the model that the CLI takes by default.
    await using before = await world({ replies });
    await using other = new AsyncSession(before.options);
    const { totalCostUsd: price } = await other.ask("one");
    assert(price > 0.01);
    for (const how of ["closed", "killed"] as const) {
      await using on = await world({ replies });
      await using session = new AsyncSession({
        ...on.options,
        recover: { attempts: 1 },
        budget: {
          thresholds: [{ costUsd: 1.5 * price }],
          stopAt: { costUsd: 2.5 * price },
        },
      });
      const told: number[] = [];
      session.on("budget_threshold", ({ value }) => told.push(value));
      const { totalCostUsd: first } = await session.ask("one");
      assertEquals(first, price);
      const { promise, resolve } = Promise.withResolvers<void>();
      session.on("session_restarted", () => resolve());
      await written(on.scratch.home, session.id ?? "");
      // By SIGTERM the CLI writes down its cost, by SIGKILL it cannot.
      Deno.kill(session.pid ?? 0, how === "closed" ? "SIGTERM" : "SIGKILL");
      await promise;
      assertEquals(session.totalCostUsd, first);
      const second = await session.ask("two");
      assertEquals(second.costUsd.toFixed(6), first.toFixed(6), how);
      assertEquals(second.totalCostUsd.toFixed(6), (2 * first).toFixed(6), how);
      assertEquals(told.length, 1, how);
      const third = await session.ask("three");
      assertEquals(third.totalCostUsd.toFixed(6), (3 * first).toFixed(6), how);
      await assertRejects(() => session.ask("four"), BudgetExceededError);
      assertEquals(asked(on.api).length, 3);
    }
  },
);

live("budget.stopAt interrupts a turn in the middle", async () => {
  await using on = await world({
    replies: () =>
      reply.toolUse("Bash", { command: "true" }, {
        usage: { outputTokens: 10_000 },
      }),
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: allowAll(),
    budget: { stopAt: { costUsd: 0.15 } },
    limits: { maxTurns: 500 },
  });
  const error = await assertRejects(
    () => session.ask("loop"),
    BudgetExceededError,
  );
  assert(error.value >= 0.15 && error.result !== undefined);
  assert(asked(on.api).length < 400, String(asked(on.api).length));
});

live(
  "a stalled stream of the API: the turn fails on time, and the session goes on",
  async () => {
    await using on = await world({
      replies: [reply.silence(), reply.text("ok")],
    });
    await using session = new AsyncSession({
      ...on.options,
      idleTimeoutMs: { warnMs: 500, endMs: 1500 },
    });
    const seen: ClaudeEvent["type"][] = [];
    const error = await assertRejects(async () => {
      for await (const { type } of session.send("hi")) seen.push(type);
    }, DeadlineError);
    assertEquals([error.code, seen.at(-1)], ["stalled", "stalled"]);
    assertEquals((await session.ask("again")).text, "ok");
  },
);

live("a silent tool is no stall", async () => {
  await using on = await world({
    replies: (request) =>
      request.toolResults.length === 0
        ? reply.toolUse("Bash", { command: "sleep 4" })
        : reply.text("done"),
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: allowAll(),
    idleTimeoutMs: { warnMs: 1000, endMs: Infinity },
  });
  // A busy machine may be silent before the tool and after it.
  const seen: ClaudeEvent["type"][] = [];
  for await (const { type } of session.send("sleep")) seen.push(type);
  const inTool = seen.slice(
    seen.indexOf("tool_use"),
    seen.indexOf("tool_result"),
  );
  assertEquals(inTool.filter((type) => type === "stalled"), []);
  assertEquals(seen.at(-1), "result");
});

live(
  "turnTimeoutMs ends a tool that runs, and the session goes on",
  async () => {
    await using on = await world({
      replies: (request) =>
        request.prompts.at(-1) === "sleep"
          ? reply.toolUse("Bash", { command: "sleep 1000" })
          : reply.text("ok"),
    });
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    await session.start();
    const error = await assertRejects(
      () => session.ask("sleep", { timeoutMs: 2000 }),
      DeadlineError,
    );
    assertEquals([error.operation, error.code], ["turn", "deadline"]);
    assertEquals((await session.ask("again")).text, "ok");
  },
);

live("waitForReset: a plan that is used up is waited for", async () => {
  const resetsAt = Math.ceil(Date.now() / 1000) + 4;
  await using on = await world({
    replies: [
      reply.failure(429, {
        headers: {
          "anthropic-ratelimit-unified-status": "rejected",
          "anthropic-ratelimit-unified-reset": String(resetsAt),
          "anthropic-ratelimit-unified-representative-claim": "five_hour",
          "anthropic-ratelimit-unified-5h-status": "rejected",
          "anthropic-ratelimit-unified-5h-reset": String(resetsAt),
          "anthropic-ratelimit-unified-5h-utilization": "1",
        },
      }),
      reply.text("ok"),
    ],
  });
  await using session = new AsyncSession({
    ...signedIn(on, "subscription"),
    waitForReset: { maxMs: 60_000 },
  });
  const waits: number[] = [];
  session.on("rate_limit_wait", ({ resetsAt }) => waits.push(resetsAt));
  assertEquals((await session.ask("hi")).text, "ok");
  assertEquals(waits, [resetsAt]);
  assert(Date.now() >= resetsAt * 1000);
});

live("recover: the prompt that was lost is not run again", async () => {
  await using on = await world({
    replies: ({ prompts }) =>
      prompts.at(-1) === "lost" ? reply.silence() : reply.text("ok"),
  });
  await using session = new AsyncSession({
    ...on.options,
    recover: { attempts: 1 },
  });
  await session.ask("first");
  await written(on.scratch.home, session.id ?? "");
  await assertRejects(async () => {
    for await (const { type } of session.send("lost")) {
      if (type === "system_init") Deno.kill(session.pid ?? 0, "SIGKILL");
    }
  }, ProcessExitError);
  assertEquals((await session.ask("next")).text, "ok");
  assertEquals(asked(on.api).at(-1)?.prompts.at(-1), "next");
});

live("recover: a session that was never written begins again", async () => {
  for (const at of ["start", "system_init"]) {
    await using on = await world({
      replies: ({ prompts }) =>
        prompts.at(-1) === "lost" ? reply.silence() : reply.text("ok"),
    });
    await using session = new AsyncSession({
      ...on.options,
      recover: { attempts: 1 },
    });
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    session.on(
      "session_restarted",
      ({ resumedFrom }) => resolve(resumedFrom),
    );
    if (at === "start") {
      await session.start();
      Deno.kill(session.pid ?? 0, "SIGKILL");
    } else {
      await assertRejects(async () => {
        for await (const { type } of session.send("lost")) {
          if (type === at) Deno.kill(session.pid ?? 0, "SIGKILL");
        }
      }, ProcessExitError);
    }
    assertEquals(await promise, undefined);
    assertEquals((await session.ask("next")).text, "ok", at);
  }
});
