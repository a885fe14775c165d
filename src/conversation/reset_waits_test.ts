// `waitForReset`, with a clock of the test's own.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { DeadlineError, StateError, TurnError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { turnFailure } from "../protocol/turn_failure.ts";
import { FakeDriver, type FakeTurn } from "./fixtures/fake_driver.ts";

const HOUR = 3_600_000;

function failureOf({ end }: FakeTurn): Error | undefined {
  return end?.result === undefined
    ? end?.error as Error
    : turnFailure(end.result, end.context);
}

/** A turn fails by a limit that ends after a time. */
function limited(
  driver: FakeDriver,
  id: string,
  inMs: number | undefined,
  status = "rejected",
): number {
  const resetsAt = Math.round((driver.date + (inMs ?? 0)) / 1000);
  driver.receive({
    type: "rate_limit_event",
    rate_limit_info: {
      status,
      ...inMs === undefined ? {} : { resetsAt },
      rateLimitType: "five_hour",
    },
  });
  driver.result([id], {
    is_error: true,
    terminal_reason: "api_error",
    api_error_status: 429,
    api_error: "usage_limit_reached",
    result: "You've hit your limit",
    total_cost_usd: 0,
  });
  // As CLI 2.1.330 does.
  driver.receive({
    type: "command_lifecycle",
    command_uuid: id,
    state: "cancelled",
  });
  return resetsAt;
}

/** The same, as CLI 2.1.332 tells of a limit whose reset is past: in the reply alone. */
function limitedBefore(driver: FakeDriver, id: string, agoMs: number): number {
  const resetsAt = Math.round((driver.date - agoMs) / 1000);
  driver.receive({
    type: "assistant",
    message: {
      id: crypto.randomUUID(),
      model: "<synthetic>",
      role: "assistant",
      type: "message",
      content: [{ type: "text", text: "You've hit your limit" }],
    },
    parent_tool_use_id: null,
    error: "rate_limit",
    api_error_status: 429,
    api_error_params: {
      rate_limit_info: { status: "rejected", resetsAt },
    },
  });
  driver.result([id], {
    is_error: true,
    terminal_reason: "api_error",
    api_error_status: 429,
    api_error: "usage_limit_reached",
    result: "You've hit your limit",
    total_cost_usd: 0,
  });
  return resetsAt;
}

function begun(options: SessionOptions = {}) {
  const driver = new FakeDriver({
    idleTimeoutMs: 60_000,
    waitForReset: { maxMs: 6 * HOUR },
    ...options,
  });
  const turn = driver.send("p1");
  driver.init("p1");
  return { driver, turn };
}

function waits(driver: FakeDriver): unknown[] {
  return driver.events.flatMap((event) =>
    event.type === "rate_limit_wait"
      ? [[event.resetsAt, event.waitMs, event.sends]]
      : []
  );
}

/** Id of the prompt that was written last. */
function lastId(driver: FakeDriver): string {
  return String(driver.prompts.at(-1)?.uuid);
}

Deno.test("waitForReset: the turn goes on when the limit starts anew, and says that it waits", () => {
  const { driver, turn } = begun();
  const resetsAt = limited(driver, "p1", HOUR);
  assertEquals(turn.end, undefined);
  assertEquals(turn.events.slice(-3, -1).map(({ type }) => type), [
    "result",
    "rate_limit_wait",
  ]);
  assertEquals(waits(driver), [[resetsAt, HOUR + 1000, "prompt"]]);
  assertThrows(() => driver.send("p2"), StateError);
  driver.pass(HOUR + 999);
  assertEquals(driver.prompts.length, 1);
  driver.pass(1);
  const [first, second] = driver.prompts;
  assertEquals(second?.message, first?.message);
  assert(second?.uuid !== first?.uuid);
  driver.init(lastId(driver));
  driver.result([lastId(driver)]);
  assertEquals(failureOf(turn), undefined);
  assertEquals(turn.end?.result?.result, "ok");
  assertEquals([driver.timers, driver.failure], [0, undefined]);
  const next = driver.send("p2");
  driver.init("p2");
  driver.result(["p2"]);
  assert(next.end?.result !== undefined);
});

const FAILS: readonly [string, SessionOptions, number | undefined, string][] = [
  [
    "without the option",
    { waitForReset: undefined } as never,
    HOUR,
    "rejected",
  ],
  ["too far off", { waitForReset: { maxMs: HOUR } }, 2 * HOUR, "rejected"],
  ["no time is known", {}, undefined, "rejected"],
  ["the limit does not refuse", {}, HOUR, "allowed_warning"],
];

Deno.test("waitForReset: where there is nothing to wait for the turn fails at once", () => {
  for (const [name, options, inMs, status] of FAILS) {
    const { driver, turn } = begun(options);
    limited(driver, "p1", inMs, status);
    const error = failureOf(turn);
    assertInstanceOf(error, TurnError, name);
    assertEquals([error.code, error.retryable], ["rate_limit", true], name);
    assertEquals(
      error.resetsAt !== undefined,
      inMs !== undefined && status === "rejected",
      name,
    );
    assertEquals([waits(driver), driver.timers], [[], 0], name);
  }
});

Deno.test("waitForReset: other failures are not waited for", () => {
  const { driver, turn } = begun();
  driver.receive({
    type: "rate_limit_event",
    rate_limit_info: { status: "rejected", resetsAt: driver.date / 1000 + 60 },
  });
  driver.result(["p1"], {
    is_error: true,
    terminal_reason: "api_error",
    api_error_status: 401,
  });
  assertEquals((failureOf(turn) as TurnError).code, "auth");
});

Deno.test("waitForReset: a prompt whose tools ran is not run again", () => {
  const { driver, turn } = begun();
  driver.call("t1");
  driver.called("t1");
  limited(driver, "p1", HOUR);
  assertInstanceOf(failureOf(turn), TurnError);
  driver.pass(10 * HOUR);
  assertEquals(driver.prompts.length, 1);
});

Deno.test("waitForReset: with a message the turn goes on by that instead", () => {
  const { driver, turn } = begun({
    waitForReset: { maxMs: 6 * HOUR, message: "Go on." },
  });
  driver.call("t1");
  driver.called("t1");
  limited(driver, "p1", HOUR);
  assertEquals((waits(driver)[0] as unknown[])[2], "message");
  driver.pass(HOUR + 1000);
  assertEquals(driver.prompts.at(-1)?.message, {
    role: "user",
    content: "Go on.",
  });
  // What ran before it ran for the turn: once more it is the message.
  driver.init(lastId(driver));
  limited(driver, lastId(driver), HOUR);
  driver.pass(HOUR + 1000);
  driver.init(lastId(driver));
  driver.result([lastId(driver)]);
  assertEquals(failureOf(turn), undefined);
  assertEquals(
    driver.prompts.map(({ message }) =>
      (message as { content: string }).content
    ),
    ["prompt p1", "Go on.", "Go on."],
  );
});

Deno.test("waitForReset: the same limit once more, and too much in all, end it", () => {
  const { driver, turn } = begun();
  const resetsAt = limited(driver, "p1", HOUR);
  driver.pass(HOUR + 1000);
  driver.init(lastId(driver));
  assertEquals(limited(driver, lastId(driver), -1000), resetsAt);
  assertEquals((failureOf(turn) as TurnError).code, "rate_limit");

  const other = begun();
  limited(other.driver, "p1", 5 * HOUR);
  other.driver.pass(5 * HOUR + 1000);
  other.driver.init(lastId(other.driver));
  limited(other.driver, lastId(other.driver), 5 * HOUR);
  assertInstanceOf(failureOf(other.turn), TurnError);
  assertEquals(other.driver.prompts.length, 2);
});

Deno.test("waitForReset: an interruption, and leaving, end the wait", () => {
  const one = begun();
  limited(one.driver, "p1", HOUR);
  one.driver.conversation.ask("interrupt", {});
  assertEquals((failureOf(one.turn) as TurnError).code, "rate_limit");
  const two = begun();
  limited(two.driver, "p1", HOUR);
  two.driver.conversation.leave("p1");
  assert(two.turn.end !== undefined);
  for (const { driver } of [one, two]) {
    driver.pass(2 * HOUR);
    assertEquals([driver.prompts.length, driver.timers], [1, 0]);
    const next = driver.send("p2");
    driver.init("p2");
    driver.result(["p2"]);
    assert(next.end?.result !== undefined);
  }
});

Deno.test("waitForReset: the limit of the turn holds while it waits, silence does not count", () => {
  const { driver, turn } = begun({ turnTimeoutMs: HOUR / 2 });
  limited(driver, "p1", HOUR);
  driver.pass(HOUR / 2 - 1);
  assertEquals(turn.end, undefined);
  driver.pass(1);
  assertInstanceOf(failureOf(turn), DeadlineError);
  driver.pass(HOUR);
  assertEquals([driver.prompts.length, driver.timers], [1, 0]);
});

Deno.test("waitForReset: a process that ends meanwhile fails the turn, and nothing is sent", () => {
  const { driver, turn } = begun();
  limited(driver, "p1", HOUR);
  driver.taker.end({ code: 1, signal: null, stderrTail: "" });
  assert(failureOf(turn) !== undefined);
  driver.pass(2 * HOUR);
  assertEquals([driver.prompts.length, driver.timers], [1, 0]);
});

Deno.test("waitForReset: a limit whose reset is past is tried again after a moment, once", () => {
  for (
    const tell of [
      limitedBefore,
      (driver: FakeDriver, id: string, ms: number) => limited(driver, id, -ms),
    ]
  ) {
    const { driver, turn } = begun();
    // A limit that was near before says nothing of this one.
    driver.receive({
      type: "rate_limit_event",
      rate_limit_info: {
        status: "allowed_warning",
        resetsAt: driver.date / 1000 + 7200,
      },
    });
    const resetsAt = tell(driver, "p1", HOUR);
    assertEquals(waits(driver), [[resetsAt, 1000, "prompt"]]);
    driver.pass(999);
    assertEquals(driver.prompts.length, 1);
    driver.pass(1);
    assertEquals(driver.prompts.length, 2);
    driver.init(lastId(driver));
    // Another time in the past: the API would still refuse.
    tell(driver, lastId(driver), HOUR / 2);
    assertEquals((failureOf(turn) as TurnError).code, "rate_limit");
    assertEquals([driver.prompts.length, driver.timers], [2, 0]);

    // The next turn has a try of its own, and may go well.
    const next = driver.send("p2");
    driver.init("p2");
    tell(driver, "p2", 1000);
    driver.pass(1000);
    driver.init(lastId(driver));
    driver.result([lastId(driver)]);
    assertEquals(failureOf(next), undefined);
  }
});

Deno.test("waitForReset: a limit that only the reply tells of is waited for", () => {
  const { driver, turn } = begun();
  limitedBefore(driver, "p1", -HOUR);
  driver.pass(HOUR + 1000);
  driver.init(lastId(driver));
  driver.result([lastId(driver)]);
  assertEquals(failureOf(turn), undefined);
});
