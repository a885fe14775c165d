// The time limits of turns, with a clock of the test's own.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import { DeadlineError } from "../errors.ts";
import { allow, type Decision } from "../permissions/decision.ts";
import { defineTool } from "../tools/tool.ts";
import type { PushNews } from "../protocol/mod.ts";
import { FakeDriver, SESSION } from "./fixtures/fake_driver.ts";

const MINUTE = 60_000;

/** A driver in the middle of a turn. */
function running(options: ConstructorParameters<typeof FakeDriver>[0] = {}) {
  const driver = new FakeDriver(options);
  const turn = driver.send("p1");
  driver.init("p1");
  return { driver, turn };
}

/** What waits for promises alone has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function stalls(driver: FakeDriver): unknown[] {
  return driver.events.flatMap((event) =>
    event.type === "stalled"
      ? [[event.idleMs, event.lastEventType, event.endMs]]
      : []
  );
}

Deno.test("a silent turn is told of, and by default nothing else happens", () => {
  const { driver, turn } = running();
  driver.pass(119_999);
  assertEquals(stalls(driver), []);
  driver.pass(1);
  assertEquals(stalls(driver), [[120_000, "system_init", undefined]]);
  assertEquals(turn.events.at(-1)?.type, "stalled");
  driver.pass(100 * MINUTE);
  assertEquals([stalls(driver).length, turn.end], [1, undefined]);
  driver.result(["p1"]);
  assert(turn.end?.result !== undefined);
  assertEquals(driver.timers, 0);
});

Deno.test("a limit that no timer can hold is waited for by one after another, and not over and over", () => {
  for (const idleTimeoutMs of [3e9, { warnMs: 3e9, endMs: 1e12 }]) {
    const { driver } = running({ idleTimeoutMs });
    assert(driver.longestTimerMs < 2 ** 31, `${driver.longestTimerMs}`);
    driver.pass(1000 * MINUTE);
    assertEquals([driver.failure, driver.timers], [undefined, 1]);
  }
  // No limit: the silence is told of as by default, and ends nothing.
  for (const idleTimeoutMs of [Infinity, { endMs: Infinity }]) {
    const { driver } = running({ idleTimeoutMs });
    driver.pass(1000 * MINUTE);
    assertEquals([driver.failure, driver.timers], [undefined, 0]);
    assertEquals(stalls(driver).length, 1);
  }
  const { driver: silent } = running({ idleTimeoutMs: { warnMs: Infinity } });
  silent.pass(1000 * MINUTE);
  assertEquals([silent.timers, stalls(silent)], [0, []]);
  const { driver } = running({ idleTimeoutMs: { warnMs: 3e9 } });
  driver.pass(3e9 - 1);
  assertEquals(stalls(driver), []);
  driver.pass(1);
  assertEquals(stalls(driver).length, 1);
});

Deno.test("idleTimeoutMs: false watches nothing", () => {
  const { driver } = running({ idleTimeoutMs: false });
  assertEquals(driver.timers, 0);
  driver.pass(1000 * MINUTE);
  assertEquals([stalls(driver), driver.failure], [[], undefined]);
});

Deno.test("a silent turn fails on time, is interrupted, and the session goes on", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  driver.pass(MINUTE - 1);
  assertEquals(stalls(driver), [[MINUTE / 2, "system_init", MINUTE]]);
  assertEquals(turn.end, undefined);
  driver.pass(1);
  const error = turn.end?.error;
  assertInstanceOf(error, DeadlineError);
  assertEquals([error.code, error.timeoutMs], ["stalled", MINUTE]);
  assertEquals([error.sessionId, error.retryable], [SESSION, true]);
  assert(error.message.includes("60000 ms"));
  const [interrupt] = driver.requests("interrupt");
  driver.reply(interrupt, { still_queued: [] });
  driver.result(["p1"], {
    is_error: true,
    terminal_reason: "aborted_streaming",
  });
  assertEquals([driver.failure, driver.timers], [undefined, 0]);
  const next = driver.send("p2");
  driver.init("p2");
  driver.result(["p2"]);
  assertEquals(next.end?.result?.result, "ok");
});

Deno.test("a slow start is no silence of the first turn, also where its first lines come together", () => {
  const driver = new FakeDriver({
    idleTimeoutMs: MINUTE,
    startTimeoutMs: 10 * MINUTE,
  });
  const turn = driver.send("p1");
  driver.pass(5 * MINUTE);
  driver.receive({
    type: "system",
    subtype: "init",
    cwd: "/",
    model: "m",
    tools: [],
    mcp_servers: [],
    permissionMode: "default",
    user_message_uuids: ["p1"],
  }, false);
  assertEquals([turn.end, driver.failure], [undefined, undefined]);
  driver.receive({ type: "keep_alive" });
  driver.pass(MINUTE - 1);
  assertEquals([turn.end, driver.failure], [undefined, undefined]);
  driver.pass(1);
  assertInstanceOf(turn.end?.error, DeadlineError);
});

Deno.test("where the interruption is not heeded the session ends, and a prompt that waits fails", () => {
  const { driver, turn } = running({
    idleTimeoutMs: MINUTE,
    closeTimeoutMs: 3000,
  });
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
  const waiting = driver.send("p2");
  driver.pass(2999);
  assertEquals(driver.failure, undefined);
  driver.pass(1);
  assertEquals(driver.failure, turn.end.error);
  assertEquals(waiting.end?.error, driver.failure);
  assertEquals(driver.prompts.length, 1);
  assertEquals(driver.timers, 0);
});

Deno.test("any line counts as life, whatever it is", () => {
  const lines: readonly Record<string, unknown>[] = [
    { type: "keep_alive" },
    { type: "stream_event", event: { type: "ping" }, parent_tool_use_id: null },
    { type: "never heard of" },
    {
      type: "tool_progress",
      tool_use_id: "t",
      tool_name: "Bash",
      parent_tool_use_id: null,
      elapsed_time_seconds: 30,
    },
  ];
  for (const line of lines) {
    const { driver, turn } = running({ idleTimeoutMs: MINUTE });
    for (let at = 0; at < 10; at++) {
      driver.pass(MINUTE - 1);
      driver.receive(line);
    }
    assertEquals(turn.end, undefined, String(line.type));
    driver.pass(MINUTE);
    assert(turn.end !== undefined, String(line.type));
  }
});

Deno.test("a retry announces its wait, which is no silence", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  driver.receive({
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 10,
    retry_delay_ms: 10 * MINUTE,
    error_status: 529,
    error: "overloaded",
  });
  driver.pass(11 * MINUTE - 1);
  assertEquals([turn.end, stalls(driver).length], [undefined, 1]);
  driver.pass(1);
  assert(turn.end !== undefined);
});

Deno.test("a tool may be silent for as long as it likes", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  driver.call("t1");
  driver.call("t2");
  driver.pass(10 * MINUTE);
  driver.called("t1");
  driver.pass(10 * MINUTE);
  assertEquals([turn.end, stalls(driver)], [undefined, []]);
  driver.called("t2");
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
});

Deno.test("a call of a reply that broke off runs no more when the agent goes on", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  driver.call("t1", "m1");
  // Another agent's reply says nothing of it.
  driver.says("m9", { type: "text", text: "x" }, "t1");
  driver.pass(10 * MINUTE);
  assertEquals(turn.end, undefined);
  driver.says("m2", { type: "text", text: "again" });
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
});

const QUESTIONS: readonly Record<string, unknown>[] = [
  {
    subtype: "can_use_tool",
    tool_name: "Bash",
    input: {},
    tool_use_id: "t",
  },
  {
    subtype: "elicitation",
    mcp_server_name: "s",
    message: "?",
    mode: "form",
    requested_schema: {},
  },
  { subtype: "hook_callback", callback_id: "c0", input: {} },
];

Deno.test("a question without an answer yet is no silence", () => {
  for (const request of QUESTIONS) {
    const { driver, turn } = running({
      idleTimeoutMs: MINUTE,
      policy: { name: "slow", decide: () => new Promise(() => {}) },
      onElicitation: () => new Promise(() => {}),
      hooks: { Stop: [{ run: () => new Promise(() => {}) }] },
    });
    const { hooks } = driver.written[0]?.request as Record<string, unknown>;
    const [stop] = (hooks as Record<string, Record<string, string[]>[]>).Stop ??
      [];
    driver.receive({
      type: "control_request",
      request_id: "q",
      request: { ...request, callback_id: stop?.hookCallbackIds?.[0] },
    });
    driver.pass(30 * MINUTE);
    assertEquals([turn.end, stalls(driver)], [undefined, []]);
    driver.receive({ type: "control_cancel_request", request_id: "q" });
    driver.pass(MINUTE);
    assert(turn.end !== undefined, String(request.subtype));
  }
});

const LEFT = [
  [QUESTIONS[0], "permission_request"],
  [QUESTIONS[1], "elicitation_request"],
] as const;

/** The events that say that an answer is waited for. */
function waits(driver: FakeDriver): unknown[] {
  return driver.events.flatMap((event) =>
    event.type === "stalled"
      ? [[event.waitsFor, event.requestId, event.idleMs, event.endMs]]
      : []
  );
}

Deno.test("a question that the caller leaves without an answer is told of once, and nothing is ended", () => {
  for (const [request, type] of LEFT) {
    for (
      const [idleTimeoutMs, warnMs] of [
        [undefined, 2 * MINUTE],
        [3 * MINUTE, 1.5 * MINUTE],
        [{ warnMs: 7 * MINUTE }, 7 * MINUTE],
      ] as const
    ) {
      const { driver, turn } = running({
        policy: { name: "open", decide: () => undefined },
        ...idleTimeoutMs === undefined ? {} : { idleTimeoutMs },
      });
      driver.receive({ type: "control_request", request_id: "q7", request });
      driver.pass(warnMs - 1);
      // Other agents write: the question waits all the same.
      driver.says("m8", { type: "text", text: "x" }, "t9");
      assertEquals(waits(driver), []);
      driver.pass(1);
      const told = [[type, "q7", warnMs, undefined]];
      assertEquals(waits(driver), told);
      assertEquals(turn.events.at(-1)?.type, "stalled");
      driver.pass(48 * 60 * MINUTE);
      assertEquals([waits(driver), turn.end], [told, undefined]);
      driver.receive({ type: "control_cancel_request", request_id: "q7" });
      driver.result(["p1"]);
      assertEquals(driver.timers, 0);
    }
  }
});

Deno.test("a question that is answered, withdrawn or lost in time is not told of, nor without a watch", () => {
  const ends: readonly ((driver: FakeDriver) => void)[] = [
    ({ events }) => {
      const event = events.at(-1);
      assert(event?.type === "permission_request");
      event.deny();
    },
    (driver) =>
      driver.receive({ type: "control_cancel_request", request_id: "q7" }),
    ({ taker }) => taker.end(new Error("gone")),
  ];
  const ask = (driver: FakeDriver) =>
    driver.receive({
      type: "control_request",
      request_id: "q7",
      request: QUESTIONS[0],
    });
  for (const end of ends) {
    const { driver } = running({
      policy: { name: "open", decide: () => undefined },
    });
    ask(driver);
    driver.pass(MINUTE);
    end(driver);
    driver.pass(MINUTE);
    assertEquals(waits(driver), []);
  }
  const { driver } = running({
    policy: { name: "open", decide: () => undefined },
    idleTimeoutMs: false,
  });
  ask(driver);
  driver.pass(100 * MINUTE);
  assertEquals(waits(driver), []);
});

Deno.test("a person may take a day for an answer", async () => {
  const verdict = Promise.withResolvers<Decision>();
  const { driver, turn } = running({
    policy: { name: "slow", decide: () => verdict.promise },
  });
  driver.receive({
    type: "control_request",
    request_id: "q",
    request: {
      subtype: "can_use_tool",
      tool_name: "Bash",
      input: { command: "ls" },
      tool_use_id: "t",
    },
  });
  const answers = () =>
    driver.written.filter(({ type }) => type === "control_response");
  driver.pass(24 * 60 * MINUTE);
  assertEquals([turn.end, driver.failure, driver.closes], [
    undefined,
    undefined,
    0,
  ]);
  assertEquals(answers(), []);
  verdict.resolve(allow());
  await settled();
  assertEquals(answers().map(({ response }) => response), [{
    subtype: "success",
    request_id: "q",
    response: { behavior: "allow", updatedInput: { command: "ls" } },
  }]);
  driver.result(["p1"]);
  assert(turn.end?.result !== undefined);
});

Deno.test("no time that passes after a result keeps the CLI from asking", async () => {
  const driver = new FakeDriver({
    idleTimeoutMs: MINUTE,
    turnTimeoutMs: MINUTE,
    tools: [defineTool({
      name: "late",
      description: "Is called late",
      input: v.object({}),
      run: () => "done",
    })],
  });
  const turn = driver.send("p1");
  driver.receive({
    type: "system",
    subtype: "init",
    cwd: "/w",
    tools: ["mcp__tools__late"],
    mcp_servers: [{ name: "tools", status: "connected" }],
    model: "m",
    permissionMode: "default",
    user_message_uuids: ["p1"],
  });
  driver.receive({
    type: "system",
    subtype: "background_tasks_changed",
    tasks: [{ task_id: "a", task_type: "local_agent", description: "d" }],
  });
  driver.result(["p1"]);
  assert(turn.end?.result !== undefined);
  for (const [at, waitMs] of [90_000, 24 * 60 * MINUTE].entries()) {
    driver.pass(waitMs);
    const before = driver.written.length;
    driver.receive({
      type: "control_request",
      request_id: `call ${at}`,
      request: {
        subtype: "mcp_message",
        server_name: "tools",
        message: {
          jsonrpc: "2.0",
          id: at,
          method: "tools/call",
          params: { name: "late", arguments: {} },
        },
      },
    });
    await settled();
    const text = JSON.stringify(driver.written.slice(before));
    assert(text.includes('"text":"done"'), text);
  }
  assertEquals([driver.closes, driver.failure], [0, undefined]);
});

Deno.test("a task in the background is no silence, one that nobody waits for is", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  const tasks = (...tasks: readonly Record<string, unknown>[]) =>
    driver.receive({
      type: "system",
      subtype: "background_tasks_changed",
      tasks,
    });
  const task = { task_id: "a", task_type: "local_bash", description: "d" };
  tasks(task);
  driver.pass(30 * MINUTE);
  assertEquals(turn.end, undefined);
  tasks({ ...task, ambient: true });
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
});

Deno.test("a hook of the settings that is told of is no silence", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  const hook = {
    type: "system",
    hook_id: "h",
    hook_name: "Stop",
    hook_event: "Stop",
  };
  driver.receive({ ...hook, subtype: "hook_started" });
  driver.pass(30 * MINUTE);
  assertEquals(turn.end, undefined);
  driver.receive({
    ...hook,
    subtype: "hook_response",
    stdout: "",
    stderr: "",
    output: "",
    outcome: "success",
  });
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
});

Deno.test("between turns silence is the normal thing", () => {
  const { driver } = running({ idleTimeoutMs: MINUTE });
  driver.result(["p1"]);
  driver.pass(1000 * MINUTE);
  assertEquals([stalls(driver), driver.failure], [[], undefined]);
});

Deno.test("a turn that the CLI began by itself and that stalls is interrupted", () => {
  const { driver } = running({ idleTimeoutMs: MINUTE });
  driver.result(["p1"]);
  driver.init();
  driver.pass(MINUTE);
  assertEquals(driver.requests("interrupt").length, 1);
  driver.result([], { origin: { kind: "task-notification" } });
  driver.pass(MINUTE);
  assertEquals([driver.failure, driver.timers], [undefined, 0]);
});

Deno.test("up to the first init the limit is that of the start", () => {
  const driver = new FakeDriver({ idleTimeoutMs: 1000, startTimeoutMs: 5000 });
  const turn = driver.send("p1");
  driver.pass(4999);
  assertEquals([turn.end, stalls(driver)], [undefined, []]);
  driver.pass(1);
  const error = turn.end?.error;
  assertInstanceOf(error, DeadlineError);
  assertEquals(
    [error.code, error.operation, error.timeoutMs],
    ["deadline", "init", 5000],
  );
  assertEquals(driver.failure, error);
});

Deno.test("what came while this thread was busy is read before anything is ended", () => {
  const { driver, turn } = running({ idleTimeoutMs: MINUTE });
  driver.block(10 * MINUTE);
  driver.pass(0);
  assertEquals(turn.end, undefined);
  driver.receive({ type: "keep_alive" });
  driver.pass(MINUTE - 1);
  assertEquals(turn.end, undefined);
  driver.block(10 * MINUTE);
  driver.pass(MINUTE);
  assert(turn.end !== undefined);
});

Deno.test("a limit of a turn, or of a request, that passed while this thread was busy waits for what came", () => {
  const { driver, turn } = running({ turnTimeoutMs: 500 });
  const outcomes: unknown[] = [];
  const answer = driver.conversation.ask("mcp_status", {}, { timeoutMs: 500 });
  answer.whenSettled(() => outcomes.push(answer.take()));
  driver.block(900);
  driver.pass(0);
  assertEquals([turn.end, outcomes], [undefined, []]);
  driver.reply(driver.requests("mcp_status")[0], {});
  driver.result(["p1"]);
  assertEquals([turn.end?.result?.result, outcomes], ["ok", [{}]]);
  assertEquals([driver.failure, driver.timers], [undefined, 0]);

  // As long again as it came late, and no longer.
  const late = driver.send("p2", 500);
  driver.init("p2");
  driver.block(900);
  driver.pass(399);
  assertEquals(late.end, undefined);
  driver.pass(1);
  assertInstanceOf(late.end?.error, DeadlineError);
});

Deno.test("each silence is told of, also where nothing but pieces came between", () => {
  const { driver } = running();
  // As the CLI writes them: with the uuid at the end, such lines go a way of their own.
  const piece = (text: string) =>
    driver.taker.receive(
      JSON.stringify({
        type: "stream_event",
        event: {
          type: "content_block_delta",
          index: 0,
          delta: { type: "text_delta", text },
        },
        session_id: SESSION,
        parent_tool_use_id: null,
        uuid: "u",
      }),
      true,
    );
  piece("a");
  driver.pass(2 * MINUTE);
  assertEquals(stalls(driver).length, 1);
  piece("b");
  piece("c");
  driver.pass(2 * MINUTE);
  assertEquals(stalls(driver).length, 2);
});

Deno.test("turnTimeoutMs bounds a turn that is anything but silent", () => {
  const { driver, turn } = running({ turnTimeoutMs: 10 * MINUTE });
  driver.call("t1");
  for (let at = 0; at < 9; at++) {
    driver.pass(MINUTE);
    driver.receive({ type: "keep_alive" });
  }
  assertEquals(turn.end, undefined);
  driver.pass(MINUTE);
  const error = turn.end?.error;
  assertInstanceOf(error, DeadlineError);
  assertEquals(
    [error.code, error.operation, error.timeoutMs, error.sessionId],
    ["deadline", "turn", 10 * MINUTE, SESSION],
  );
  assertEquals(driver.requests("interrupt").length, 1);
  driver.result(["p1"], { is_error: true, terminal_reason: "aborted_tools" });
  assertEquals([driver.failure, driver.timers], [undefined, 0]);
});

Deno.test("timeoutMs of a prompt takes the place of the session's", () => {
  const driver = new FakeDriver({
    turnTimeoutMs: MINUTE,
    idleTimeoutMs: false,
  });
  const turn = driver.send("p1", 2 * MINUTE);
  driver.init("p1");
  driver.pass(2 * MINUTE - 1);
  assertEquals(turn.end, undefined);
  driver.pass(1);
  assert(turn.end?.error instanceof DeadlineError);
  driver.pass(5000);
  assertEquals(driver.failure, turn.end.error);
});

Deno.test("a prompt that waited too long for the turn before it never goes out", () => {
  const { driver } = running({ idleTimeoutMs: false, onBreak: "drain" });
  driver.conversation.leave("p1");
  const waiting = driver.send("p2", MINUTE);
  driver.pass(MINUTE);
  assertInstanceOf(waiting.end?.error, DeadlineError);
  driver.result(["p1"]);
  assertEquals(driver.prompts.map(({ uuid }) => uuid), ["p1"]);
  assertEquals([driver.failure, driver.timers], [undefined, 0]);
});

Deno.test("a turn over its limit is interrupted also where leaving one would not", () => {
  const { driver, turn } = running({ turnTimeoutMs: MINUTE, onBreak: "drain" });
  driver.pass(MINUTE);
  assert(turn.end?.error instanceof DeadlineError);
  assertEquals(driver.requests("interrupt").length, 1);
});

/** A driver that was handed messages. */
function pushing(turnTimeoutMs: number, ...ids: readonly string[]) {
  const driver = new FakeDriver({ turnTimeoutMs, idleTimeoutMs: false });
  const news: PushNews[] = [];
  for (const id of ids) {
    driver.conversation.push({ id, content: id }, {}, (one) => news.push(one));
  }
  const failures = () =>
    news.flatMap((one) => "error" in one ? [one.error] : []);
  return { driver, failures, news };
}

Deno.test("turnTimeoutMs holds for the turn of a message that was pushed", () => {
  for (const begins of [false, true]) {
    const { driver, failures, news } = pushing(1_000, "p1");
    driver.pass(400);
    if (begins) driver.init("p1");
    driver.pass(599);
    assertEquals(failures(), []);
    driver.pass(1);
    const [error] = failures();
    assertInstanceOf(error, DeadlineError);
    assertEquals([error.operation, error.timeoutMs], ["turn", 1_000]);
    assertEquals(driver.requests("interrupt").length, 1);
    // It takes effect in time, and the session continues.
    const count = news.length;
    driver.result(["p1"], { subtype: "error_during_execution" });
    driver.pass(100 * MINUTE);
    assertEquals([driver.failure, driver.timers], [undefined, 0]);
    assertEquals(news.length, count);
    assertEquals(driver.conversation.protocol.isBusy, false);
  }
  // It is not: the session ends.
  const { driver, failures } = pushing(1_000, "p1");
  driver.pass(MINUTE);
  assertInstanceOf(driver.failure, DeadlineError);
  assertEquals(failures().length, 1);
  assertEquals(driver.timers, 0);
});

Deno.test("a message that was pushed in time has no limit any more", () => {
  const { driver, failures } = pushing(1_000, "p1", "p2");
  driver.pass(900);
  driver.init("p1", "p2");
  driver.pass(99);
  driver.result(["p1", "p2"]);
  driver.pass(MINUTE);
  assertEquals([failures(), driver.failure], [[], undefined]);
  assertEquals(driver.timers, 0);
});

Deno.test("a message that waits for the caller's turn has its limit from its own turn on", () => {
  const driver = new FakeDriver({ idleTimeoutMs: false, turnTimeoutMs: 1_000 });
  const turn = driver.send("p1", 50_000);
  driver.init("p1");
  const failures: unknown[] = [];
  driver.conversation.push({ id: "p2", content: "x" }, {}, (news) => {
    if ("error" in news) failures.push(news.error);
  });
  driver.pass(10_000);
  driver.result(["p1"]);
  assert(turn.end?.result !== undefined);
  driver.init("p2");
  driver.pass(999);
  assertEquals(failures, []);
  driver.pass(1);
  assertInstanceOf(failures[0], DeadlineError);
});

Deno.test("a turn that the CLI began by itself has no turnTimeoutMs", () => {
  const driver = new FakeDriver({ idleTimeoutMs: false, turnTimeoutMs: 1_000 });
  driver.init();
  driver.pass(MINUTE);
  assertEquals(driver.requests("interrupt"), []);
  assertEquals(driver.timers, 0);
});

Deno.test("a DeadlineError says which option limits what took too long", () => {
  const operations = {
    answer: "permissionTimeoutMs",
    close: "closeTimeoutMs",
    init: "startTimeoutMs",
    interrupt: "closeTimeoutMs",
    turn: "turnTimeoutMs",
  };
  for (const [operation, option] of Object.entries(operations)) {
    const { hint = "" } = new DeadlineError(operation, 5);
    assert(hint.includes(`the option ${option}`), `${operation}: ${hint}`);
  }
  assertEquals(new DeadlineError("turn", 5, { hint: "own" }).hint, "own");
  // A name of a tool or of a request: nothing that is known limits it.
  assertEquals(new DeadlineError("my_tool", 5).hint, undefined);
});
