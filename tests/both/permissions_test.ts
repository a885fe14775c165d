// Policies against the scripted Claude: nothing but an explicit yes lets a tool run, and
// each decision is told of.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  allow,
  allowList,
  AsyncSession,
  byTool,
  callback,
  ClaudeNotFoundError,
  ConfigError,
  type Decision,
  deny,
  denyAll,
  firstOf,
  type PermissionDecision,
  type Policy,
  readOnly,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

async function pair(scenario: Scenario, options: SessionOptions = {}) {
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

/** Calls a tool that the CLI asks about; what it gives says that it ran. */
function call(name = "Bash", input = {}) {
  return step.toolCall(name, input, { asks: true, output: "ran" });
}

/** What an event says, without who the session is. */
function told({ type: _, sessionId: _s, ...said }: PermissionDecision) {
  return said;
}

Deno.test("each decision is an event, in order, with who decided", async () => {
  await using on = await pair(
    step.conversation([[
      call("Read"),
      call("Write", { file_path: "a" }),
      call("Bash", { command: "one" }),
      call("Bash", { command: "two" }),
      call("Edit", { file_path: "b" }),
    ]]),
    {
      policy: byTool({
        Read: () => allow({ input: { file_path: "c" } }),
        Write: () => deny("no writing"),
        Edit: () => deny("stop", { interrupt: true }),
      }),
    },
  );
  const events: PermissionDecision[] = [];
  const wire: string[] = [];
  let asked = 0;
  for await (const event of on.session.send("hi")) {
    if (event.type === "permission_decision") {
      events.push(event);
      const raw = event.raw as { request: { subtype: string } };
      wire.push(raw.request.subtype);
    } else if (event.type === "permission_request") {
      if (asked++ === 0) event.allow();
      else on.session.respond(event.requestId, deny("not two"));
    }
  }
  const by = { by: "policy", policy: "byTool" };
  const ids = events.map(({ toolUseId }) => toolUseId);
  assertEquals<unknown>(
    events.map(told),
    [
      { ...by, toolName: "Read", behavior: "allow", inputChanged: true },
      { ...by, toolName: "Write", behavior: "deny", reason: "no writing" },
      { ...by, toolName: "Bash", behavior: "undecided" },
      { by: "consumer", toolName: "Bash", behavior: "allow" },
      { ...by, toolName: "Bash", behavior: "undecided" },
      { by: "consumer", toolName: "Bash", behavior: "deny", reason: "not two" },
      { ...by, toolName: "Edit", behavior: "deny", reason: "stop" },
    ].map((said, at) => ({ ...said, toolUseId: ids[at] })),
  );
  assertEquals(wire, [
    "hook_callback",
    "hook_callback",
    "hook_callback",
    "can_use_tool",
    "hook_callback",
    "can_use_tool",
    "can_use_tool",
  ]);
  assertEquals(new Set(ids).size, 5);
});

Deno.test("where nobody can answer, the event says so", async () => {
  await using on = await pair(step.conversation([[call()]]), {
    policy: callback(() => undefined),
  });
  const events: PermissionDecision[] = [];
  using _ = on.session.on("permission_decision", (event) => events.push(event));
  await on.session.ask("hi");
  assertEquals(events.map(({ by, behavior }) => [by, behavior]), [
    ["policy", "undecided"],
    ["unattended", "deny"],
  ]);
});

Deno.test("nothing but an explicit yes lets a tool run", async () => {
  const never = new Promise<undefined>(() => {});
  const answers: [string, () => unknown, by: string][] = [
    ["a throw", () => {
      throw new Error("out of order");
    }, "policy"],
    ["a rejection", () => Promise.reject(new Error("out of order")), "policy"],
    ["true", () => true, "policy"],
    ["a word", () => "allow", "policy"],
    ["null", () => null, "policy"],
    [
      "the wire's shape",
      () => ({ behavior: "allow", updatedInput: {} }),
      "policy",
    ],
    ["no JSON", () => ({ behavior: "allow", input: { at: 1n } }), "policy"],
    ["a late word", () => Promise.resolve("allow"), "policy"],
    ["no answer in time", () => never, "timeout"],
  ];
  for (const [name, answer, by] of answers) {
    await using on = await pair(step.conversation([[call()]]), {
      policy: callback(() => answer() as Decision),
      permissionTimeoutMs: by === "timeout" ? 50 : 60_000,
    });
    const seen: unknown[] = [];
    for await (const event of on.session.send("hi")) {
      if (event.type === "tool_result") seen.push(event.isError);
      if (event.type === "permission_decision") {
        seen.push([event.by, event.behavior]);
      }
    }
    assertEquals(seen, [[by, "deny"], true], name);
  }
});

Deno.test("a question that waits too long for the caller is denied", async () => {
  await using on = await pair(step.conversation([[call()]]), {
    policy: callback(() => undefined),
    permissionTimeoutMs: 50,
  });
  const seen: unknown[] = [];
  for await (const event of on.session.send("hi")) {
    if (event.type === "tool_result") seen.push(event.isError);
    if (event.type === "permission_decision") seen.push(event.by);
  }
  assertEquals(seen, ["policy", "timeout", true]);
});

Deno.test("a yes that comes after the end is none", async () => {
  for (const way of ["interrupt", "close"] as const) {
    const asked = Promise.withResolvers<AbortSignal>();
    const verdict = Promise.withResolvers<Decision>();
    await using on = await pair(step.conversation([[call()]]), {
      policy: callback((_name, _input, { signal }) => {
        asked.resolve(signal);
        return verdict.promise;
      }),
    });
    const decisions: PermissionDecision[] = [];
    using _ = on.session.on("permission_decision", (e) => decisions.push(e));
    const turn = on.session.send("hi");
    const result = turn.result().catch((error) => error);
    const signal = await asked.promise;
    await on.session[way]();
    await result;
    assert(signal.aborted, way);
    verdict.resolve(allow());
    await verdict.promise;
    assertEquals(decisions, []);
    const answers = on.claude.received.filter(({ type }) =>
      type === "control_response"
    );
    assertEquals(answers, [], way);
  }
});

Deno.test("an answer by hand is checked before it is written", async () => {
  await using on = await pair(step.conversation([[call()]]), {
    policy: callback(() => undefined),
  });
  const wrong: unknown[] = [
    undefined,
    null,
    true,
    "allow",
    {},
    { behavior: "allow", updatedInput: {} },
    { behavior: "allow", input: "ls" },
    { behavior: "allow", input: { at: 1n } },
    { behavior: "allow", remember: "always" },
    { behavior: "deny" },
    { behavior: "deny", message: "" },
    { behavior: "deny", message: "no", interrupt: 1 },
  ];
  for await (const event of on.session.send("hi")) {
    if (event.type !== "permission_request") continue;
    for (const answer of wrong) {
      assertThrows(
        () => on.session.respond(event.requestId, answer as Decision),
        TypeError,
      );
    }
    event.deny("no");
  }
  const answers = on.claude.received.filter(({ type }) =>
    type === "control_response"
  );
  assertEquals(answers.length, 2);
});

Deno.test("explainPermission says which rule decides, and asks nobody", async () => {
  const policy: Policy = firstOf(
    byTool({ Bash: allowList(["Bash(git *)"]) }),
    readOnly(),
  );
  const session = new AsyncSession({ claudePath: "/nowhere/claude", policy });
  const git = await session.explainPermission("Bash", { command: "git log" });
  assertEquals([git.decision?.behavior, git.by.at(-1), git.rule], [
    "allow",
    "allowList",
    "Bash(git *)",
  ]);
  const write = await session.explainPermission("Write");
  assertEquals([write.decision?.behavior, write.by.at(-1)], [
    "deny",
    "readOnly",
  ]);
  assertEquals(session.state, "new");
  const without = new AsyncSession({ claudePath: "/nowhere/claude" });
  const { decision, by, reason } = await without.explainPermission("Bash");
  assertEquals([decision, by], [undefined, []]);
  assert(reason.includes("the CLI's own rules decide"));
});

Deno.test("a policy that could never hold starts nothing", async () => {
  const policy = denyAll();
  const wrong: SessionOptions[] = [
    { policy, bare: true },
    { policy, permissionPromptTool: "mcp__a__b" },
    { policy, extraArgs: ["--bare"] },
  ];
  for (const options of wrong) {
    assertThrows(() => new AsyncSession(options), ConfigError);
  }
  await assertRejects(
    () => Promise.resolve().then(() => new AsyncSession({ policy: firstOf() })),
    ConfigError,
  );
});

Deno.test("a settings file that turns hooks off is found before anything starts", async () => {
  const folder = await Deno.makeTempDir();
  const off = { env: { CLAUDE_CODE_SIMPLE: "1" } };
  await Deno.writeTextFile(`${folder}/off.json`, JSON.stringify(off));
  const policy = callback(() => allow());
  const given: readonly SyncSessionOptions[] = [
    { policy, settings: `${folder}/off.json` },
    { policy, settings: new URL(`file://${folder}/off.json`) },
    { policy, settings: "off.json", cwd: folder },
    {
      hooks: { Stop: [{ run: () => undefined }] },
      settings: `${folder}/off.json`,
    },
  ];
  for (const options of given) {
    const all = { claudePath: "/nowhere/claude", ...options };
    await using session = new AsyncSession(all);
    const error = await assertRejects(() => session.start(), ConfigError);
    assertEquals(
      error.option,
      options.hooks === undefined ? "policy" : "hooks",
    );
    assertThrows(() => session.send("hi"), ConfigError);
    using blocking = new SyncSession(all);
    assertThrows(() => blocking.start(), ConfigError);
  }
  // What is no JSON, or is not there, is the CLI's to complain about.
  for (const settings of ["nothing.json", `${folder}/off.txt`]) {
    await Deno.writeTextFile(`${folder}/off.txt`, "{ no JSON");
    await using session = new AsyncSession({
      claudePath: "/nowhere/claude",
      policy,
      settings,
    });
    await assertRejects(() => session.start(), ClaudeNotFoundError);
  }
  await Deno.remove(folder, { recursive: true });
});
