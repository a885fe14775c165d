// Which turn is whose: turns that the CLI begins by itself, messages that are pushed
// into a running one, tasks that outlive the result.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  type Result,
  StateError,
  TurnError,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

async function pair(scenario: Scenario) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new AsyncSession({ claudePath: claude.command });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

function texts(events: readonly ClaudeEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "assistant_text" ? [event.text] : []
  );
}

/** Waits for a result that no prompt of ours asked for. */
function unasked(session: AsyncSession): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  session.on("result", (event) => {
    if (event.origin !== undefined) resolve(event);
  });
  return promise;
}

const TASK = step.background("a task", [step.gate("task")], {
  wakeUp: [step.text("the task is done")],
});

Deno.test("a turn between two sends belongs to neither", async () => {
  await using on = await pair(step.conversation([
    [TASK, step.text("one")],
    [step.text("two")],
  ]));
  const woke = unasked(on.session);
  const first = await Array.fromAsync(on.session.send("a"));
  await on.claude.release("task");
  assertEquals((await woke).result, "the task is done");
  const second = await Array.fromAsync(on.session.send("b"));
  assertEquals([texts(first), texts(second)], [["one"], ["two"]]);
});

Deno.test("a turn of the CLI's own that runs when we send is not ours", async () => {
  await using on = await pair(step.conversation([
    [
      step.background("a task", [step.gate("task")], {
        wakeUp: [
          step.text("waking"),
          step.gate("wake"),
          step.text("awake"),
        ],
      }),
      step.text("one"),
    ],
    [step.text("two")],
  ], { fold: false }));
  assertEquals(await on.session.send("a").text(), "one");
  await on.claude.release("task");
  await on.claude.reached("wake");
  const turn = on.session.send("b");
  await on.claude.release("wake");
  const events = await Array.fromAsync(turn);
  assertEquals(texts(events), ["two"]);
  assertEquals((await turn.result()).result, "two");
});

Deno.test("ask waits for the tasks in the background, unless told otherwise", async () => {
  const scenario = step.conversation([[TASK, step.text("started")]]);
  {
    await using on = await pair(scenario);
    const answer = await on.session.ask("go", { until: "turn" });
    assertEquals(answer.text, "started");
  }
  await using on = await pair(scenario);
  const interim: (string | undefined)[] = [];
  on.session.on("result", (event) => {
    interim.push(event.result);
    if (interim.length === 1) on.claude.release("task");
  });
  const answer = await on.session.ask("go");
  assertEquals(answer.text, "the task is done");
  assertEquals(interim, ["started", "the task is done"]);
  assertEquals(answer.costUsd, answer.totalCostUsd);
});

Deno.test("waiting for a task ends with the signal, and with the process", async () => {
  await using on = await pair(
    step.conversation([[TASK, step.text("started")]]),
  );
  const abort = new AbortController();
  on.session.on("result", () => abort.abort(new Error("enough")));
  await assertRejects(
    () => on.session.ask("go", { signal: abort.signal }),
    Error,
    "enough",
  );
  await using dies = await pair(step.conversation([[
    step.background("a task", [step.gate("task"), step.exit(3)]),
    step.text("started"),
  ]]));
  dies.session.on("result", () => dies.claude.release("task"));
  const error = await assertRejects(() => dies.session.ask("go"));
  assertEquals((error as { exitCode?: number }).exitCode, 3);
});

Deno.test("a message that is pushed is folded into the turn, or gets its own", async () => {
  await using on = await pair(step.conversation([
    [
      step.text("one"),
      step.gate("push"),
      step.toolCall("Read", {}, { output: "x" }),
      step.echo("{prompts}"),
    ],
  ]));
  const turn = on.session.send("a");
  await on.claude.reached("push");
  const pushed = on.session.push("b");
  const states = Array.fromAsync(pushed.states);
  await on.session.control("mcp_status");
  await on.claude.release("push");
  assertEquals(await states, ["queued", "folded", "completed"]);
  const result = await pushed.result();
  assertEquals(result, await turn.result());
  assert(result.userMessageUuids?.includes(pushed.id));
});

Deno.test("a message that comes too late for the turn gets one of its own", async () => {
  await using on = await pair(step.conversation([
    [step.gate("push"), step.text("one")],
    [step.text("two")],
    [step.text("three")],
  ]));
  const turn = on.session.send("a");
  await on.claude.reached("push");
  const pushed = on.session.push("b");
  const states = Array.fromAsync(pushed.states);
  await on.session.control("mcp_status");
  await on.claude.release("push");
  assertEquals(texts(await Array.fromAsync(turn)), ["one"]);
  assertEquals(await states, ["queued", "started", "completed"]);
  assertEquals((await pushed.result()).result, "two");
  assertEquals((await on.session.ask("c")).text, "three");
});

Deno.test("a message that is taken back says so", async () => {
  await using on = await pair(step.conversation([
    [step.gate("push"), step.text("one")],
  ]));
  const turn = on.session.send("a");
  await on.claude.reached("push");
  const pushed = on.session.push("b");
  const states = Array.fromAsync(pushed.states);
  await on.session.control("cancel_async_message", {
    message_uuid: pushed.id,
  });
  assertEquals(await states, ["queued", "cancelled"]);
  const error = await assertRejects(() => pushed.result(), StateError);
  assertEquals(error.code, "cancelled");
  await on.claude.release("push");
  assertEquals(await turn.text(), "one");
});

Deno.test("a message that is pushed fails with the process", async () => {
  await using on = await pair(step.conversation([
    [step.gate("push"), step.exit(1)],
  ]));
  const turn = on.session.send("a");
  await on.claude.reached("push");
  const pushed = on.session.push("b");
  await on.session.control("mcp_status");
  await on.claude.release("push");
  await assertRejects(() => turn.result());
  await assertRejects(() => pushed.result());
});

Deno.test("an error turn is followed by a good one", async () => {
  await using on = await pair(step.conversation([
    [step.apiError(500, "server_error", "API Error: 500")],
    [step.text("two")],
  ]));
  await assertRejects(() => on.session.ask("a"), TurnError);
  assertEquals((await on.session.ask("b")).text, "two");
});

Deno.test("100 turns, each with its own answer", async () => {
  await using on = await pair(step.conversation([], {
    forEveryPrompt: [step.echo("{prompt}")],
  }));
  for (let at = 0; at < 100; at++) {
    assertEquals((await on.session.ask(`prompt ${at}`)).text, `prompt ${at}`);
  }
});
