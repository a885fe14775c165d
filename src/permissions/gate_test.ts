import { assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../events/mod.ts";
import { auditEvent } from "./audit.ts";
import { allow, type Decision, deny, permissionReply } from "./decision.ts";
import { hookReply, PolicyGate } from "./gate.ts";
import { callback, denyAll, type PolicyContext } from "./policy.ts";

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
});

Deno.test("a tool that ran without the hook gives the CLI away", () => {
  const result = (isError: boolean, server = false) =>
    [{
      type: "tool_result",
      toolName: "Bash",
      isError,
      server,
    }] as ClaudeEvent[];
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
  const about = { by: "policy", policy: "p", sessionId: "s" } as const;
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
    hookReply(decision, false),
    hookReply(allow()),
  );
});
