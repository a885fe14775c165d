// A decision holds for its own call, once; the gate asks the policy no more than
// needed.

import { assertEquals } from "@std/assert";
import type { ToolResult } from "../events/blocks.ts";
import { auditEvent } from "./audit.ts";
import {
  allow,
  type Decision,
  defer,
  deny,
  permissionReply,
} from "./decision.ts";
import type { Unheld } from "./unheld.ts";
import { PolicyGate } from "./gate.ts";
import { hookReply, skillReply } from "./hook_reply.ts";
import { callback, denyAll } from "./policy.ts";
import type { PolicyContext } from "./policy_types.ts";

const context = { signal: new AbortController().signal };

const hook = {
  tool_name: "Bash",
  tool_input: { command: "ls" },
  tool_use_id: "t1",
  cwd: "/work",
};
const request = {
  toolName: "Bash",
  input: { command: "ls" },
  toolUseId: "t1",
};

/** A gate over a policy that counts how often it is asked. */
function counting(decision: Decision | undefined) {
  const seen: PolicyContext[] = [];
  const policy = callback((_name, _input, { signal, cwd, callCwd }) => {
    seen.push({
      signal,
      ...cwd === undefined ? {} : { cwd },
      ...callCwd === undefined ? {} : { callCwd },
    });
    return decision;
  });
  return { gate: new PolicyGate(policy, false), seen };
}

Deno.test("the policy is asked once for a call that the CLI asks about", () => {
  const { gate, seen } = counting(allow({ remember: "session" }));
  gate.beforeCall(hook, context);
  assertEquals(
    gate.atQuestion(request, context),
    allow({ remember: "session" }),
  );
  assertEquals(seen.length, 1);
});

Deno.test("a call that was changed since is another call", () => {
  const { gate, seen } = counting(allow({ remember: "session" }));
  gate.beforeCall(hook, context);
  gate.atQuestion({ ...request, input: { command: "rm" } }, context);
  assertEquals(seen.length, 2);
});

Deno.test("a decision holds for its own call, once, and not after the turn", () => {
  const { gate, seen } = counting(allow());
  gate.beforeCall(hook, context);
  gate.atQuestion({ ...request, toolUseId: "t2" }, context);
  assertEquals(seen.length, 2);
  gate.atQuestion(request, context);
  gate.atQuestion(request, context);
  assertEquals(seen.length, 3);
  gate.beforeCall(hook, context);
  gate.forget();
  gate.atQuestion(request, context);
  assertEquals(seen.length, 5);
  const { tool_use_id: _, ...nameless } = hook;
  gate.beforeCall(nameless, context);
  gate.atQuestion({ ...request, toolUseId: "" }, context);
  assertEquals(seen.length, 7);
});

Deno.test("cd moves where calls begin, and not where the session does", () => {
  const { gate, seen } = counting(undefined);
  gate.beforeCall(hook, context);
  gate.beforeCall({ ...hook, cwd: "/etc" }, { ...context, cwd: "/etc" });
  assertEquals(seen.map(({ cwd, callCwd }) => [cwd, callCwd]), [
    ["/work", "/work"],
    ["/work", "/etc"],
  ]);
  // A hook of somebody else changed the call: its paths begin where the CLI is.
  gate.atQuestion({ ...request, input: { command: "pwd" } }, context);
  assertEquals(seen.at(-1)?.callCwd, "/etc");
});

Deno.test("a tool that ran without the hook gives the CLI away", () => {
  const result = (isError: boolean, server = false) =>
    ({
      type: "tool_result",
      toolName: "Bash",
      isError,
      server,
    }) as ToolResult;
  const { gate } = counting(allow());
  // What the API runs itself comes to no hook.
  assertEquals(gate.wasPassedBy(result(false, true)), false);
  assertEquals(gate.wasPassedBy(result(true)), false);
  assertEquals(gate.wasPassedBy(result(false)), true);
  gate.beforeCall(hook, context);
  assertEquals(gate.wasPassedBy(result(false)), false);
});

Deno.test("an event says what the answer says", () => {
  const raw = { request_id: "r" };
  const about = {
    by: "policy",
    policy: "p",
    sessionId: "s",
    remember: undefined,
  } as const;
  const inHook = (decision: Decision | undefined) =>
    auditEvent(
      {
        kind: "hook",
        callbackId: "x",
        input: { ...hook, agent_id: "a1" },
        toolUseId: "t1",
        raw,
      },
      hookReply(decision),
      about,
    );
  const base = {
    type: "permission_decision",
    sessionId: "s",
    toolName: "Bash",
    toolUseId: "t1",
  } as const;
  const hooked = { ...base, agentId: "a1", by: "policy", policy: "p" } as const;
  assertEquals<unknown>(inHook(undefined), {
    ...hooked,
    behavior: "undecided",
  });
  assertEquals<unknown>(inHook(allow()), { ...hooked, behavior: "allow" });
  assertEquals<unknown>(inHook(allow({ input: { command: "pwd" } })), {
    ...hooked,
    behavior: "allow",
    inputChanged: true,
  });
  assertEquals<unknown>(inHook(deny("no")), {
    ...hooked,
    behavior: "deny",
    reason: "no",
  });
  // It only brings the question.
  assertEquals(inHook(deny("no", { interrupt: true })), undefined);
  assertEquals(
    inHook(allow({ remember: "user", input: {} })),
    undefined,
  );
  assertEquals(inHook(allow({ remember: "user" }))?.behavior, "undecided");
  assertEquals(inHook(allow())?.raw, raw);

  const suggestions = [{
    type: "addRules",
    rules: [{ toolName: "Bash", ruleContent: "ls" }],
    behavior: "allow",
    destination: "localSettings",
  }];
  const atQuestion = (decision: Decision, more = {}) =>
    auditEvent(
      { kind: "permission", request: { ...request, ...more }, raw },
      permissionReply(decision, { ...request, ...more }),
      { ...about, by: "consumer" },
    );
  const asked = { ...base, by: "consumer" } as const;
  assertEquals<unknown>(atQuestion(allow()), { ...asked, behavior: "allow" });
  assertEquals<unknown>(
    atQuestion(allow({ remember: "user" }), { suggestions }),
    {
      ...asked,
      behavior: "allow",
      remember: "user",
    },
  );
  // Nothing to remember, so nothing was.
  assertEquals<unknown>(atQuestion(allow({ remember: "user" })), {
    ...asked,
    behavior: "allow",
  });
  assertEquals<unknown>(atQuestion(deny("no", { interrupt: true })), {
    ...asked,
    behavior: "deny",
    reason: "no",
  });
});

Deno.test("an answer of the schema that was asked for is no call", () => {
  const answer = { ...hook, tool_name: "StructuredOutput" };
  for (const asksForOutput of [true, false]) {
    const gate = new PolicyGate(denyAll(), asksForOutput);
    assertEquals(gate.isAnswer(answer), asksForOutput);
    assertEquals(gate.isAnswer(hook), false);
  }
});

Deno.test("where the CLI asks about nothing, nothing is remembered", () => {
  const decision = allow({ remember: "session" });
  assertEquals(hookReply(decision), {});
  assertEquals(
    hookReply(decision, { canAsk: false }),
    hookReply(allow()),
  );
});

Deno.test("a call that hooks of somebody else may change is allowed at its question alone", () => {
  for (const canAsk of [true, false]) {
    for (const made of [undefined, { command: "made" }]) {
      for (
        const decision of [
          allow(),
          allow({ input: { command: "given" } }),
          allow({ remember: "session" }),
        ]
      ) {
        assertEquals(
          hookReply(decision, { canAsk, hasForeignHooks: true, made }),
          {
            hookSpecificOutput: {
              hookEventName: "PreToolUse",
              permissionDecision: "ask",
              ...made === undefined ? {} : { updatedInput: made },
            },
          },
        );
      }
    }
  }
});

Deno.test("hooks of somebody else are possible until the settings are known to hold none", () => {
  const { gate } = counting(allow());
  const own = { ...hook };
  assertEquals(gate.hasForeignHooks(own), true);
  for (
    const [effective, expected] of [
      [{}, false],
      [undefined, true],
      [{ hooks: { Stop: [], PostToolUse: [] } }, false],
      [{ hooks: { PreToolUse: [] } }, true],
      [{ hooks: { PermissionRequest: [] } }, true],
      [{ hooks: "none" }, true],
      ["what", true],
    ] as const
  ) {
    gate.learnSettings(effective);
    assertEquals(gate.hasForeignHooks(own), expected);
  }
  gate.learnSettings({});
  // An agent may have hooks of its own.
  assertEquals(gate.hasForeignHooks({ ...own, agent_id: "a" }), true);
  // The one that the session runs as has no id.
  assertEquals(gate.hasForeignHooks({ ...own, agent_type: "a" }), true);
  const builtin = { name: "of the CLI", path: "builtin" };
  gate.began({ type: "system_init", plugins: [builtin] } as never);
  gate.began({ type: "system_init" } as never);
  assertEquals(gate.hasForeignHooks(own), false);
  gate.beforeCall({ ...hook, tool_name: "Skill" }, context);
  assertEquals(gate.hasForeignHooks(own), true);
  const { gate: other } = counting(allow());
  other.learnSettings({});
  other.began(
    {
      type: "system_init",
      plugins: [builtin, { name: "p", path: "/p" }],
    } as never,
  );
  assertEquals(other.hasForeignHooks(own), true);
});

Deno.test("hookReply() asks where hooks of somebody else may change the call", () => {
  const foreign = { hasForeignHooks: true };
  const made = { command: "made" };
  const said = (permissionDecision: string, more = {}) => ({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision,
      ...more,
    },
  });
  const rows: [Parameters<typeof hookReply>, unknown][] = [
    [[allow()], said("allow")],
    [[allow(), { made }], said("allow", { updatedInput: made })],
    [
      [allow({ input: { command: "mine" } }), { made }],
      said("allow", { updatedInput: { command: "mine" } }),
    ],
    [[allow(), foreign], said("ask")],
    [[allow(), { ...foreign, made }], said("ask", { updatedInput: made })],
    [[allow({ input: made }), foreign], said("ask")],
    [[allow({ remember: "session" }), foreign], said("ask")],
    [[allow({ remember: "session" })], {}],
    [
      [allow({ remember: "session" }), { made }],
      said("ask", { updatedInput: made }),
    ],
    [[undefined, foreign], {}],
    [[undefined, { made }], {}],
    [[deny("no"), foreign], said("deny", { permissionDecisionReason: "no" })],
    [[deny("no", { interrupt: true })], said("ask")],
    // A hook PermissionRequest of the settings could say yes to that question.
    [[deny("no", { interrupt: true }), foreign], {
      ...said("deny", { permissionDecisionReason: "no" }),
      continue: false,
      stopReason: "no",
    }],
  ];
  for (const [args, expected] of rows) {
    assertEquals<unknown>(hookReply(...args), expected);
  }
});

Deno.test("skillReply() allows as it is or not at all", () => {
  const said = (decision: Decision) => {
    const { hookSpecificOutput } = skillReply(decision, request);
    const { permissionDecision, permissionDecisionReason } =
      hookSpecificOutput as Record<string, unknown>;
    return [permissionDecision, permissionDecisionReason];
  };
  assertEquals(said(allow()), ["allow", undefined]);
  assertEquals(said(allow({ remember: "user" })), ["allow", undefined]);
  assertEquals(said(allow({ input: { command: "ls" } })), ["allow", undefined]);
  assertEquals(said(deny("no", { interrupt: true })), ["deny", "no"]);
  const [behavior, reason] = said(allow({ input: { command: "ls -l" } }));
  assertEquals(behavior, "deny");
  assertEquals(`${reason}`.includes("cannot be changed"), true);
});

Deno.test("a path that the CLI made absolute is the one that was decided on", () => {
  const rows: [tool: string, decided: string, used: string, may: boolean][] = [
    ["Write", "b.txt", "/work/b.txt", true],
    ["Write", " ./a/../b.txt ", "/work/b.txt", true],
    ["Write", "e\u0301", "/work/\u00e9", true],
    ["Write", "/work/./b.txt", "/work/b.txt", true],
    ["Write", "b.txt", "/elsewhere/b.txt", false],
    ["Write", "b.txt", "/work/c.txt", false],
    ["Write", "/b.txt", "/work/b.txt", false],
    ["Write", "~/b.txt", "/work/~/b.txt", false],
    ["Edit", "b.txt", "/work/b.txt", true],
    ["Task", "b.txt", "/work/b.txt", false],
    ["mcp__fs__write", "b.txt", "/work/b.txt", false],
  ];
  for (const [tool, decided, used, may] of rows) {
    const key = tool === "Task" ? "subagent_type" : "file_path";
    // It would not allow again what ran.
    const policy = callback((_name, input) =>
      input[key] === "asked"
        ? allow({ input: { [key]: decided } })
        : deny("another")
    );
    const gate = new PolicyGate(policy, false);
    const call = { ...hook, tool_name: tool, tool_input: { [key]: "asked" } };
    const decision = gate.beforeCall(call, context) as Decision;
    gate.answered(
      { toolName: tool, input: { [key]: "asked" }, toolUseId: "t1" },
      hookReply(decision),
    );
    assertEquals(
      gate.faultOfRun({ ...call, tool_input: { [key]: used } }, context),
      may ? undefined : "changed",
      `${tool} ${decided} ${used}`,
    );
  }
});

Deno.test("what ran is compared with what was decided, whoever decided", () => {
  const allowsLs = callback((_name, { command }) =>
    command === "ls" ? allow() : command === "open" ? undefined : deny()
  );
  const yes = hookReply(allow());
  const no = hookReply(deny());
  const rows: [
    name: string,
    answers: readonly ("heard" | Record<string, unknown>)[],
    ran: Record<string, unknown>,
    fault?: Unheld,
  ][] = [
    ["as allowed", ["heard", yes], { command: "ls" }],
    ["with a default", ["heard", yes], {
      command: "ls",
      run_in_background: false,
      description: null,
    }],
    ["changed", ["heard", yes], { command: "rm" }, "changed"],
    ["with more", ["heard", yes], { command: "rm", x: true }, "changed"],
    [
      "changed to what is allowed",
      [
        "heard",
        hookReply(allow({ input: { command: "pwd" } })),
      ],
      { command: "ls" },
    ],
    ["changed to what is left open", ["heard", yes], {
      command: "open",
    }, "changed"],
    ["left open, and changed to what is left open", ["heard", {}], {
      command: "open",
    }],
    ["left open, and changed to what is denied", ["heard", {}], {
      command: "rm",
    }, "changed"],
    [
      "a person's own input",
      ["heard", {}, {
        behavior: "allow",
        updatedInput: { command: "rm" },
      }],
      { command: "rm" },
    ],
    [
      "another than a person's",
      ["heard", {}, {
        behavior: "allow",
        updatedInput: { command: "rm" },
      }],
      { command: "rm -r" },
      "changed",
    ],
    ["denied in the hook", ["heard", no], { command: "rm" }, "denied"],
    [
      "denied at the question",
      ["heard", {}, {
        behavior: "deny",
        message: "no",
      }],
      { command: "rm" },
      "denied",
    ],
    ["never heard of", [], { command: "rm" }, "unasked"],
    ["never heard of, and allowed", [], { command: "ls" }],
    ["deferred", ["heard", hookReply(defer())], { command: "rm" }, "deferred"],
    [
      "a question that was denied",
      ["heard", yes, {
        behavior: "deny",
        message: "no",
      }],
      { command: "rm" },
      "denied",
    ],
  ];
  for (const [name, answers, ran, fault] of rows) {
    const gate = new PolicyGate(allowsLs, false);
    for (const answer of answers) {
      if (answer === "heard") gate.beforeCall(hook, context);
      else gate.answered(request, answer);
    }
    const after = { ...hook, tool_input: ran };
    assertEquals(gate.faultOfRun(after, context), fault, name);
  }
});

Deno.test("a call of a subagent is known after the end of the turn, another is not", () => {
  for (const agent_id of [undefined, "a1"]) {
    const { gate, seen } = counting(allow());
    const input = { ...hook, ...agent_id === undefined ? {} : { agent_id } };
    gate.beforeCall(input, context);
    gate.answered(
      { ...request, ...agent_id === undefined ? {} : { agentId: agent_id } },
      hookReply(allow()),
    );
    gate.forget();
    assertEquals(gate.faultOfRun(input, context), undefined);
    assertEquals(seen.length, agent_id === undefined ? 2 : 1);
  }
});
