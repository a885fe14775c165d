// SyncSession and printPromptSync against the scripted Claude. No gates: what releases
// them cannot run while this thread is blocked.

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allow,
  callback,
  type ClaudeEvent,
  ConfigError,
  ControlError,
  DeadlineError,
  deny,
  hook,
  ProcessExitError,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

const bash = step.toolCall("Bash", { command: "x" }, {
  asks: true,
  output: "ran",
});

/** A stand-in and a session over it, both closed at the end. */
async function pair(scenario: Scenario, options: SyncSessionOptions = {}) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new SyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      session.close();
      await claude.close();
    },
  };
}

function isThere(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    // An ended child is there until it was waited for.
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
  } catch {
    return false;
  }
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
}

Deno.test("events come one by one while the process streams", async () => {
  await using on = await pair(
    step.conversation([[step.text("a"), step.silence()]]),
  );
  const order: string[] = [];
  const turn = on.session.send("hi");
  for (const event of turn) {
    if (event.type === "result") order.push("result");
    if (event.type !== "assistant_text" || event.text !== "a") continue;
    order.push("a");
    // Nothing but this ends the turn: it cannot end before its text is read.
    turn.interrupt();
  }
  assertEquals(order, ["a", "result"]);
});

Deno.test("a second send while a turn runs is an error, and harms nothing", async () => {
  await using on = await pair(
    step.conversation([[step.pause(100), step.text("first")]]),
  );
  const turn = on.session.send("hi");
  const error = assertThrows(() => on.session.send("again"), StateError);
  assertEquals(error.code, "session_busy");
  assertEquals(turn.text(), "first");
});

Deno.test("break and an exception leave the turn, and the next one is clean", async () => {
  await using on = await pair(step.conversation([
    [step.text("long"), step.silence()],
    [step.text("long"), step.silence()],
    [step.text("third")],
  ]));
  const turn = on.session.send("hi");
  for (const event of turn) {
    if (event.type === "assistant_text") break;
  }
  // Its end can be waited for all the same.
  assertEquals(turn.result().isError, true);
  assertThrows(
    () => {
      for (const event of on.session.send("hi")) {
        if (event.type === "assistant_text") throw new Error("enough");
      }
    },
    Error,
    "enough",
  );
  assertEquals(on.session.ask("again").text, "third");
  assertEquals(on.claude.starts.length, 1);
});

Deno.test("interrupt in the loop ends the turn with a result", async () => {
  await using on = await pair(step.conversation([
    [step.text("long"), step.silence()],
    [step.text("second")],
  ]));
  const turn = on.session.send("hi");
  const events: ClaudeEvent[] = [];
  for (const event of turn) {
    events.push(event);
    if (event.type === "assistant_text" && !event.aborted) {
      assertEquals(turn.interrupt().stillQueued, []);
    }
  }
  const last = events.at(-1);
  assert(last?.type === "result" && last.terminalReason?.startsWith("aborted"));
  const error = assertThrows(() => turn.text(), TurnError);
  assertEquals(error.code, "interrupted");
  assertEquals(on.session.ask("again").text, "second");
});

Deno.test("a signal that aborts in the loop ends the turn with its reason", async () => {
  await using on = await pair(step.conversation([
    [step.text("x"), step.silence()],
    [step.text("second")],
  ]));
  const abort = new AbortController();
  const reason = new Error("no longer wanted");
  const error = caught(() => {
    const turn = on.session.send("hi", { signal: abort.signal });
    for (const event of turn) {
      if (event.type === "assistant_text") abort.abort(reason);
    }
  });
  assert(error === reason);
  assertEquals(on.session.ask("again").text, "second");
});

Deno.test("a policy decides on this thread, and what throws denies", async () => {
  const seen: unknown[] = [];
  await using on = await pair(step.conversation([[bash, bash, bash]]), {
    policy: callback((name, input) => {
      seen.push([name, input]);
      if (seen.length === 1) return allow();
      if (seen.length === 2) return deny("not twice");
      throw new Error("out of order");
    }),
  });
  const results = [...on.session.send("hi")].flatMap((event) =>
    event.type === "tool_result" ? [[event.isError, event.text]] : []
  );
  assertEquals(results, [
    [false, "ran"],
    [true, "PreToolUse:Bash hook error: not twice"],
    [
      true,
      'PreToolUse:Bash hook error: The policy "callback" failed: out of order',
    ],
  ]);
  assertEquals(seen.length, 3);
});

Deno.test("a policy may ask the session something while the CLI waits", async () => {
  await using on = await pair(step.conversation([[bash, step.text("done")]]), {
    policy: callback(() => {
      on.session.setModel("opus");
      return allow();
    }),
  });
  const events = [...on.session.send("hi")];
  const result = events.find((event) => event.type === "tool_result");
  assert(result?.type === "tool_result" && !result.isError);
  assertEquals(events.at(-1)?.type, "result");
});

Deno.test("what no policy decides is an event that answers", async () => {
  await using on = await pair(step.conversation([[bash, bash, bash], [bash]]), {
    policy: callback(() => undefined),
  });
  const results: string[] = [];
  let asked = 0;
  for (const event of on.session.send("hi")) {
    if (event.type === "tool_result") results.push(event.text);
    if (event.type !== "permission_request") continue;
    asked++;
    if (asked === 1) event.allow();
    else if (asked === 2) event.deny("no");
    else on.session.respond(event.requestId, deny("nor that"));
    const error = assertThrows(() => event.allow(), StateError);
    assertEquals(error.code, "already_answered");
  }
  assertEquals(results, ["ran", "no", "nor that"]);
  const { permissionDenials } = on.session.ask("nobody reads").result;
  assertEquals(permissionDenials?.length, 1);
});

Deno.test("a promise of a policy or a hook allows nothing, and is a ConfigError", async () => {
  const late: SyncSessionOptions[] = [
    // @ts-expect-error: a promise is no decision
    { policy: callback(() => Promise.resolve(allow())) },
    // @ts-expect-error: a promise is no answer
    { hooks: { PreToolUse: [{ run: () => Promise.resolve(hook.allow()) }] } },
  ];
  for (const options of late) {
    await using on = await pair(
      step.conversation([[bash, step.silence()], [step.text("second")]]),
      options,
    );
    const error = assertThrows(() => [...on.session.send("hi")], ConfigError);
    assertStringIncludes(error.message, "has to answer at once");
    assertFalse(
      on.claude.received.some((line) =>
        JSON.stringify(line).includes('"permissionDecision":"allow"')
      ),
    );
    assertEquals(on.session.ask("again").text, "second");
  }
});

Deno.test("close() is told nothing of a promise that a function returns meanwhile, however the session is closed", async () => {
  const ways: readonly ((session: SyncSession) => void)[] = [
    (session) => session.close(),
    // The loop is left, and closes.
    () => {},
  ];
  for (const close of ways) {
    let calls = 0;
    await using on = await pair(
      step.conversation([[step.text("one"), bash, step.silence()]]),
      {
        onBreak: "close",
        // @ts-expect-error: a promise is no decision
        policy: callback(() => {
          calls++;
          return Promise.resolve(allow());
        }),
      },
    );
    for (const { type } of on.session.send("hi")) {
      if (type !== "assistant_text") continue;
      close(on.session);
      break;
    }
    // The question came while the session was closed, and no reader was left.
    assertEquals([calls, on.session.state], [1, "closed"]);
    on.session.close();
  }
});

Deno.test("an async function and a tool of this process are refused before a start", () => {
  const given: [string, unknown][] = [
    ["policy", { policy: { name: "x", decide: async () => await allow() } }],
    ["onPlan", { onPlan: async () => await allow() }],
    ["hooks", { hooks: { Stop: [{ run: async () => {} }] } }],
    ["mcpServers", { mcpServers: { x: () => ({}) } }],
  ];
  for (const [option, options] of given) {
    const error = assertThrows(
      () => new SyncSession(options as SyncSessionOptions),
      ConfigError,
    );
    assertEquals(error.option, option);
  }
  // @ts-expect-error: an async function is no answer
  const _typed: SyncSessionOptions = { onPlan: async () => await allow() };
});

Deno.test("hooks and listeners run while the session is waited for", async () => {
  const heard: string[] = [];
  await using on = await pair(step.conversation([[bash, step.text("x")]]), {
    hooks: {
      PreToolUse: [{
        run: ({ toolName }) => {
          heard.push(`hook ${toolName}`);
          return hook.deny("not here");
        },
      }],
    },
  });
  using _result = on.session.on("tool_result", ({ text }) => heard.push(text));
  using _end = on.session.on("turn_end", () => heard.push("end"));
  on.session.ask("hi");
  assertEquals([heard[0], heard.at(-1)], ["hook Bash", "end"]);
  assertStringIncludes(heard[1] ?? "", "not here");
});

Deno.test("more output than the ring holds, slowly read, arrives whole", async () => {
  const big = "0123456789abcdef".repeat(1 << 16);
  await using on = await pair(
    step.conversation([[
      ...[1, 2, 3, 4, 5].map((n) => step.text(`${n}${big}`)),
    ]]),
    { partials: false },
  );
  const texts: string[] = [];
  const turn = on.session.send("hi");
  for (const event of turn) {
    if (event.type !== "assistant_text") continue;
    texts.push(event.text);
    // The reader rests: the worker has to wait for it, also after the process's end.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    assert(turn.pending < 5);
  }
  assertEquals(texts.map((text) => text[0]).join(""), "12345");
  assert(texts.every((text) => text.slice(1) === big));
});

Deno.test("a line of 3 MiB passes the ring, with characters cut anywhere", async () => {
  const text = "台ä🙂x".repeat(300_000);
  await using on = await pair(step.conversation([[step.text(text)]]), {
    partials: false,
  });
  assertEquals(on.session.ask("hi").text, text);
});

Deno.test("the death of the process is thrown to whoever waits", async () => {
  await using on = await pair(step.conversation([[
    step.stderr("the last words\n"),
    step.text("x"),
    step.pause(100),
    step.kill("SIGKILL"),
  ]]));
  const errors: Error[] = [];
  using _ = on.session.on("error", (error) => errors.push(error));
  const seen: string[] = [];
  const error = assertThrows(() => {
    for (const event of on.session.send("hi")) seen.push(event.type);
  }, ProcessExitError);
  assert(seen.includes("assistant_text"));
  assertEquals([error.code, error.signal], ["process_exit", "SIGKILL"]);
  assertEquals(error.stderrTail, "the last words\n");
  assertEquals(errors, [error]);
  assertEquals(on.session.state, "dead");
  const after = assertThrows(() => on.session.send("again"), StateError);
  assertEquals([after.code, after.cause], ["session_closed", error]);
  assertThrows(() => on.session.mcp.status(), StateError);
});

Deno.test("a request has a limit, and the session continues", async () => {
  await using on = await pair(
    step.conversation([], { answers: { mcp_status: { answer: "none" } } }),
    { controlTimeoutMs: 200 },
  );
  const refused = assertThrows(
    () => on.session.control("invented"),
    ControlError,
  );
  assertEquals(refused.errorCode, "unsupported_request");
  assertThrows(() => on.session.mcp.status(), DeadlineError);
  on.session.setPermissionMode("plan");
  assert(on.session.models().length > 0);
});

Deno.test("a time limit does not count what its answer waited for its reader", async () => {
  await using on = await pair(step.conversation([[step.text("x")]]), {
    startTimeoutMs: 1_000,
  });
  const turn = on.session.send("hi");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  assertEquals(turn.text(), "x");
});

Deno.test("close ends the process, twice, unasked, and one that will not end", async () => {
  await using on = await pair(
    step.conversation([[step.text("x"), step.silence()]], {
      ignore: ["eof", "sigterm"],
    }),
    { closeTimeoutMs: 100 },
  );
  for (const event of on.session.send("hi")) {
    if (event.type === "assistant_text") break;
  }
  on.session.close();
  assertFalse(isThere(on.session.pid));
  on.session.close();
  const never = new SyncSession();
  never.close();
  assertEquals(never.state, "closed");
  assertThrows(() => never.send("x"), StateError);
});

Deno.test("close while the process is being started, and in the loop", async () => {
  await using first = await pair(step.conversation([[step.text("x")]]));
  const turn = first.session.send("hi");
  first.session.close();
  const outcome = caught(() => turn.result());
  assert(outcome === undefined || outcome instanceof StateError);
  await using second = await pair(
    step.conversation([[step.text("x"), step.silence()]]),
  );
  const error = caught(() => {
    for (const event of second.session.send("hi")) {
      if (event.type === "assistant_text") second.session.close();
    }
  });
  assert(error === undefined || error instanceof StateError);
  assertFalse(isThere(second.session.pid));
});

Deno.test("a flood on stderr stops nothing, and its end is kept", async () => {
  let lines = 0;
  await using on = await pair(
    step.conversation([[
      step.stderr("0123456789abcde\n", 4 << 20),
      step.stderr("the end\n"),
      step.text("x"),
    ]]),
    { stderr: () => lines++ },
  );
  assertEquals(on.session.ask("hi").text, "x");
  on.session.close();
  assert(on.session.stderrTail.endsWith("the end\n"));
  assert(lines > 250_000);
});

Deno.test("events sees turns of the CLI's own, and push says what became of it", async () => {
  await using on = await pair(step.conversation([
    [step.text("one")],
    [step.text("two")],
  ]));
  const events = on.session.events();
  const pushed = on.session.push("hi");
  assertEquals(pushed.result().isError, false);
  assert([...pushed.states].length > 0);
  const seen: string[] = [];
  for (const event of events) {
    seen.push(event.type);
    if (event.type === "result") break;
  }
  assert(seen.includes("assistant_text"));
  assertEquals(on.session.ask("again").text, "two");
});

Deno.test("a question is not left to readers of events() while nobody can read", async () => {
  const undecided = { policy: callback(() => undefined) };
  const turns = [[bash, step.text("went on")], [bash, step.text("again")]];
  await using on = await pair(step.conversation(turns), undecided);
  const events = on.session.events();
  // It would wait for ever: what answers it could run only when it is over.
  assertEquals(on.session.ask("go").text, "went on");
  on.session.send("go");
  const seen: string[] = [];
  for (const event of events) {
    if (event.type === "permission_request") event.allow();
    if (event.type !== "permission_decision") continue;
    if (event.by !== "policy") seen.push(`${event.behavior} by ${event.by}`);
    if (seen.length === 2) break;
  }
  assertEquals(seen, ["deny by unattended", "allow by consumer"]);
});
