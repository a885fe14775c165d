// What ends a turn, or a session, before it costs more, through real processes.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  BudgetExceededError,
  ConfigError,
  type SessionOptions,
  StartupError,
  SyncSession,
  TurnError,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

Deno.test("failFastOn ends the turn at the first retry, and the session goes on", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([
    [
      step.apiRetry({ status: 401, error: "authentication_failed" }),
      step.silence(),
    ],
    [step.text("second")],
  ]));
  await using session = new AsyncSession({
    claudePath: claude.command,
    failFastOn: [401],
  });
  const error = await assertRejects(() => session.ask("one"), TurnError);
  assertEquals([error.code, error.apiStatus], ["auth", 401]);
  assertEquals((await session.ask("two")).text, "second");
});

Deno.test("budget.stopAt interrupts a turn, and holds for the process after a crash", async () => {
  const costs = (costUsd: number) => step.usage({ costUsd });
  await using claude = await ScriptedClaude.create({
    processes: [
      {
        turns: [
          [costs(2), step.text("x")],
          [costs(1), step.text("y"), step.kill("SIGKILL")],
        ],
      },
      {
        turns: [
          [costs(1), step.text("x")],
          [costs(3), step.toolCall("Bash", { command: "ls" }), step.silence()],
        ],
      },
    ],
  });
  await using session = new AsyncSession({
    claudePath: claude.command,
    recover: { attempts: 1 },
    budget: {
      thresholds: [{ costUsd: 1 }, { costUsd: 2.5 }, { turns: 2 }],
      stopAt: { costUsd: 5 },
    },
  });
  const told: unknown[] = [];
  session.on("budget_threshold", ({ metric, threshold, value }) => {
    told.push([metric, threshold, value]);
  });
  const first = await session.ask("one");
  assertEquals([first.costUsd, first.totalCostUsd], [2, 2]);
  await assertRejects(() => session.ask("two"));
  // The process that comes in its place starts at nothing.
  assertEquals([session.totalCostUsd, session.turnCount], [2, 1]);
  const second = await session.ask("three");
  assertEquals([second.costUsd, second.totalCostUsd], [1, 3]);
  assertEquals(session.usage.inputTokens, 200);
  assertEquals(told, [["cost", 1, 2], ["turns", 2, 2], ["cost", 2.5, 3]]);
  const error = await assertRejects(
    () => session.ask("four"),
    BudgetExceededError,
  );
  assertEquals([error.limit, error.value], [5, 6]);
  assertEquals(error.result?.totalCostUsd, 4);
  assertThrows(() => session.send("five"), BudgetExceededError);
  assertEquals(claude.starts.length, 2);
});

Deno.test("where another one would pay, no prompt goes out and no process is left", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("x")]]),
  );
  const options: SessionOptions = {
    claudePath: claude.command,
    auth: "subscription",
  };
  await using session = new AsyncSession(options);
  const turn = session.send("one");
  const error = await assertRejects(() => turn.text(), StartupError);
  assertEquals([error.code, error.reason], ["billing", "billing"]);
  assert(error.message.includes("ANTHROPIC_API_KEY"));
  await session.close();
  using blocking = new SyncSession({
    claudePath: claude.command,
    auth: "subscription",
  });
  assertEquals(
    assertThrows(() => blocking.ask("one"), StartupError).code,
    "billing",
  );
  for (const at of [0, 1]) {
    assertEquals(
      claude.receivedBy(at).filter(({ type }) => type === "user"),
      [],
    );
  }
});

Deno.test("guards that cannot be are refused", () => {
  const wrong: readonly [SessionOptions, string][] = [
    [{ failFastOn: [200] }, "failFastOn"],
    [{ failFastOn: ["atuh" as never] }, "failFastOn"],
    [{ failFastOn: 401 as never }, "failFastOn"],
    [{ auth: "key" as never }, "auth"],
    [{ auth: "subscription", env: { ANTHROPIC_API_KEY: "k" } }, "auth"],
    [{ auth: "api-key", env: { CLAUDE_CODE_OAUTH_TOKEN: "t" } }, "auth"],
    [{ auth: "subscription", bare: true }, "auth"],
    [{ budget: { stopAt: {} as never } }, "budget.stopAt"],
    [{ budget: { stopAt: { costUsd: 0 } } }, "budget.stopAt"],
  ];
  for (const [options, option] of wrong) {
    const error = assertThrows(() => new AsyncSession(options), ConfigError);
    assertEquals(error.option, option);
    assert(!error.message.includes('"k"'));
  }
});
