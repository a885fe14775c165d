// A conversation of either session, in one table: turns, their events and texts, and what a
// start fails of. AsyncSession over each carrier, SyncSession over a process.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allowAll,
  AsyncSession,
  type ClaudeEvent,
  ClaudeNotFoundError,
  ConfigError,
  DeadlineError,
  printPrompt,
  printPromptSync,
  type SessionOptions,
  StartupError,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";
import {
  type MakeSession,
  testEachSession as test,
} from "../support/carriers.ts";
import { alive } from "../support/processes.ts";

/** A stand-in and a session over it, both closed at the end. */
async function pair(
  make: MakeSession,
  scenario: Scenario,
  options: SyncSessionOptions = {},
) {
  const claude = await ScriptedClaude.create(scenario);
  const session = make({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

async function types(
  events: Iterable<ClaudeEvent> | AsyncIterable<ClaudeEvent>,
): Promise<string[]> {
  return (await Array.fromAsync(events)).map((event) => event.type);
}

test("several turns run in one process, and facts grow", async (make) => {
  await using on = await pair(make, step.conversation([]));
  const { session } = on;
  const { id } = session;
  assertEquals([session.state, session.pid], ["new", undefined]);
  for (const prompt of ["one", "two", "three"]) {
    assertStringIncludes(await session.send(prompt).text(), prompt);
  }
  assertEquals([session.turnCount, session.state], [3, "idle"]);
  const last = await session.ask("four");
  assertStringIncludes(last.text, "one");
  assertEquals(last.totalCostUsd, session.totalCostUsd);
  assert(last.costUsd > 0 && last.costUsd < last.totalCostUsd);
  assertEquals([session.id, session.turnCount], [id, 4]);
  assertEquals(on.claude.starts.length, 1);
  await session.close();
  assertEquals(session.state, "closed");
});

test("a turn is its events, from system_init to result", async (make) => {
  await using on = await pair(
    make,
    step.conversation([[step.text("Hello there.", { deltas: 3 })]]),
  );
  const events: ClaudeEvent[] = [];
  for await (const event of on.session.send("hi")) events.push(event);
  const known = events.map((event) => event.type);
  assert(known.includes("system_init"));
  assertEquals(known.at(-1), "result");
  const text = events.find((event) => event.type === "assistant_text");
  assert(text?.type === "assistant_text");
  assertEquals([text.text, text.streamed], ["Hello there.", true]);
  const deltas = events.filter((event) => event.type === "stream_delta");
  assertEquals(deltas.map(({ text }) => text ?? "").join(""), "Hello there.");
  assertEquals(
    new Set(deltas.map(({ messageId }) => messageId)),
    new Set([text.messageId]),
  );
});

test("events are plain data with the wire object beside them", async (make) => {
  await using on = await pair(make, step.conversation([[step.text("Hi.")]]));
  for await (const event of on.session.send("hi")) {
    assert(!Object.keys(event).includes("raw"));
    assert(!JSON.stringify(event).includes('"raw"'));
    assert(typeof event.raw === "object" && event.raw !== null);
    assertEquals(structuredClone(event).type, event.type);
    if (event.type !== "assistant_text") continue;
    assertEquals<unknown>({ ...event }, {
      type: "assistant_text",
      parentToolUseId: null,
      sessionId: event.sessionId,
      uuid: event.uuid,
      messageId: event.messageId,
      index: 0,
      streamed: true,
      text: "Hi.",
    });
    // A literal with the same data is equal to the event itself.
    assertEquals<unknown>(event, { ...event });
  }
});

test("textStream gives each character once, with and without partials", async (make) => {
  const scenario = step.conversation([[
    step.text("same"),
    step.toolCall("Read", {}, { output: "x" }),
    step.text("same", { deltas: 4 }),
    step.thinking("hidden"),
    step.text("!"),
  ]]);
  for (const partials of [true, false]) {
    await using on = await pair(make, scenario, { partials });
    const turn = on.session.send("hi");
    const pieces = await Array.fromAsync(turn.textStream());
    assertEquals(pieces.join(""), "samesame!", `partials: ${partials}`);
    if (partials) assert(pieces.length > 4);
  }
});

test("a turn is read once", async (make) => {
  await using on = await pair(make, step.conversation([[step.text("x")]]));
  const turn = on.session.send("hi");
  await types(turn);
  const error = await assertRejects(async () => await types(turn), StateError);
  assertEquals(error.code, "already_used");
  assertThrows(() => turn.textStream(), StateError);
  assertEquals(await turn.text(), "x");
  assertEquals((await turn.result()).result, "x");
});

test("the views give whole messages, or the wire as it is", async (make) => {
  await using on = await pair(make, step.conversation([]), { partials: false });
  const messages = await Array.fromAsync(
    on.session.send("hi", { view: "messages" }),
  );
  const reply = messages.find((event) => event.type === "assistant_message");
  assert(reply?.type === "assistant_message" && Array.isArray(reply.content));
  const wire = await Array.fromAsync(on.session.send("hi", { view: "wire" }));
  const last = wire.findLast((line) =>
    typeof line === "object" && line.type === "result"
  );
  assert(typeof last === "object" && "total_cost_usd" in last);
});

test("a failure of the API is a TurnError of ask, and the session goes on", async (make) => {
  await using on = await pair(
    make,
    step.conversation([
      [step.apiError(529, "overloaded", "API Error: Overloaded")],
      [step.text("second")],
    ]),
  );
  const error = await assertRejects(
    async () => await on.session.ask("hi"),
    TurnError,
  );
  assertEquals(
    [error.code, error.retryable, error.apiStatus],
    ["overloaded", true, 529],
  );
  assertEquals(error.result.subtype, "success");
  assertEquals((await on.session.ask("again")).text, "second");
});

test("a turn that failed ends its loop with the result", async (make) => {
  await using on = await pair(
    make,
    step.conversation([
      [step.text("some"), step.apiError(401, "authentication_failed", "No.")],
    ]),
  );
  const turn = on.session.send("hi");
  assertEquals((await types(turn)).at(-1), "result");
  assertEquals((await turn.result()).isError, true);
  const error = await assertRejects(async () => await turn.text(), TurnError);
  assertEquals(error.code, "auth");
  assertStringIncludes(error.hint ?? "", "claude auth login");
});

test("an answer that speaks of signing in raises nothing", async (make) => {
  const text = "Error: not logged in. Please run /login, 401, rate limit";
  await using on = await pair(make, step.conversation([[step.text(text)]]));
  assertEquals((await on.session.ask("hi")).text, text);
});

test("a process that gives up at the start is a StartupError with its words", async (make) => {
  const scenario = step.conversation([], {
    beforeInput: [
      step.stderr("error: unknown option '--frob'\n"),
      step.exit(1),
    ],
  });
  await using on = await pair(make, scenario);
  const error = await assertRejects(
    async () => await on.session.ask("hi"),
    StartupError,
  );
  assertEquals(
    [error.code, error.reason, error.exitCode],
    ["startup", "exited", 1],
  );
  assertStringIncludes(error.message, "unknown option '--frob'");
  await using again = await pair(make, scenario);
  await assertRejects(async () => await again.session.start(), StartupError);
});

test("the start has a limit, and leaves no process behind", async (make) => {
  await using on = await pair(
    make,
    step.conversation([], {
      answers: { initialize: { answer: "none" } },
      ignore: ["sigterm"],
    }),
    { startTimeoutMs: 300, closeTimeoutMs: 100 },
  );
  const error = await assertRejects(
    async () => await on.session.start(),
    DeadlineError,
  );
  assertEquals([error.operation, error.timeoutMs], ["initialize", 300]);
  await on.session.close();
  assertEquals(await alive(on.claude.starts.map(({ pid }) => pid)), []);
});

test("a handshake that is refused is a StartupError", async (make) => {
  await using on = await pair(
    make,
    step.conversation([], {
      answers: { initialize: { answer: "error", error: "no hooks today" } },
    }),
  );
  const error = await assertRejects(
    async () => await on.session.ask("hi"),
    StartupError,
  );
  assertEquals(error.reason, "handshake");
  assertStringIncludes(error.message, "no hooks today");
});

for (const Session of [AsyncSession, SyncSession]) {
  Deno.test(`${Session.name}: no claude, no directory: each says what was looked for`, async () => {
    const missing = new Session({ claudePath: "/nowhere/claude" });
    const notFound = await assertRejects(
      async () => await missing.ask("hi"),
      ClaudeNotFoundError,
      "/nowhere/claude",
    );
    assertEquals(notFound.searched, ["/nowhere/claude"]);
    await missing.close();
    const nowhere = new Session({ cwd: "/nowhere/at/all" });
    const error = await assertRejects(
      async () => await nowhere.start(),
      StartupError,
    );
    assertEquals([error.code, error.reason], [
      "cwd_not_found",
      "cwd_not_found",
    ]);
    assert(error.hint?.includes("cwd"));
    assertEquals(nowhere.state, "dead");
    await nowhere.close();
  });

  Deno.test(`${Session.name}: an option that cannot be is a ConfigError before anything starts`, () => {
    assertThrows(
      () => new Session({ modle: "x" } as SessionOptions as never),
      ConfigError,
      'did you mean "model"?',
    );
  });
}

for (const print of [printPrompt, printPromptSync]) {
  Deno.test(`${print.name} returns the final text, or throws`, async () => {
    await using claude = await ScriptedClaude.create({
      processes: [
        { turns: [[step.text("Par"), step.text("is.")]] },
        { turns: [[step.apiError(500, "server_error", "API Error: 500")]] },
        { turns: [[step.apiError(529, "overloaded", "API Error: Full")]] },
      ],
    });
    const options = { claudePath: claude.command, policy: allowAll() };
    assertEquals(await print("capital?", options), "Paris.");
    for (const code of ["api", "overloaded"]) {
      const error = await assertRejects(
        async () => await print("capital?", options),
        TurnError,
      );
      assertEquals([error.code, error.retryable], [code, true]);
    }
    const [start] = claude.starts;
    assert(start?.arguments.includes("--include-partial-messages") === false);
  });
}
