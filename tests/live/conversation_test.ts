// The real CLI against the scripted Messages API: no account, nothing but loopback.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  allowAll,
  allowList,
  AsyncSession,
  callback,
  type ClaudeEvent,
  deny,
  printPrompt,
  SessionNotFoundError,
  type SessionOptions,
  StartupError,
  TurnError,
} from "../../mod.ts";
import { Gate, reply } from "../../src/testing/mod.ts";
import { BEHAVIORS, OPTIONS } from "../../src/capabilities/table.ts";
import { asked, exists, isSince, live, world } from "../support/live_world.ts";
import { realClaudeVersion } from "../support/real_claude.ts";

live("plain text comes as typed events", async () => {
  await using on = await world({ replies: [reply.text("Hello there.")] });
  await using session = new AsyncSession({ ...on.options, partials: false });
  const events: ClaudeEvent[] = [];
  for await (const event of session.send("hi")) events.push(event);
  const texts = events.filter((event) => event.type === "assistant_text");
  assertEquals(texts.map(({ text, streamed }) => [text, streamed]), [[
    "Hello there.",
    false,
  ]]);
  assert(!events.some((event) => event.type === "stream_delta"));
  const last = events.at(-1);
  assert(last?.type === "result");
  assertEquals([last.isError, last.result], [false, "Hello there."]);
  assert(last.totalCostUsd > 0);
  assertEquals(
    events.find(({ type }) => type === "system_init")?.sessionId,
    session.id,
  );
  on.api.verify();
});

live("partial messages come as deltas that make up the text", async () => {
  await using on = await world({
    replies: [reply.text(["Hel", "lo ", "there."])],
  });
  await using session = new AsyncSession(on.options);
  const turn = session.send("hi");
  const pieces = await Array.fromAsync(turn.textStream());
  assertEquals(pieces, ["Hel", "lo ", "there."]);
  assertEquals(await turn.text(), "Hello there.");
});

live("three turns in one process remember each other", async () => {
  await using on = await world({
    replies: (request) => reply.text(`I heard: ${request.prompts.join(", ")}`),
  });
  await using session = new AsyncSession(on.options);
  for (const prompt of ["one", "two", "three"]) {
    for await (const event of session.send(prompt)) {
      if (event.type === "result") assertEquals(event.isError, false);
    }
  }
  assertEquals(session.lastResult?.result, "I heard: one, two, three");
  assertEquals(session.turnCount, 3);
  const pid = session.pid;
  const answer = await session.ask("four");
  assertEquals(session.pid, pid);
  assert(answer.costUsd > 0 && answer.costUsd < answer.totalCostUsd);
});

live("a policy allows one call and denies another", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch allowed.txt" }),
      reply.toolUse("Bash", { command: "mkdir denied" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: allowList(["Read", "Bash(touch *)"]),
  });
  const turn = session.send("go");
  const results = (await Array.fromAsync(turn)).filter((event) =>
    event.type === "tool_result"
  );
  assertEquals(results.map(({ toolName, isError }) => [toolName, isError]), [
    ["Bash", false],
    ["Bash", true],
  ]);
  assert(results[1]?.text.includes("not on the list"));
  assert(
    results.every(({ durationMs }) =>
      (durationMs !== undefined) === isSince(BEHAVIORS.callTimes.since)
    ),
  );
  assert(await exists(`${on.scratch.cwd}/allowed.txt`));
  assert(!await exists(`${on.scratch.cwd}/denied`));
  const { permissionDenials } = await turn.result();
  assertEquals(permissionDenials?.map(({ toolInput }) => toolInput), [
    { command: "mkdir denied" },
  ]);
});

live("a callback decides by name, and may change the input", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch no.txt" }),
      reply.toolUse("Write", { file_path: "asked.txt", content: "x" }),
      reply.text("done"),
    ],
  });
  const path = `${on.scratch.cwd}/given.txt`;
  await using session = new AsyncSession({
    ...on.options,
    policy: callback((name, input) =>
      name !== "Bash"
        ? allow({ input: { ...input, file_path: path } })
        : deny("no shell")
    ),
  });
  const results = (await Array.fromAsync(session.send("go"))).filter((event) =>
    event.type === "tool_result"
  );
  assert(results[0]?.text.includes("no shell"));
  assertEquals(results[1]?.isError, false, results[1]?.text);
  assertEquals(await Deno.readTextFile(path), "x");
  assertEquals([...session.filesModified], [path]);
});

live("an undecided call waits for the caller", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch a.txt" }),
      reply.toolUse("Bash", { command: "touch b.txt" }),
      reply.toolUse("Bash", { command: "touch a.txt c.txt" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: callback(() => undefined),
  });
  let asked = 0;
  for await (const event of session.send("go")) {
    if (event.type !== "permission_request") continue;
    assertEquals(event.toolName, "Bash");
    if (asked++ === 0) event.allow();
    else if (asked === 2) event.deny("not that one");
    else session.respond(event.requestId, allow());
  }
  assertEquals(asked, 3);
  assert(await exists(`${on.scratch.cwd}/a.txt`));
  assert(!await exists(`${on.scratch.cwd}/b.txt`));
  assert(await exists(`${on.scratch.cwd}/c.txt`));
});

live("remember spares the second question", async () => {
  const command = "touch a.txt";
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command }),
      reply.toolUse("Bash", { command }),
      reply.text("done"),
    ],
  });
  let asked = 0;
  await using session = new AsyncSession({
    ...on.options,
    policy: callback(() => undefined),
  });
  for await (const event of session.send("go")) {
    if (event.type !== "permission_request") continue;
    asked++;
    event.allow({ remember: "session" });
  }
  assertEquals(asked, 1);
});

live("a policy stops what the CLI would run without asking", async () => {
  const call = reply.toolUse("Bash", { command: "mkdir made" });
  const modes: SessionOptions[] = [
    { allowedTools: ["Bash"] },
    { permissionMode: "bypassPermissions" },
    { permissionMode: "acceptEdits" },
  ];
  for (const options of modes) {
    await using on = await world({ replies: [call, reply.text("done")] });
    await using session = new AsyncSession({
      ...on.options,
      ...options,
      policy: allowList(["Read"]),
    });
    const { result } = await session.ask("go");
    assertEquals(result.permissionDenials?.length, 1);
    assert(!await exists(`${on.scratch.cwd}/made`), JSON.stringify(options));
  }
});

live("a policy holds for the calls of subagents", async () => {
  const agent = {
    description: "d",
    prompt: "p",
    subagent_type: "general-purpose",
    run_in_background: false,
  };
  await using on = await world({
    replies: (request) => {
      const isDone = request.toolResults.length > 0;
      if (request.kind === "subagent") {
        return isDone
          ? reply.text("sub done")
          : reply.toolUse("Bash", { command: "mkdir made" });
      }
      return isDone ? reply.text("done") : reply.toolUse("Agent", agent);
    },
  });
  const asked: [string, boolean][] = [];
  await using session = new AsyncSession({
    ...on.options,
    allowedTools: ["Bash"],
    policy: callback((name, _input, { agentId }) => {
      asked.push([name, agentId !== undefined]);
      return name === "Agent" ? allow() : deny("not below me");
    }),
  });
  await session.ask("go");
  assertEquals(asked, [["Agent", false], ["Bash", true]]);
  assert(!await exists(`${on.scratch.cwd}/made`));
});

live("without a policy the CLI denies what it would ask about", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch a.txt" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession(on.options);
  const { result } = await session.ask("go");
  assertEquals(result.permissionDenials?.length, 1);
  assert(!await exists(`${on.scratch.cwd}/a.txt`));
});

live("a failure of the API is an error, and the session lives on", async () => {
  await using on = await world({
    replies: [
      reply.failure(500, { wholeTurn: true }),
      reply.text("well again"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    env: { ...on.options.env, CLAUDE_CODE_MAX_RETRIES: "1" },
  });
  const retries: number[] = [];
  using _ = session.on("api_retry", ({ attempt }) => retries.push(attempt));
  const error = await assertRejects(() => session.ask("hi"), TurnError);
  assertEquals([error.code, error.apiStatus], ["api", 500]);
  assertEquals(error.result.subtype, "success");
  assertEquals(retries, [1]);
  assertEquals((await session.ask("hi")).text, "well again");
});

live("not signed in is told apart by a code", async () => {
  await using on = await world();
  const env = on.api.environment({
    home: on.scratch.home,
    temporary: on.scratch.temporary,
    credential: "none",
  });
  await using session = new AsyncSession({ ...on.options, env });
  const error = await assertRejects(() => session.ask("hi"), TurnError);
  assertEquals(error.code, "auth");
  assert(error.hint?.includes("claude auth login"));
});

live("an interruption ends the turn, and the next one works", async () => {
  const gate = new Gate();
  await using on = await world({
    replies: [
      reply.text(["Once upon ", "a time ", gate, "the end"]),
      reply.text("second"),
    ],
  });
  await using session = new AsyncSession(on.options);
  const turn = session.send("tell");
  for await (const event of turn) {
    if (event.type === "stream_delta" && event.text === "a time ") {
      await turn.interrupt();
    }
  }
  const result = await turn.result();
  assertEquals(result.terminalReason, "aborted_streaming");
  const error = await assertRejects(() => turn.text(), TurnError);
  assertEquals(error.code, "interrupted");
  gate.open();
  assertEquals((await session.ask("again")).text, "second");
});

live("leaving the loop ends the turn, and the next one is clean", async () => {
  const gate = new Gate();
  await using on = await world({
    replies: [reply.text(["first ", gate, "rest"]), reply.text("second")],
  });
  await using session = new AsyncSession(on.options);
  for await (const event of session.send("tell")) {
    if (event.type === "stream_delta" && event.text === "first ") break;
  }
  const pieces = await Array.fromAsync(session.send("again").textStream());
  gate.open();
  assertEquals(pieces.join(""), "second");
});

live("an interruption right after send is heard", async () => {
  const gate = new Gate();
  await using on = await world({
    replies: [reply.text(["x", gate, "y"]), reply.text("second")],
  });
  await using session = new AsyncSession(on.options);
  const turn = session.send("tell");
  await turn.interrupt();
  const result = await turn.result();
  assertEquals(result.isError, true);
  assert(result.terminalReason?.startsWith("aborted"));
  gate.open();
  // Whether the first request got as far as the API is a matter of time.
  const { text } = await session.ask("again");
  assert(text === "second" || text === "xy", text);
});

live("a session is resumed by its id, and an unknown one is not", async () => {
  await using on = await world({
    replies: (request) => reply.text(request.prompts.join(", ")),
  });
  let id: string | undefined;
  {
    await using session = new AsyncSession(on.options);
    await session.ask("one");
    id = session.id;
  }
  assert(id !== undefined);
  {
    await using session = new AsyncSession({ ...on.options, resume: id });
    assertEquals(session.id, id);
    assertEquals((await session.ask("two")).text, "one, two");
    assertEquals(session.id, id);
  }
  {
    await using session = new AsyncSession({ ...on.options, resume: "last" });
    assertEquals((await session.ask("three")).text, "one, two, three");
    assertEquals(session.id, id);
  }
  {
    const options = { ...on.options, resume: id, fork: true };
    await using session = new AsyncSession(options);
    const { text, sessionId } = await session.ask("four");
    assertEquals(text, "one, two, three, four");
    assert(sessionId !== id);
  }
  const unknown = "cccccccc-1111-4111-8111-111111111111";
  {
    const options = { ...on.options, resume: id, resumeAt: unknown };
    await using session = new AsyncSession(options);
    const error = await assertRejects(() => session.ask("x"), StartupError);
    assertEquals(error.reason, "resume_refused");
  }
  await using session = new AsyncSession({ ...on.options, resume: unknown });
  await assertRejects(() => session.ask("x"), SessionNotFoundError);
});

live(
  "a session is resumed at a message, and drops the one turn that it is told to",
  async () => {
    await using on = await world({
      replies: (request) => reply.text(request.prompts.join(", ")),
    });
    const said: { readonly prompt: string; readonly message: string }[] = [];
    let id: string | undefined;
    {
      await using session = new AsyncSession(on.options);
      for (const text of ["one", "two"]) {
        const turn = session.send(text);
        const events = await Array.fromAsync(turn);
        const last = events.findLast(({ type }) => type === "assistant_text");
        const raw = last?.raw as { readonly uuid: string } | undefined;
        said.push({ prompt: turn.id, message: raw?.uuid ?? "" });
      }
      id = session.id;
    }
    const [first, second] = said;
    assert(id !== undefined && first !== undefined && second !== undefined);
    const resumed = { ...on.options, resume: id, resumeAt: first.message };
    {
      // It would drop a turn that was not meant to be dropped.
      const options = { ...resumed, resumeDropsTurn: first.prompt };
      await using session = new AsyncSession(options);
      const error = await assertRejects(() => session.ask("x"), StartupError);
      assertEquals(error.reason, "resume_refused");
    }
    const options = { ...resumed, resumeDropsTurn: second.prompt };
    await using session = new AsyncSession(options);
    assertEquals((await session.ask("three")).text, "one, three");
  },
  OPTIONS.resumeDropsTurn[0],
);

live("an option that the CLI does not know is a StartupError", async () => {
  await using on = await world();
  await using session = new AsyncSession({
    ...on.options,
    extraArgs: ["--frobnicate"],
  });
  const error = await assertRejects(() => session.start(), StartupError);
  assertEquals(error.reason, "exited");
  assert(error.message.includes("--frobnicate"), error.message);
});

live("the system prompt goes through the handshake", async () => {
  await using on = await world({
    replies: (request) =>
      reply.text(`${JSON.stringify(request.system).includes("be a pirate")}`),
  });
  const options = {
    ...on.options,
    systemPrompt: `${"x".repeat(200_000)} be a pirate`,
  };
  assertEquals(await printPrompt("hi", options), "true");
});

live("start needs no prompt and spends nothing", async () => {
  await using on = await world({ replies: [] });
  await using session = new AsyncSession(on.options);
  const info = await session.start();
  if (isSince(BEHAVIORS.versionInHandshake.since)) {
    assertEquals(info.claudeCodeVersion, realClaudeVersion());
  }
  assert(info.models.length > 0);
  assertEquals(asked(on.api).length, 0);
});

live("model and mode change while the session lives", async () => {
  await using on = await world({
    replies: (request) => reply.text(request.model),
  });
  await using session = new AsyncSession({ ...on.options, model: "sonnet" });
  const first = (await session.ask("which?")).text;
  await session.setModel("opus");
  const second = (await session.ask("which?")).text;
  assert(first.includes("sonnet") && second.includes("opus"), second);
  await session.setPermissionMode("plan");
});

live("printPrompt gives the text of one prompt", async () => {
  await using on = await world({ replies: [reply.text("Paris.")] });
  const text = await printPrompt("what is the capital of France?", {
    ...on.options,
    policy: allowAll(),
  });
  assertEquals(text, "Paris.");
});

live(
  "no process is left after close, also with a command running",
  async () => {
    await using on = await world({
      replies: [reply.toolUse("Bash", { command: "sleep 1000" })],
    });
    const session = new AsyncSession({ ...on.options, policy: allowAll() });
    const running = Promise.withResolvers<void>();
    using _ = session.on("tool_use", () => running.resolve());
    session.send("go");
    await running.promise;
    const { pid } = session;
    await session.close();
    assertEquals(session.state, "closed");
    assert(pid !== undefined && !await exists(`/proc/${pid}`));
  },
);
