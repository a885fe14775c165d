// What ends a turn, or a session, before it costs more: `failFastOn`, `budget.stopAt`, `auth`.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import {
  BudgetExceededError,
  DeadlineError,
  StartupError,
  TurnError,
} from "../errors.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { FakeDriver, type FakeTurn } from "./fixtures/fake_driver.ts";

function failureOf({ end }: FakeTurn): Error | undefined {
  return end?.result === undefined
    ? end?.error as Error
    : turnFailure(end.result, end.context);
}

function retry(status: number | null, attempt = 1) {
  return {
    type: "system",
    subtype: "api_retry",
    attempt,
    max_retries: 10,
    retry_delay_ms: 500,
    error_status: status,
    error: "x",
  };
}

const ABORTED = {
  subtype: "error_during_execution",
  is_error: true,
  terminal_reason: "aborted_streaming",
  errors: ["[ede_diagnostic]"],
};

const FAST: readonly [number, string, boolean][] = [
  [401, "auth", false],
  [402, "billing", false],
  [403, "auth", false],
  [429, "rate_limit", true],
  [500, "api", true],
  [529, "overloaded", true],
];

Deno.test("failFastOn: the first retry after such a status ends the turn, with its code", () => {
  for (const [status, code, retryable] of FAST) {
    const driver = new FakeDriver({ failFastOn: [status] });
    const turn = driver.send("p1");
    driver.init("p1");
    driver.receive(retry(status));
    driver.receive(retry(status));
    assertEquals(driver.requests("interrupt").length, 1);
    assertEquals(turn.end, undefined);
    driver.result(["p1"], ABORTED);
    const error = failureOf(turn);
    assertInstanceOf(error, TurnError);
    assertEquals(
      [error.code, error.apiStatus, error.retryable],
      [code, status, retryable],
    );
    assertEquals([driver.failure, driver.timers], [undefined, 0]);
  }
});

Deno.test("failFastOn: other statuses, and turns of the CLI's own, are tried again", () => {
  const driver = new FakeDriver({ failFastOn: [401] });
  const turn = driver.send("p1");
  driver.init("p1");
  driver.receive(retry(500));
  driver.receive(retry(null));
  driver.result(["p1"]);
  driver.init();
  driver.receive(retry(401));
  assertEquals(driver.requests("interrupt"), []);
  assertEquals(failureOf(turn), undefined);
});

/** Who pays, the failures that come one after the other, and how many of them are waited for. */
const REFUSALS: readonly (readonly [
  key: string,
  failures: readonly (readonly [status: number | null, attempt: number])[],
  waitedFor: number,
])[] = [
  ["ANTHROPIC_API_KEY", [[401, 1]], 0],
  ["apiKeyHelper", [[403, 1]], 0],
  ["ANTHROPIC_API_KEY", [[500, 1], [401, 2]], 1],
  ["none", [[401, 1], [401, 2]], 1],
  ["none", [[403, 1], [401, 2]], 1],
  ["none", [[500, 1], [401, 2], [401, 3]], 2],
  // Each call may renew a token.
  ["none", [[401, 1], [401, 1], [401, 1], [401, 2]], 3],
  ["ANTHROPIC_API_KEY", [[500, 1], [429, 2], [null, 3], [402, 4]], 4],
];

Deno.test('failFastOn "auth": at the first refusal of a key, at the second of a login', () => {
  for (const [key, failures, waitedFor] of REFUSALS) {
    const driver = new FakeDriver({ failFastOn: ["auth"] });
    const turn = driver.send("p1");
    driver.initBy(key, "p1");
    for (const [at, [status, attempt]] of failures.entries()) {
      assertEquals(driver.requests("interrupt").length, 0, `${key} ${at}`);
      driver.receive(retry(status, attempt));
    }
    const stops = waitedFor < failures.length;
    assertEquals(
      driver.requests("interrupt").length,
      stops ? 1 : 0,
      `${key} ${failures}`,
    );
    if (!stops) continue;
    driver.result(["p1"], ABORTED);
    const error = failureOf(turn);
    assertInstanceOf(error, TurnError);
    assertEquals(error.code, "auth");
    assertEquals(error.apiStatus, failures.at(-1)?.[0]);
    // The hint fits who pays.
    assertEquals(error.hint?.includes("Check the API key"), key !== "none");
    if (key !== "none") assert(error.hint?.includes(key));
  }
});

Deno.test("failFastOn: a turn that was through all the same is a success", () => {
  const driver = new FakeDriver({ failFastOn: [401] });
  const turn = driver.send("p1");
  driver.init("p1");
  driver.receive(retry(401));
  driver.result(["p1"]);
  assertEquals([failureOf(turn), driver.timers], [undefined, 0]);
});

Deno.test("failFastOn: an interruption that is not heeded ends the session", () => {
  const driver = new FakeDriver({ failFastOn: [401], closeTimeoutMs: 1000 });
  const turn = driver.send("p1");
  driver.init("p1");
  driver.receive(retry(401));
  driver.pass(1000);
  assertInstanceOf(driver.failure, DeadlineError);
  assertEquals(driver.failure.operation, "interrupt");
  assertEquals(turn.end?.error, driver.failure);
});

/** Answers a question about the use. */
function counted(driver: FakeDriver, costUsd: number, tokens = 0): void {
  driver.reply(driver.requests("get_usage").at(-1), {
    session: {
      total_cost_usd: costUsd,
      model_usage: {
        m: { inputTokens: tokens, outputTokens: 0, costUSD: costUsd },
      },
    },
    subscription_type: null,
    rate_limits_available: false,
    rate_limits: null,
    behaviors: null,
  });
}

Deno.test("budget.stopAt: a turn is interrupted in the middle, and no prompt goes out after it", () => {
  for (const stopAt of [{ costUsd: 1 }, { tokens: 1000 }] as const) {
    const driver = new FakeDriver({ budget: { stopAt } });
    const turn = driver.send("p1");
    driver.init("p1");
    assertEquals(driver.requests("get_usage"), []);
    driver.call("t1");
    driver.called("t1");
    counted(driver, 0.9, 900);
    driver.called("t2");
    // Not more often than every five seconds.
    assertEquals(driver.requests("get_usage").length, 1);
    driver.pass(5000);
    driver.called("t3");
    assertEquals(driver.requests("interrupt"), []);
    counted(driver, 1.5, 1500);
    assertEquals(driver.requests("interrupt").length, 1);
    driver.result(["p1"], {
      ...ABORTED,
      total_cost_usd: 1.6,
      modelUsage: {
        m: { inputTokens: 1600, outputTokens: 0, costUSD: 1.6 },
      },
    });
    const error = failureOf(turn);
    assertInstanceOf(error, BudgetExceededError);
    assertEquals(error.code, "max_budget");
    assertEquals(
      [error.metric, error.limit, error.value],
      "costUsd" in stopAt ? ["cost", 1, 1.5] : ["tokens", 1000, 1500],
    );
    assertEquals(error.result?.totalCostUsd, 1.6);
    assertThrows(() => driver.send("p2"), BudgetExceededError);
    assertThrows(
      () => driver.conversation.push({ id: "p3", content: "x" }, {}, () => {}),
      BudgetExceededError,
    );
    assertEquals([driver.prompts.length, driver.timers], [1, 0]);
  }
});

Deno.test("budget.stopAt: a turn that reaches it by its result is no failure, the next is", () => {
  const driver = new FakeDriver({ budget: { stopAt: { turns: 2 } } });
  for (const id of ["p1", "p2"]) {
    const turn = driver.send(id);
    driver.init(id);
    driver.called("t");
    driver.result([id]);
    assertEquals(failureOf(turn), undefined);
  }
  assertEquals(driver.requests("get_usage"), []);
  const error = assertThrows(() => driver.send("p3"), BudgetExceededError);
  assert(error.message.includes("2 of 2 turns"));
});

Deno.test("budget.stopAt: a CLI that does not tell, or in another shape, is asked again later", () => {
  const driver = new FakeDriver({ budget: { stopAt: { costUsd: 1 } } });
  driver.send("p1");
  driver.init("p1");
  driver.called("t1");
  driver.reply(driver.requests("get_usage").at(-1), { news: true });
  driver.pass(5000);
  driver.called("t2");
  assertEquals(driver.requests("get_usage").length, 2);
});

const SUBSCRIBED = {
  account: { tokenSource: "claude.ai", apiProvider: "firstParty" },
};
const KEYED = {
  account: { tokenSource: "none", apiKeySource: "ANTHROPIC_API_KEY" },
};

Deno.test("auth: prompts wait until it is known who pays", () => {
  const driver = new FakeDriver({ auth: "subscription" }, "later");
  const turn = driver.send("p1");
  driver.conversation.push({ id: "p2", content: "x" }, {}, () => {});
  assertEquals(driver.prompts, []);
  driver.reply(driver.written[0], SUBSCRIBED);
  assertEquals(driver.prompts.map(({ uuid }) => uuid), ["p1", "p2"]);
  assert(driver.started.isSettled);
  driver.started.take();
  driver.init("p1");
  driver.result(["p1"]);
  assertEquals(failureOf(turn), undefined);
});

Deno.test("auth: where another one would pay nothing goes out", () => {
  const driver = new FakeDriver({ auth: "subscription" }, "later");
  driver.send("p1");
  driver.reply(driver.written[0], KEYED);
  const error = assertThrows(() => driver.started.take(), StartupError);
  assertEquals(error.code, "billing");
  assertEquals(driver.prompts, []);
});

Deno.test("auth: what a turn begins with ends the session where it differs", () => {
  const driver = new FakeDriver({ auth: "subscription" }, SUBSCRIBED);
  const turn = driver.send("p1");
  driver.init("p1");
  assertEquals(driver.failure, undefined);
  driver.result(["p1"]);
  const second = driver.send("p2");
  driver.initBy("ANTHROPIC_API_KEY", "p2");
  assertInstanceOf(driver.failure, StartupError);
  assertEquals(driver.failure.code, "billing");
  assertEquals([failureOf(turn), failureOf(second)], [
    undefined,
    driver.failure,
  ]);
});
