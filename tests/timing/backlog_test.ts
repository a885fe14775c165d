// With 100,000 unread events, what the CLI asks is answered at once.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  AsyncSession,
  callback,
  defineTool,
  hook,
  type SessionOptions,
  SyncSession,
} from "../../mod.ts";
import {
  type Scenario,
  ScriptedClaude,
  type Step,
  step,
} from "../../src/testing/mod.ts";

const COUNT = 100_000;

async function pair(scenario: Scenario, options: SessionOptions) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new AsyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

/**
 * How long the process waits for the answers to these steps behind 100,000 events:
 * from the test's word to ask until the process has them all. The way to the gate and
 * back is in it.
 */
async function delayOf(
  steps: readonly Step[],
  options: SessionOptions,
  isReadSlowly: boolean,
): Promise<{ readonly took: number; readonly answers: unknown[] }> {
  await using on = await pair(
    step.conversation([[
      step.text("x", { repeat: COUNT }),
      step.gate("ask"),
      ...steps,
      step.mark("answered"),
      step.gate("end"),
    ]]),
    options,
  );
  // A reader that never reads.
  on.session.events();
  let deltas = 0;
  const enough = Promise.withResolvers<void>();
  using _ = on.session.on("stream_delta", () => {
    if (++deltas >= COUNT) enough.resolve();
  });
  const turn = on.session.send("go");
  const over = Promise.withResolvers<void>();
  const reading = isReadSlowly
    // It takes one event and is busy with it until the test is over.
    ? (async () => {
      for await (const _event of turn) await over.promise;
    })()
    : undefined;
  await enough.promise;
  await on.claude.reached("ask");
  const before = on.claude.received.length;
  const started = performance.now();
  await on.claude.release("ask");
  await on.claude.reached("answered");
  const took = performance.now() - started;
  const answers = on.claude.received.slice(before)
    .filter(({ type }) => type === "control_response")
    .map(({ response }) => response);
  over.resolve();
  await on.claude.release("end");
  await turn.result();
  await reading;
  return { took, answers };
}

/** A call of a tool in this process. */
const CALL = step.request({
  subtype: "mcp_message",
  server_name: "tools",
  message: {
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: { name: "add", arguments: { a: 2, b: 3 } },
  },
}, { id: "call" });

const HOOK = step.hookCallback("claudestream:PreToolUse:0", {
  hook_event_name: "PreToolUse",
  tool_name: "Bash",
  tool_input: { command: "ls" },
  tool_use_id: "toolu_1",
}, { id: "hook" });

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  run: ({ a, b }) => `${a + b}`,
});

for (const isReadSlowly of [false, true]) {
  const reader = isReadSlowly ? "a slow reader" : "no reader";

  Deno.test(`with ${COUNT} events unread and ${reader}, a hook is answered in 100 ms`, async () => {
    const { took, answers } = await delayOf([HOOK], {
      hooks: { PreToolUse: [{ run: () => hook.deny("not now") }] },
    }, isReadSlowly);
    assertEquals(answers, [{
      subtype: "success",
      request_id: "hook",
      response: {
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "deny",
          permissionDecisionReason: "not now",
        },
      },
    }]);
    assert(took < 100, `it took ${took} ms`);
  });

  Deno.test(`with ${COUNT} events unread and ${reader}, a tool call is answered in 100 ms`, async () => {
    const { took, answers } = await delayOf(
      [CALL],
      { tools: [add] },
      isReadSlowly,
    );
    assertEquals(answers, [{
      subtype: "success",
      request_id: "call",
      response: {
        mcp_response: {
          jsonrpc: "2.0",
          id: 7,
          result: { content: [{ type: "text", text: "5" }] },
        },
      },
    }]);
    assert(took < 100, `it took ${took} ms`);
  });
}

/** Asks for the permission of another call. */
const PERMISSION = step.request({
  subtype: "can_use_tool",
  tool_name: "Read",
  input: { file_path: "/x" },
  tool_use_id: "toolu_2",
}, { id: "permission" });

Deno.test(`a blocking session with ${COUNT} events unread answers each request in 100 ms`, async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[
      step.text("x", { repeat: COUNT }),
      HOOK,
      CALL,
      PERMISSION,
      step.text("done"),
    ]]),
  );
  /** When each request came, and in the end the line after the last of them. */
  const at: number[] = [];
  using session = new SyncSession({
    claudePath: claude.command,
    hooks: { PreToolUse: [{ run: () => hook.deny("not now") }] },
    tools: [add],
    policy: callback((name) => name === "Read" ? allow() : undefined),
    onWire: (direction, line) => {
      const isRequest = /"request_id":"(hook|call|permission)"/.test(line);
      if (direction !== "in") return;
      if (isRequest || at.length === 3) at.push(performance.now());
    },
  });
  const unread = session.events();
  assert(session.ask("go").text.endsWith("xxdone"));
  void unread;
  const answers = claude.received.flatMap(({ type, response }) =>
    type === "control_response" ? [response as Record<string, unknown>] : []
  ).slice(-3);
  assertEquals(
    answers.map(({ request_id, subtype }) => [request_id, subtype]),
    ["hook", "call", "permission"].map((id) => [id, "success"]),
  );
  const [hooked, called, permitted] = answers.map((one) => JSON.stringify(one));
  assertStringIncludes(`${hooked}`, '"permissionDecision":"deny"');
  assertStringIncludes(`${called}`, '"text":"5"');
  assertStringIncludes(`${permitted}`, '"behavior":"allow"');
  // The process asks, or continues, as soon as it has the answer.
  assertEquals(at.length, 4);
  for (const [index, time] of at.entries()) {
    const took = time - (at[index - 1] ?? time);
    assert(took < 100, `it took ${took} ms`);
  }
});

Deno.test("with 100,000 events unread a permission is answered in 100 ms", async () => {
  const decided = Promise.withResolvers<number>();
  await using on = await pair(
    step.conversation([[
      step.text("x", { repeat: 100_000 }),
      step.gate("call"),
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
      step.mark("ran"),
    ]]),
    {
      policy: callback(() => {
        decided.resolve(performance.now());
        return allow();
      }),
    },
  );
  // A reader that never reads, beside a turn that is not read.
  on.session.events();
  const deltas = { count: 0 };
  const enough = Promise.withResolvers<void>();
  using _ = on.session.on("stream_delta", () => {
    if (++deltas.count >= 100_000) enough.resolve();
  });
  on.session.send("hi");
  await enough.promise;
  await on.claude.reached("call");
  const answered = Promise.withResolvers<number>();
  using _told = on.session.on("permission_decision", () => {
    answered.resolve(performance.now());
  });
  const started = performance.now();
  await on.claude.release("call");
  const took = await answered.promise - started;
  assert(await decided.promise <= await answered.promise);
  // The way to the gate and back is in it.
  assert(took < 100, `it took ${took} ms`);
});
