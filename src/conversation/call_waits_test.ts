// The time of a tool is its own: what a call waited for somebody's answer is left out.

import { assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import { allow, deny } from "../permissions/decision.ts";
import { callback } from "../permissions/policy.ts";
import { FakeDriver } from "./fixtures/fake_driver.ts";

/** The clock of the CLI, which is another one than ours. */
const START = Date.parse("2031-01-01T00:00:00Z");

type Options = ConstructorParameters<typeof FakeDriver>[0];

/** A turn whose calls, questions and results pass in a time of the test's own. */
class Tool {
  readonly driver: FakeDriver;
  readonly turn;
  #nowMs = 0;

  constructor(options: Options = { policy: callback(() => undefined) }) {
    this.driver = new FakeDriver(options);
    this.turn = this.driver.send("p1");
    this.driver.init("p1");
  }

  pass(ms: number): void {
    this.driver.pass(ms);
    this.#nowMs += ms;
  }

  get #timestamp(): string {
    return new Date(START + this.#nowMs).toISOString();
  }

  #write(id: string, name: string): void {
    this.driver.receive({
      type: "assistant",
      timestamp: this.#timestamp,
      parent_tool_use_id: null,
      message: {
        id: `m-${id}`,
        role: "assistant",
        model: "m",
        content: [{ type: "tool_use", id, name, input: { command: "x" } }],
      },
    });
  }

  /** A call, and the policy's hook, which every call goes through. */
  call(id: string, name = "Bash"): void {
    this.#write(id, name);
    this.ask(`h-${id}`, {
      subtype: "hook_callback",
      callback_id: "claudestream:policy",
      tool_use_id: id,
      input: {
        hook_event_name: "PreToolUse",
        tool_name: name,
        tool_input: { command: "x" },
        tool_use_id: id,
      },
    });
  }

  result(id: string): void {
    this.driver.receive({
      type: "user",
      timestamp: this.#timestamp,
      parent_tool_use_id: null,
      message: {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: id, content: "ok" }],
      },
    });
  }

  ask(requestId: string, request: WireObject): void {
    this.driver.receive({
      type: "control_request",
      request_id: requestId,
      request,
    });
  }

  /** May it run? */
  askFor(id: string, requestId = `q-${id}`): void {
    this.ask(requestId, {
      subtype: "can_use_tool",
      tool_name: "Bash",
      display_name: "Bash",
      input: { command: "x" },
      tool_use_id: id,
    });
  }

  answer(requestId: string, yes = true): void {
    this.driver.conversation.respond(requestId, yes ? allow() : deny("no"));
  }

  get durations(): Readonly<Record<string, number | undefined>> {
    return Object.fromEntries(
      this.turn.events.flatMap((event) =>
        event.type === "tool_result"
          ? [[event.toolUseId, event.durationMs]]
          : []
      ),
    );
  }
}

Deno.test("a call that nobody is asked about takes as long as it takes", () => {
  const tool = new Tool();
  tool.call("a");
  tool.pass(1500);
  tool.result("a");
  assertEquals(tool.durations, { a: 1500 });
});

Deno.test("what a person took to answer is left out, for a yes and for a no", () => {
  for (const [yes, runs] of [[true, 700], [false, 0]] as const) {
    const tool = new Tool();
    tool.call("a");
    tool.pass(40);
    tool.askFor("a");
    tool.pass(600_000);
    tool.answer("q-a", yes);
    tool.pass(runs);
    tool.result("a");
    assertEquals(tool.durations, { a: runs });
  }
});

Deno.test("a call that waits for the answer about another one has its own time only", () => {
  const tool = new Tool();
  tool.call("a");
  tool.call("b");
  tool.askFor("a");
  tool.pass(20_000);
  tool.answer("q-a");
  tool.pass(300);
  tool.result("a");
  tool.askFor("b");
  tool.pass(5000);
  tool.answer("q-b");
  tool.pass(80);
  tool.result("b");
  assertEquals(tool.durations, { a: 300, b: 80 });
});

Deno.test("a call that runs while a person thinks about another one keeps its time", () => {
  const tool = new Tool();
  tool.call("a");
  tool.call("b");
  tool.askFor("a");
  tool.pass(2000);
  tool.result("b");
  tool.pass(3000);
  tool.answer("q-a");
  tool.pass(10);
  tool.result("a");
  assertEquals(tool.durations, { a: 10, b: 2000 });
});

Deno.test("a policy that takes its time, and then a person who does", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const tool = new Tool({ policy: callback(() => promise) });
  tool.call("a");
  tool.pass(3000);
  resolve(undefined);
  await new Promise((resolve) => setTimeout(resolve, 0));
  tool.askFor("a");
  await new Promise((resolve) => setTimeout(resolve, 0));
  tool.pass(4000);
  tool.answer("q-a");
  tool.pass(250);
  tool.result("a");
  assertEquals(tool.durations, { a: 250 });
});

Deno.test("a question that the CLI withdraws was waited for, too", () => {
  const tool = new Tool();
  tool.call("a");
  tool.askFor("a");
  tool.pass(9000);
  tool.driver.receive({ type: "control_cancel_request", request_id: "q-a" });
  tool.pass(60);
  tool.result("a");
  assertEquals(tool.durations, { a: 60 });
});

Deno.test("a form that a server shows in the middle of its tool is left out", () => {
  const tool = new Tool();
  tool.call("a", "mcp__my_db__query");
  tool.call("b", "mcp__other__query");
  tool.pass(100);
  tool.ask("e", {
    subtype: "elicitation",
    mcp_server_name: "my db",
    message: "Which table?",
    requested_schema: { type: "object", properties: {} },
  });
  tool.pass(30_000);
  tool.driver.conversation.respond("e", { action: "decline" });
  tool.pass(200);
  tool.result("a");
  tool.result("b");
  assertEquals(tool.durations, { a: 300, b: 30_300 });
});

Deno.test("a clock that runs otherwise never makes a time below zero", () => {
  const tool = new Tool();
  tool.call("a");
  tool.askFor("a");
  // Our own clock advances, and that of the CLI stands still.
  tool.driver.pass(5000);
  tool.answer("q-a");
  tool.result("a");
  assertEquals(tool.durations, { a: 0 });
});
