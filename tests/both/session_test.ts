// AsyncSession and printPrompt against the scripted Claude: what the real one cannot
// be made to do, and what must hold at every moment, whatever carries the bytes.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  ClaudeStreamError,
  ControlError,
  DeadlineError,
  deny,
  type PermissionRequest,
  ProcessExitError,
  type SessionOptions,
  StateError,
  TurnError,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";
import { carrier, testOverEach as test } from "../support/carriers.ts";

/** A stand-in and a session over it, both closed at the end. */
async function pair(scenario: Scenario, options: SessionOptions = {}) {
  const claude = await ScriptedClaude.create(scenario);
  const session = new AsyncSession({
    claudePath: claude.command,
    ...carrier(),
    ...options,
  });
  return {
    claude,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

async function types(events: AsyncIterable<ClaudeEvent>): Promise<string[]> {
  return (await Array.fromAsync(events)).map((event) => event.type);
}

/** What was written to the process, of one kind. */
function sent(claude: ScriptedClaude, type: string) {
  return claude.received.filter((line) => line.type === type);
}

test("a promise returned from the function of the session, without await, says so", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("answer"), step.silence()]]),
  );
  const options = { claudePath: claude.command, ...carrier() };
  async function hasty(start: boolean) {
    await using session = new AsyncSession(options);
    if (start) await session.start();
    // The fault that is tested: no await.
    const answer = session.ask("hi");
    // It rejects while the session closes, before the caller has the promise.
    answer.catch(() => {});
    return answer;
  }
  for (const start of [false, true]) {
    const error = await assertRejects(() => hasty(start), ClaudeStreamError);
    // In a turn that runs already, the CLI says that it was interrupted.
    assert(["session_closed", "interrupted"].includes(error.code), error.code);
    assertStringIncludes(error.hint ?? "", 'write "return await …"');
  }
});

test("the prompt goes out at the call, without anybody reading", async () => {
  await using on = await pair(step.conversation([[step.mark("asked")]]));
  on.session.send("hi");
  await on.claude.reached("asked");
});

test("a second send while a turn runs is an error, and harms nothing", async () => {
  await using on = await pair(
    step.conversation([[step.gate("go"), step.text("first")]]),
  );
  const turn = on.session.send("hi");
  await on.claude.reached("go");
  const error = assertThrows(() => on.session.send("again"), StateError);
  assertEquals(error.code, "session_busy");
  await on.claude.release("go");
  assertEquals(await turn.text(), "first");
});

test("readable is the same events as a stream", async () => {
  await using on = await pair(step.conversation([[step.text("x")]]));
  const turn = on.session.send("hi");
  const events = await Array.fromAsync(turn.readable);
  assertEquals(events.at(-1)?.type, "result");
  assert(turn.readable === turn.readable);
});

test("leaving the loop interrupts the turn, and the next one is clean", async () => {
  await using on = await pair(step.conversation([
    [step.text("long", { deltas: 4 }), step.gate("never"), step.text("more")],
    [step.text("second")],
  ]));
  const first = on.session.send("hi");
  for await (const event of first) {
    if (event.type === "stream_delta" && event.text !== undefined) break;
  }
  // Its end can be waited for all the same.
  assertEquals((await first.result()).isError, true);
  await assertRejects(() => first.text(), TurnError);
  const turn = on.session.send("again");
  assertEquals(await turn.text(), "second");
  assertEquals(on.claude.starts.length, 1);
  const controls = sent(on.claude, "control_request");
  assertEquals(
    controls.map(({ request }) => (request as { subtype: string }).subtype),
    ["initialize", "interrupt"],
  );
});

test("a turn that was left before its prompt went out says so", async () => {
  await using on = await pair(step.conversation([
    [step.text("one"), step.gate("never")],
    [step.text("two")],
  ]));
  for await (const event of on.session.send("a")) {
    if (event.type === "assistant_text") break;
  }
  const waiting = on.session.send("b");
  await waiting.readable.cancel();
  const error = await assertRejects(() => waiting.result(), StateError);
  assertEquals(error.code, "cancelled");
  assertEquals((await on.session.ask("c")).text, "two");
});

test("onBreak lets a turn that was left run to its end, or closes the session", async () => {
  const scenario = step.conversation([
    [step.text("one", { deltas: 2 }), step.gate("go"), step.text("more")],
    [step.text("two")],
  ]);
  {
    await using on = await pair(scenario, { onBreak: "drain" });
    for await (const event of on.session.send("a")) {
      if (event.type === "assistant_text") break;
    }
    const next = on.session.send("b");
    await on.claude.release("go");
    assertEquals(await next.text(), "two");
    assertEquals(sent(on.claude, "control_request").length, 1);
  }
  await using on = await pair(scenario, {
    onBreak: "close",
    closeTimeoutMs: 100,
  });
  for await (const event of on.session.send("a")) {
    if (event.type === "assistant_text") break;
  }
  await on.claude.ended();
  assertThrows(() => on.session.send("b"), StateError);
});

test("onWire sees each line in both directions, as it is", async () => {
  const lines: [string, string][] = [];
  await using on = await pair(step.conversation([[step.text("x")]]), {
    onWire: (direction, line) => lines.push([direction, line]),
  });
  await on.session.ask("hi");
  const out = lines.filter(([direction]) => direction === "out");
  assertEquals<unknown>(
    out.map(([, line]) => JSON.parse(line)),
    on.claude.received,
  );
  const last = lines.findLast(([, line]) => line.includes('"type":"result"'));
  assertEquals(last?.[0], "in");
});

test("an exception in the loop leaves the turn as break does", async () => {
  await using on = await pair(step.conversation([
    [step.text("long"), step.gate("never")],
    [step.text("second")],
  ]));
  await assertRejects(
    async () => {
      for await (const event of on.session.send("hi")) {
        if (event.type === "assistant_text") throw new Error("enough");
      }
    },
    Error,
    "enough",
  );
  assertEquals((await on.session.ask("again")).text, "second");
});

test("interrupt ends the turn with a result, and the session goes on", async () => {
  await using on = await pair(step.conversation([
    [step.text("long"), step.gate("never")],
    [step.text("second")],
  ]));
  const turn = on.session.send("hi");
  const events: ClaudeEvent[] = [];
  for await (const event of turn) {
    events.push(event);
    if (event.type === "assistant_text" && !event.aborted) {
      assertEquals((await turn.interrupt()).stillQueued, []);
    }
  }
  const last = events.at(-1);
  assert(last?.type === "result" && last.terminalReason?.startsWith("aborted"));
  const error = await assertRejects(() => turn.text(), TurnError);
  assertEquals(error.code, "interrupted");
  assertEquals((await on.session.ask("again")).text, "second");
});

test("an early interruption is heard, a late one is harmless", async () => {
  await using on = await pair(step.conversation([
    [step.gate("never"), step.text("x")],
    [step.text("second")],
  ]));
  const turn = on.session.send("hi");
  await on.session.interrupt();
  assertEquals((await turn.result()).isError, true);
  await on.session.interrupt();
  await turn.interrupt();
  assertEquals((await on.session.ask("again")).text, "second");
});

Deno.test("interrupt before anything was started does nothing", async () => {
  const session = new AsyncSession({ claudePath: "/nowhere/claude" });
  assertEquals(await session.interrupt(), { stillQueued: [] });
  await session.close();
});

test("the signal of a turn ends it with its reason", async () => {
  await using on = await pair(step.conversation([
    [step.text("x"), step.gate("never")],
    [step.text("second")],
  ]));
  const abort = new AbortController();
  const turn = on.session.send("hi", { signal: abort.signal });
  const reason = new Error("no longer wanted");
  const thrown = await assertRejects(async () => {
    for await (const event of turn) {
      if (event.type === "assistant_text") abort.abort(reason);
    }
  });
  assert(thrown === reason);
  assert(await turn.text().catch((error) => error) === reason);
  assertEquals((await on.session.ask("again")).text, "second");
  assertThrows(
    () => on.session.send("hi", { signal: abort.signal }),
    Error,
    "no longer wanted",
  );
});

test("the signal of a session closes it", async () => {
  const abort = new AbortController();
  await using on = await pair(
    step.conversation([[step.mark("asked"), step.gate("never")]]),
    { signal: abort.signal },
  );
  const turn = on.session.send("hi");
  await on.claude.reached("asked");
  abort.abort(new Error("over"));
  await assertRejects(() => turn.result(), Error, "over");
  await on.session.close();
  assertEquals(on.session.state, "closed");
  assertThrows(() => on.session.send("x"), StateError);
});

test("a policy answers, and can change the input", async () => {
  const seen: unknown[] = [];
  await using on = await pair(
    step.conversation([[
      step.toolCall("Bash", { command: "touch x" }, {
        asks: true,
        output: "ran",
      }),
      step.text("done"),
    ]]),
    {
      policy: callback((name, input) => {
        seen.push([name, input]);
        return allow({ input: { command: "touch y" } });
      }),
    },
  );
  const events = await Array.fromAsync(on.session.send("hi"));
  assertEquals(seen, [["Bash", { command: "touch x" }]]);
  const toolResult = events.find((event) => event.type === "tool_result");
  assert(toolResult?.type === "tool_result");
  assertEquals(
    [toolResult.toolName, toolResult.isError, toolResult.text],
    ["Bash", false, "ran"],
  );
  assert(!events.some((event) => event.type === "permission_request"));
  const [answer] = sent(on.claude, "control_response");
  assertEquals(
    (answer as { response: { response: unknown } }).response.response,
    {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "allow",
        updatedInput: { command: "touch y" },
      },
    },
  );
});

test("a denial reaches the model, and the result names it", async () => {
  await using on = await pair(
    step.conversation([[
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
      step.text("done"),
    ]]),
    {
      policy: callback((name) => name !== "Bash" ? allow() : deny("no shell")),
    },
  );
  const turn = on.session.send("hi");
  const events = await Array.fromAsync(turn);
  const toolResult = events.find((event) => event.type === "tool_result");
  assert(toolResult?.type === "tool_result");
  assertEquals(toolResult.isError, true);
  assertStringIncludes(toolResult.text, "no shell");
  const { permissionDenials } = await turn.result();
  assertEquals(permissionDenials?.map(({ toolName }) => toolName), ["Bash"]);
});

test("what no policy decides is an event that answers", async () => {
  const ask = step.toolCall("Bash", { command: "x" }, {
    asks: true,
    output: "ran",
  });
  await using on = await pair(step.conversation([[ask, ask, ask]]), {
    policy: callback(() => undefined),
  });
  const results: [boolean, string][] = [];
  const requests: PermissionRequest[] = [];
  for await (const event of on.session.send("hi")) {
    if (event.type === "tool_result") results.push([event.isError, event.text]);
    if (event.type !== "permission_request") continue;
    requests.push(event);
    assertEquals(event.toolName, "Bash");
    assertEquals(event.input, { command: "x" });
    assert(!JSON.stringify(event).includes('allow":'));
    if (requests.length === 1) event.allow();
    else if (requests.length === 2) event.deny("not twice");
    else on.session.respond(event.requestId, deny("nor thrice"));
    const error = assertThrows(() => event.allow(), StateError);
    assertEquals(error.code, "already_answered");
  }
  assertEquals(results, [[false, "ran"], [true, "not twice"], [
    true,
    "nor thrice",
  ]]);
});

test("a slow policy does not hold up reading", async () => {
  const asked = Promise.withResolvers<void>();
  const verdict = Promise.withResolvers<ReturnType<typeof allow>>();
  await using on = await pair(
    step.conversation([[
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
    ]]),
    {
      policy: callback(() => {
        asked.resolve();
        return verdict.promise;
      }),
    },
  );
  const turn = on.session.send("hi");
  await asked.promise;
  await on.session.setModel("opus");
  verdict.resolve(allow());
  assertEquals((await turn.result()).isError, false);
});

test("where nobody can answer an undecided call is denied at once", async () => {
  const scenario = step.conversation([], {
    forEveryPrompt: [
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
      step.echo("{answer}"),
    ],
  });
  await using on = await pair(scenario, { policy: callback(() => undefined) });
  const seen: string[] = [];
  using _ = on.session.on("tool_result", ({ text }) => seen.push(text));
  await on.session.ask("hi");
  await on.session.send("hi").text();
  assertEquals(seen.length, 2);
  for (const text of seen) assertStringIncludes(text, 'allowList(["Bash"])');
});

test("a listener can answer where nobody reads the turn", async () => {
  await using on = await pair(
    step.conversation([[
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
    ]]),
    { policy: callback(() => undefined) },
  );
  using _ = on.session.on("permission_request", (event) => event.allow());
  const { result } = await on.session.ask("hi");
  assertEquals(result.permissionDenials, []);
});

test("a request that is withdrawn aborts the policy's signal", async () => {
  const aborted = Promise.withResolvers<unknown>();
  await using on = await pair(
    step.conversation([[
      step.toolCall("Bash", {}, { asks: true, output: "ran" }),
    ]]),
    {
      policy: callback((_name, _input, { signal }) => {
        signal.addEventListener("abort", () => aborted.resolve(signal.reason));
        on.session.interrupt();
        return new Promise<undefined>(() => {});
      }),
    },
  );
  await on.session.send("hi").result();
  assertEquals((await aborted.promise as Error).name, "AbortError");
});

test("the death of the process fails everything that waits for it", async () => {
  await using on = await pair(step.conversation([[
    step.stderr("the last words\n"),
    step.text("x"),
    step.gate("die"),
    step.kill("SIGKILL"),
  ]]));
  const errors: Error[] = [];
  using _ = on.session.on("error", (error) => errors.push(error));
  const turn = on.session.send("hi");
  await on.claude.reached("die");
  const pending = on.session.control("mcp_status");
  pending.catch(() => {});
  await on.claude.release("die");
  const error = await assertRejects(() => types(turn), ProcessExitError);
  assertEquals([error.code, error.signal], ["process_exit", "SIGKILL"]);
  assertEquals(error.stderrTail, "the last words\n");
  assertEquals(error.sessionId, on.session.id);
  assertEquals(errors, [error]);
  await pending.catch(() => {});
  assertEquals(on.session.state, "dead");
  const after = assertThrows(() => on.session.send("again"), StateError);
  assertEquals(after.code, "session_closed");
  assert(after.cause === error);
});

test("start gives what the CLI says of itself, once", async () => {
  await using on = await pair(step.conversation([[step.text("x")]]));
  const info = await on.session.start();
  assert(info.models.length > 0 && info.commands.length > 0);
  assert(await on.session.start() === info);
  assertEquals((await on.session.ask("hi")).text, "x");
  assertEquals(on.claude.starts.length, 1);
});

test("control requests: refused, without an answer, and unknown ones", async () => {
  await using on = await pair(
    step.conversation([], { answers: { mcp_status: { answer: "none" } } }),
    { controlTimeoutMs: 200 },
  );
  const refused = await assertRejects(
    () => on.session.control("invented"),
    ControlError,
  );
  assertEquals(refused.errorCode, "unsupported_request");
  await assertRejects(() => on.session.control("mcp_status"), DeadlineError);
  await on.session.setPermissionMode("plan");
});

test("facts are known from the start, and grow", async () => {
  const version = "2.1.330";
  const scenario = { ...step.conversation([[step.text("x")]]), version };
  await using on = await pair(scenario, { model: "opus" });
  const { session } = on;
  assert(/^[0-9a-f-]{36}$/.test(session.id ?? ""));
  assertEquals([session.state, session.pid], ["new", undefined]);
  const id = session.id;
  await session.ask("hi");
  assertEquals(session.id, id);
  assertEquals(session.turnCount, 1);
  assertEquals(session.permissionMode, "default");
  assertEquals(session.claudeVersion, version);
  assertStringIncludes(session.model ?? "", "opus");
  assertEquals(session.pid, on.claude.starts[0]?.pid);
  assert(session.tools.includes("Bash"));
  assertEquals(session.lastResult?.result, "x");
  assert(session.usage.outputTokens > 0);
  await session.close();
  assertEquals(session.state, "closed");
});

test("every reader of events sees everything, and they end with the session", async () => {
  await using on = await pair(step.conversation([]));
  const readers = [types(on.session.events()), types(on.session.events())];
  const broken = on.session.on("result", () => {});
  broken[Symbol.dispose]();
  let ends = 0;
  on.session.on("turn_end", () => ends++);
  let closed = 0;
  on.session.on("close", () => closed++);
  await on.session.ask("one");
  await on.session.ask("two");
  await on.session.close();
  const [first, second] = await Promise.all(readers);
  assertEquals(first, second);
  assertEquals(first?.filter((type) => type === "result").length, 2);
  assertEquals([ends, closed], [2, 1]);
});

test("close ends the process, again and before the start as well", async () => {
  await using on = await pair(step.conversation([[step.text("x")]]));
  await on.session.ask("hi");
  await Promise.all([on.session.close(), on.session.close()]);
  await on.claude.ended();
  await on.session.close();
  const never = new AsyncSession();
  await never.close();
  assertEquals(never.state, "closed");
  assertThrows(() => never.send("x"), StateError);
});

test("close while the process is being started leaves none behind", async () => {
  await using on = await pair(step.conversation([[step.text("x")]]));
  const turn = on.session.send("hi");
  await on.session.close();
  await on.claude.ended();
  // A process that had the prompt already may have answered it on its way out.
  const [outcome] = await Promise.allSettled([turn.result()]);
  assert(
    outcome.status === "fulfilled" || outcome.reason instanceof StateError,
  );
});

test("close in the middle of a turn fails its reader", async () => {
  await using on = await pair(
    step.conversation([[step.mark("asked"), step.gate("never")]]),
  );
  const turn = on.session.send("hi");
  await on.claude.reached("asked");
  const reading = types(turn);
  await on.session.close();
  // The interruption that goes before may have given the turn a proper end.
  const outcome = await reading.catch((error) => error.code);
  assert(outcome === "session_closed" || outcome.at(-1) === "result");
});

test("close does not wait for a process that will not end", async () => {
  await using on = await pair(
    step.conversation([[step.text("x")]], { ignore: ["eof", "sigterm"] }),
    { closeTimeoutMs: 100 },
  );
  await on.session.ask("hi");
  await on.session.close();
  await on.claude.ended();
});

test("the answer does not wait for the process to end", async () => {
  await using on = await pair(
    step.conversation([[step.text("x")]], { ignore: ["eof"] }),
    { closeTimeoutMs: 100 },
  );
  assertEquals((await on.session.ask("hi")).text, "x");
});

test("a flood on stderr stops nothing, and its end is kept", async () => {
  const lines: string[] = [];
  await using on = await pair(
    step.conversation([[
      step.stderr("0123456789abcde\n", 10 << 20),
      step.stderr("the end\n"),
      step.text("x"),
    ]]),
    { stderr: (line) => lines.push(line) },
  );
  assertEquals((await on.session.ask("hi")).text, "x");
  await on.session.close();
  assert(on.session.stderrTail.endsWith("the end\n"));
  assert(on.session.stderrTail.length <= 64 * 1024);
  assertEquals(lines.at(-1), "the end");
  assert(lines.length > 600_000);
});

test("what is between two turns goes to the session alone", async () => {
  const late = { type: "system", subtype: "invented", text: "late" };
  await using on = await pair(step.conversation([
    [
      step.background("watch", [step.gate("late"), step.line(late)]),
      step.text("one"),
    ],
    [step.text("two")],
  ]));
  const told = Promise.withResolvers<void>();
  const isLate = (event: ClaudeEvent) =>
    JSON.stringify(event.raw).includes('"late"');
  using _ = on.session.on("unknown", (event) => {
    if (isLate(event)) told.resolve();
  });
  const first = await Array.fromAsync(on.session.send("a"));
  await on.claude.release("late");
  await told.promise;
  const second = await Array.fromAsync(on.session.send("b"));
  assert(![...first, ...second].some(isLate));
  assertEquals(second.at(-1)?.type, "result");
});

test("the child sees no trace of an outer session", async () => {
  const scenario: Scenario = {
    processes: [{ turns: [[step.text("x")]] }],
    environment: ["MARK"],
  };
  await using on = await pair(scenario, {
    env: { MARK: "here", PATH_TO_REMOVE: undefined },
  });
  await on.session.ask("hi");
  const [start] = on.claude.starts;
  assertEquals(start?.environment, { MARK: "here" });
  for (const name of ["CLAUDECODE", "NODE_OPTIONS"]) {
    assert(!start?.environmentNames.includes(name));
  }
});
