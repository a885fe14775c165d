// Hooks against the scripted Claude: what is told at the handshake, what is written for
// each answer, and what happens when a hook fails or its answer is no longer wanted.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  allowList,
  AsyncSession,
  ConfigError,
  type HandlerFailure,
  hook,
  HOOK_EVENTS,
  type HookCall,
  type HookInput,
  type HookInputBase,
  type HookOptions,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { type HookEvent, readHookInput } from "../../src/hooks/inputs.ts";
import {
  type JsonObject,
  type Scenario,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";
import { readTranscripts } from "../support/transcripts.ts";

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

/** The lines of the host of one type. */
function sent(claude: ScriptedClaude, type: string): JsonObject[] {
  return claude.received.filter((line) => line.type === type);
}

function handshake(claude: ScriptedClaude): JsonObject {
  const [line] = sent(claude, "control_request");
  return line?.request as JsonObject;
}

function answers(claude: ScriptedClaude): unknown[] {
  return sent(claude, "control_response").map((line) => line.response);
}

Deno.test("hooks are told at the handshake, the policy's last", async () => {
  const run = () => undefined;
  await using on = await pair(step.conversation([]), {
    policy: allowList(["Read"]),
    hooks: {
      Stop: [{ run }],
      PreToolUse: [
        { matcher: "Bash", run, timeoutMs: 1500 },
        { matcher: /Bash/, run, onFailure: "continue" },
      ],
      UserPromptSubmit: [{ run, onFailure: "block" }],
    },
  });
  await on.session.start();
  const { hooks } = handshake(on.claude) as {
    hooks: Record<string, JsonObject[]>;
  };
  const last = hooks.PreToolUse?.at(-1);
  assertEquals(last?.hookCallbackIds, ["claudestream:policy"]);
  // Those that only listen are in src/host/policy_hooks_test.ts.
  const {
    PreSkillShellCommand: _skill,
    PostToolUse: _ran,
    PostToolUseFailure: _failed,
    ConfigChange: _settings,
    UserPromptExpansion: _expansion,
    ...rest
  } = hooks;
  assertEquals<unknown>(
    { ...rest, PreToolUse: rest.PreToolUse?.slice(0, -1) },
    {
      PreToolUse: [
        {
          matcher: "Bash",
          hookCallbackIds: ["claudestream:PreToolUse:0"],
          timeout: 1.5,
          onFailure: "block",
        },
        {
          matcher: "(?:Bash)",
          hookCallbackIds: ["claudestream:PreToolUse:1"],
        },
      ],
      Stop: [{ hookCallbackIds: ["claudestream:Stop:0"] }],
      UserPromptSubmit: [{
        hookCallbackIds: ["claudestream:UserPromptSubmit:0"],
        onFailure: "block",
      }],
    },
  );
});

Deno.test("every event reaches its hook, whatever its input looks like", async () => {
  const seen: HookInput[] = [];
  const hooks = Object.fromEntries(
    HOOK_EVENTS.map((event) => [event, [{
      run: (input: HookInput) => void seen.push(input),
    }]]),
  ) as HookOptions;
  const steps = HOOK_EVENTS.flatMap((event) =>
    [
      {},
      { hook_event_name: event, tool_name: 7, tool_input: [], effort: "x" },
    ].map((input) => step.hookCallback(`claudestream:${event}:0`, input))
  );
  // The player calls hooks of its own accord as well: with inputs that fit.
  await using on = await pair(step.conversation([[...steps]]), { hooks });
  await on.session.ask("go");
  const strange = seen.filter(({ raw }) => raw.session_id === undefined);
  assertEquals(strange.length, 2 * HOOK_EVENTS.length);
  const call = strange.find(({ hookEventName }) =>
    hookEventName === "PreToolUse"
  );
  assert(call?.hookEventName === "PreToolUse");
  // What does not fit comes as it came, so that a hook can still say no.
  assertEquals<unknown>([call.toolName, call.toolInput], [7, []]);
  assert(!Object.keys(call).includes("raw"));
});

Deno.test("each recorded input has all its fields under our names", () => {
  const events = new Set<string>();
  for (const { name, lines } of readTranscripts()) {
    for (const line of lines.filter((line) => line.includes("hook_callback"))) {
      const { request } = JSON.parse(line);
      if (request?.subtype !== "hook_callback") continue;
      const event: HookEvent = request.input.hook_event_name;
      const input = readHookInput(event, request.input);
      events.add(event);
      assertEquals(
        Object.keys(input).length,
        Object.keys(request.input).length,
        `${name}: ${event}: ${Object.keys(request.input)}`,
      );
      // The lists inside are read too, not handed on as they came.
      assert(!JSON.stringify(Object.keys(input)).includes("_"));
    }
  }
  assert(events.size >= 15, `${events.size}`);
});

Deno.test("what a hook of PreToolUse does wrong is a denial in writing", async () => {
  const bad: unknown[] = [
    () => {
      throw new Error("broken");
    },
    () => Promise.reject(new Error("broken")),
    () => null,
    () => "allow",
    () => true,
    () => [],
    () => ({ permissionDecision: "deny" }),
    () => ({ hookSpecificOutput: { hookEventName: "Stop" } }),
    () => ({ hookSpecificOutput: { permissionDecision: "maybe" } }),
    () => ({ hookSpecificOutput: { updatedInput: "ls" } }),
    () => ({ continue: "no" }),
    () => ({ decision: "allow" }),
    () => hook.allow({ input: { at: 1n } }),
  ];
  const failures: HandlerFailure[] = [];
  const ids = bad.map((_, index) => `claudestream:PreToolUse:${index}`);
  await using on = await pair(
    step.conversation([
      ids.map((id) => step.hookCallback(id, { hook_event_name: "PreToolUse" })),
    ]),
    { hooks: { PreToolUse: bad.map((run) => ({ run: run as never })) } },
  );
  using _ = on.session.on("handler_failed", (one) => failures.push(one));
  await on.session.ask("go");
  const written = answers(on.claude) as {
    subtype: string;
    response: { hookSpecificOutput: JsonObject };
  }[];
  assertEquals(written.length, bad.length);
  for (const { subtype, response } of written) {
    assertEquals(subtype, "success");
    const { permissionDecision, permissionDecisionReason, hookEventName } =
      response.hookSpecificOutput;
    assertEquals([hookEventName, permissionDecision], ["PreToolUse", "deny"]);
    assert(`${permissionDecisionReason}`.includes("failed: "));
  }
  assertEquals(failures.length, bad.length);
  assert(failures.every(({ isSilent }) => !isSilent));
});

Deno.test("a hook of another event that fails is no opinion, and told", async () => {
  const failures: HandlerFailure[] = [];
  await using on = await pair(
    step.conversation([[
      step.hookCallback("claudestream:Notification:0", {}),
      step.hookCallback("claudestream:PermissionRequest:0", {}),
      step.hookCallback("claudestream:PreCompact:0", {}),
      step.hookCallback("unknown", {}),
    ]]),
    {
      hooks: {
        Notification: [{ run: () => hook.deny("x") as never }],
        PermissionRequest: [{ run: () => 1 as never, onFailure: "block" }],
        PreCompact: [{ run: () => 1 as never, onFailure: "block" }],
      },
    },
  );
  using _ = on.session.on("handler_failed", (one) => failures.push(one));
  await on.session.ask("go");
  const [notified, permission, compact, unknown] = answers(on.claude) as {
    response?: JsonObject;
    error?: string;
  }[];
  assertEquals(notified?.response, {});
  assertEquals(
    (permission?.response?.hookSpecificOutput as JsonObject | undefined)
      ?.hookEventName,
    "PermissionRequest",
  );
  // No answer of this hook can block; an error with onFailure can.
  assert(compact?.error?.includes("PreCompact"));
  assert(unknown?.error?.includes("No such hook"));
  assertEquals(
    failures.map(({ handler, isSilent }) => [handler, isSilent]),
    [["Notification", true], ["PermissionRequest", false], [
      "PreCompact",
      false,
    ]],
  );
});

Deno.test("a withdrawn hook's signal aborts, and its answer is not written", async () => {
  const aborted = Promise.withResolvers<void>();
  await using on = await pair(
    step.conversation([[
      step.hookCallback(
        "claudestream:Stop:0",
        { hook_event_name: "Stop" },
        { id: "one", wait: false },
      ),
      step.cancelRequest("one"),
      step.gate("withdrawn"),
      step.text("done"),
    ]]),
    {
      hooks: {
        Stop: [{
          run: ({ raw }, { signal }) =>
            raw.session_id !== undefined
              // The player's own, at the end of the turn.
              ? undefined
              : new Promise((_, reject) => {
                signal.addEventListener("abort", () => {
                  aborted.resolve();
                  reject(signal.reason);
                });
              }),
        }],
      },
    },
  );
  const failures: HandlerFailure[] = [];
  using _ = on.session.on("handler_failed", (one) => failures.push(one));
  const turn = on.session.send("go");
  await aborted.promise;
  await on.claude.release("withdrawn");
  assertEquals(await turn.text(), "done");
  assertEquals(
    answers(on.claude).filter((answer) =>
      (answer as JsonObject).request_id === "one"
    ),
    [],
  );
  // Giving up when the answer is no longer wanted is not a failure.
  assertEquals(failures, []);
});

Deno.test("hooks that could never be called are ConfigErrors", () => {
  const run = () => undefined;
  const cases: [unknown, string][] = [
    [[], "expected an object of lists"],
    [{ PreTooluse: [] }, `did you mean "PreToolUse"?`],
    [{ pre_tool_use: [] }, `did you mean "PreToolUse"?`],
    [{ PreTool: [] }, `did you mean "PreToolUse"?`],
    [{ userPrompt: [] }, `did you mean "UserPromptSubmit"?`],
    [{ SubagentStopp: [] }, `did you mean "SubagentStop"?`],
    [{ "On-Save": [] }, `Unknown hook event "On-Save": expected a name`],
    [{ PreNap: run }, "hooks.PreNap: expected a list"],
    [
      { PreNap: [{ run, timeout: 5 }] },
      `did you mean "hooks.PreNap.0.timeoutMs"?`,
    ],
    [{ Stop: run }, "hooks.Stop: expected a list"],
    [{ Stop: [run] }, "hooks.Stop.0: expected an object"],
    [{ Stop: [{}] }, "hooks.Stop.0.run: expected a function"],
    [{ Stop: [{ run, timeout: 5 }] }, `did you mean "hooks.Stop.0.timeoutMs"?`],
    [{ Stop: [{ run, timeoutMs: 0 }] }, "milliseconds above 0"],
    [{ Stop: [{ run, timeoutMs: NaN }] }, "milliseconds above 0"],
    [{ Stop: [{ run, onFailure: "block" }] }, "knows no other here"],
    [{ PreToolUse: [{ run, onFailure: "x" }] }, "one of continue, block"],
    [{ PreToolUse: [{ run, matcher: "(" }] }, "a regular expression"],
    [{ PreToolUse: [{ run, matcher: /bash/i }] }, "no flags"],
    [{ PreToolUse: [{ run, matcher: ["Bash"] }] }, "a text or a RegExp"],
  ];
  for (const [hooks, text] of cases) {
    assertThrows(
      () => new AsyncSession({ hooks: hooks as HookOptions }),
      ConfigError,
      text,
    );
  }
  // Seen with CLI 2.1.330: these turn all hooks off, also those of the host.
  const hooks: HookOptions = { PreToolUse: [{ run }] };
  const off: SessionOptions[] = [
    { bare: true },
    { env: { CLAUDE_CODE_SIMPLE: "1" } },
  ];
  for (const options of off) {
    assertThrows(
      () => new AsyncSession({ hooks, ...options }),
      ConfigError,
      "the CLI calls none then",
    );
  }
});

for (const kind of ["async", "blocking"] as const) {
  Deno.test(`an event that is not known reaches its hook, and is warned of once (${kind})`, async () => {
    const seen: unknown[] = [];
    const logged: string[] = [];
    const hooks = {
      PreNap: [{
        matcher: "short",
        run: (input: HookInputBase<string>, call: HookCall) => {
          seen.push([
            input.hookEventName,
            input.cwd,
            input.raw.nap,
            call.event,
          ]);
          return { hookSpecificOutput: { nap: "long" } };
        },
      }],
      // Nothing to be said of: there is no hook.
      PostNap: [],
    };
    const callback = step.hookCallback("claudestream:PreNap:0", {
      hook_event_name: "PreNap",
      cwd: "/",
      nap: { minutes: 5 },
    });
    await using claude = await ScriptedClaude.create(
      step.conversation([[callback], []]),
    );
    const log = (text: string) => void logged.push(text);
    const options: SyncSessionOptions = {
      claudePath: claude.command,
      hooks,
      logger: { error: log, warn: log, info: () => {}, debug: () => {} },
    };
    const session = kind === "async"
      ? new AsyncSession(options)
      : new SyncSession(options);
    const warnings: unknown[] = [];
    session.on("warning", ({ kind, what, needs }) => {
      warnings.push([kind, what, needs]);
    });
    await session.ask("one");
    await session.ask("two");
    await session.close();
    assertEquals(logged.length, 1, logged.join());
    assert(logged[0]?.includes("hooks.PreNap"), logged[0]);
    assertEquals(warnings, [["hook", "hooks.PreNap", undefined]]);
    assertEquals(seen, [["PreNap", "/", { minutes: 5 }, "PreNap"]]);
    assertEquals<unknown>(
      answers(claude).map((answer) => (answer as JsonObject).response),
      [{ hookSpecificOutput: { nap: "long", hookEventName: "PreNap" } }],
    );
    const { hooks: told } = handshake(claude) as { hooks: JsonObject };
    assertEquals<unknown>(told, {
      PreNap: [{
        matcher: "short",
        hookCallbackIds: ["claudestream:PreNap:0"],
      }],
    });
  });
}
