// SyncSession with the real CLI.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as v from "valibot";
import {
  allowAll,
  callback,
  createMcpServer,
  defineTool,
  deny,
  hook,
  printPromptSync,
  SyncSession,
  type ToolContext,
} from "../../mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { isSince, live, syncWorld } from "../support/live_world.ts";

/** Begins to speak and never ends. */
const ENDLESS = reply.message([block.text(["one", { fault: "silence" }])]);

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  annotations: { readOnlyHint: true },
  // Else it is offered by search only.
  alwaysLoad: true,
  run: ({ a, b }, ctx: ToolContext) => {
    ctx.progress(0.5, "half");
    return `${a + b}`;
  },
});

live(
  "blocking: turns in one process, and one more for printPromptSync",
  async () => {
    await using on = await syncWorld(
      ["one", "two", "three"].map((text) => reply.text(text)),
    );
    using session = new SyncSession(on.options);
    const texts: string[] = [];
    for (const event of session.send("a")) {
      if (event.type === "stream_delta") texts.push(event.text ?? "");
    }
    assertEquals(texts.join(""), "one");
    const answer = session.ask("b");
    assertEquals([answer.text, session.turnCount], ["two", 2]);
    assert(answer.costUsd > 0 && session.totalCostUsd > answer.costUsd);
    session.close();
    assertEquals(printPromptSync("c", on.options), "three");
    const prompts = (await on.requests()).map(({ prompts }) => prompts.length);
    assertEquals(prompts, [1, 2, 1]);
  },
);

live("blocking: a policy denies, and the model is told why", async () => {
  await using on = await syncWorld([
    reply.toolUse("Bash", { command: "touch made" }),
    reply.text("done"),
  ]);
  using session = new SyncSession({
    ...on.options,
    policy: callback((name) => name === "Bash" ? deny("no shell") : undefined),
  });
  const { result } = session.ask("go");
  assertEquals(result.permissionDenials?.length, 1);
  const last = (await on.requests()).at(-1);
  assertStringIncludes(last?.toolResults[0]?.text ?? "", "no shell");
  assertEquals(last?.toolResults[0]?.isError, true);
});

live(
  "blocking: a tool is called, with progress, and what goes wrong is an error",
  async () => {
    const boom = defineTool({
      name: "boom",
      description: "Throws",
      input: v.object({}),
      run: () => {
        throw new RangeError("it broke");
      },
    });
    await using on = await syncWorld([
      reply.message([
        block.toolUse("mcp__tools__add", { a: 2, b: 3 }),
        block.toolUse("mcp__tools__add", { a: 4, b: 5 }),
      ]),
      reply.toolUse("mcp__tools__add", { a: "x" }),
      reply.toolUse("mcp__other__boom"),
      reply.text("done"),
    ]);
    const messages: string[] = [];
    using session = new SyncSession({
      ...on.options,
      tools: [add],
      mcpServers: { other: createMcpServer({ tools: [boom] }) },
      policy: allowAll(),
      onWire: (direction, line) => {
        const { type, request } = JSON.parse(line);
        if (type === "control_request" && request.subtype === "mcp_message") {
          messages.push(
            `${direction} ${request.server_name} ${request.message.method}`,
          );
        }
      },
    });
    const phases: string[] = [];
    for (const event of session.send("go")) {
      if (event.type === "tool_call") {
        phases.push(`${event.phase} ${event.name}`);
      }
    }
    const call = ["start add", "progress add", "end add"];
    // Both at once for the CLI; here each ends before the next begins.
    assertEquals(phases.slice(0, 6), [...call, ...call]);
    assertEquals(phases.slice(6), [
      "start add",
      "end add",
      "start boom",
      "end boom",
    ]);
    const requests = await on.requests();
    const results = requests.flatMap(({ toolResults }) => toolResults);
    assertEquals(results.map(({ isError }) => isError), [
      false,
      false,
      true,
      true,
    ]);
    const expected = ["5", "9", "a: Invalid type", "it broke"];
    for (const [at, text] of expected.entries()) {
      assertStringIncludes(results[at]?.text ?? "", text);
    }
    assertEquals(
      session.mcp.status().map(({ name, status }) => [name, status]),
      [["tools", "connected"], ["other", "connected"]],
    );
    const count = (what: string) =>
      messages.filter((message) => message === what).length;
    assertEquals(
      [
        "in tools initialize",
        "in tools tools/list",
        "in other tools/list",
        "in tools tools/call",
        "out tools notifications/progress",
        "in other tools/call",
      ].map(count),
      [1, 1, 1, 3, 2, 1],
    );
  },
);

live("blocking: hooks are called, and one stops a call", async () => {
  await using on = await syncWorld([
    reply.toolUse("Bash", { command: "echo hi" }),
    reply.toolUse("Bash", { command: "touch made" }),
    reply.text("done"),
  ]);
  const heard: string[] = [];
  using session = new SyncSession({
    ...on.options,
    policy: allowAll(),
    hooks: {
      UserPromptSubmit: [{ run: ({ prompt }) => void heard.push(prompt) }],
      PreToolUse: [{
        matcher: "Bash",
        run: ({ toolInput }) =>
          `${toolInput.command}`.startsWith("touch")
            ? hook.deny("nothing is made here")
            : undefined,
      }],
      PostToolUse: [{ run: ({ toolName }) => void heard.push(toolName) }],
    },
  });
  assertEquals(session.ask("go").text, "done");
  assertEquals(heard, ["go", "Bash"]);
  const [result] = (await on.requests()).at(-1)?.toolResults ?? [];
  assertStringIncludes(result?.text ?? "", "nothing is made here");
});

live("blocking: a listener interrupts, and the next turn works", async () => {
  await using on = await syncWorld([ENDLESS, reply.text("two")]);
  using session = new SyncSession(on.options);
  let interrupted = 0;
  using _ = session.on("stream_delta", ({ text }) => {
    if (text !== "one") return;
    interrupted++;
    session.interrupt();
  });
  const last = [...session.send("a")].at(-1);
  assert(last?.type === "result" && last.isError);
  assertEquals(last.terminalReason, "aborted_streaming");
  assertEquals([interrupted, session.ask("b").text], [1, "two"]);
});

live(
  "blocking: breaking out of the loop ends the turn, and the next is clean",
  async () => {
    await using on = await syncWorld([ENDLESS, reply.text("two")]);
    using session = new SyncSession(on.options);
    for (const event of session.send("a")) {
      if (event.type === "stream_delta" && event.text === "one") break;
    }
    const texts = [...session.send("b")].flatMap((event) =>
      event.type === "assistant_text" ? [event.text] : []
    );
    assertEquals(texts, ["two"]);
  },
);

live("blocking: model, context and a session after the other", async () => {
  await using on = await syncWorld([reply.text("one"), reply.text("two")]);
  let sessionId: string | undefined;
  {
    using session = new SyncSession({ ...on.options, model: "sonnet" });
    session.setModel("claude-opus-4-5");
    assertEquals(session.ask("a").text, "one");
    const { totalTokens, maxTokens } = session.contextUsage();
    assert(totalTokens > 0 && maxTokens > totalTokens);
    assert(session.models().length > 0);
    sessionId = session.id;
  }
  assert(sessionId !== undefined);
  using session = new SyncSession({ ...on.options, resume: sessionId });
  assertEquals(session.ask("b").text, "two");
  const [first, second] = await on.requests();
  assertEquals(first?.body.model, "claude-opus-4-5");
  if (isSince(BEHAVIORS.quietModelChange.since)) {
    assertEquals(second?.prompts, ["a", "b"]);
  } else {
    // The prompt follows what the CLI tells the model of the change.
    assertEquals(second?.prompts.length, 2);
    assert(second?.prompts[0]?.endsWith("\na"));
    assertEquals(second?.prompts[1], "b");
  }
});

live(
  "blocking: ask waits for a shell in the background and the turn about it",
  async () => {
    await using on = await syncWorld([
      reply.toolUse("Bash", {
        command: "read line < gate",
        run_in_background: true,
      }),
      reply.text("started"),
      reply.text("all done"),
    ]);
    const gate = `${on.scratch.cwd}/gate`;
    const { success } = await new Deno.Command("mkfifo", { args: [gate] })
      .output();
    assert(success);
    using session = new SyncSession({ ...on.options, policy: allowAll() });
    const results: (string | undefined)[] = [];
    const running: number[] = [];
    using _ = session.on("result", ({ result }) => {
      running.push(session.tasks.size);
      // Waits until the shell reads.
      if (results.push(result) === 1) Deno.writeTextFileSync(gate, "\n");
    });
    const answer = session.ask("go");
    assertEquals(results, ["started", "all done"]);
    assertEquals([answer.text, running], ["all done", [1, 0]]);
    assertEquals(answer.result.origin?.kind, "task-notification");
  },
);
