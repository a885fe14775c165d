// Policies decide as they say; whatever is no explicit yes denies.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import {
  allow,
  type Decision,
  decisionIssue,
  DEFAULT_DENIAL,
  deny,
  permissionReply,
} from "./decision.ts";
import { allOf } from "./combine.ts";
import { decide, unattendedDenial } from "./decide.ts";
import {
  allowAll,
  allowBuiltins,
  allowList,
  askUser,
  callback,
  denyAll,
} from "./policy.ts";
import type { Policy } from "./policy_types.ts";
import { writePaths } from "./write_paths.ts";

const context = { signal: new AbortController().signal };

function request(toolName: string, input = {}): ToolRequest {
  return { toolName, input, toolUseId: "t1" };
}

function verdict(policy: Policy, toolName: string, input = {}) {
  const decision = decide(policy, request(toolName, input), context);
  if (decision instanceof Promise) throw new Error("expected no promise");
  return decision?.behavior;
}

Deno.test("the policies decide as they say", () => {
  const list = allowList(["Read", "Bash(git *)"]);
  const table: [Policy, string, object, "allow" | "deny" | undefined][] = [
    [allowAll(), "Bash", {}, "allow"],
    [allowAll(), "mcp__db__query", {}, "allow"],
    [allowAll(), "AskUserQuestion", {}, undefined],
    [denyAll(), "Read", {}, "deny"],
    [allowBuiltins(), "Bash", {}, "allow"],
    [allowBuiltins(), "Task", {}, "allow"],
    [allowBuiltins(), "mcp__db__query", {}, undefined],
    [allowBuiltins(), "SomethingNew", {}, undefined],
    [allowBuiltins({ except: ["Bash"] }), "Bash", {}, undefined],
    [list, "Read", {}, "allow"],
    [list, "Bash", { command: "git log" }, "allow"],
    [list, "Bash", { command: "git log; rm x" }, "deny"],
    [list, "Write", {}, "deny"],
    [
      callback((name) => name !== "Bash" ? allow() : deny("no")),
      "Bash",
      {},
      "deny",
    ],
    [callback(() => undefined), "Bash", {}, undefined],
    [askUser(), "Bash", {}, undefined],
    [askUser(), "AskUserQuestion", {}, undefined],
  ];
  for (const [policy, tool, input, expected] of table) {
    assertEquals(
      verdict(policy, tool, input),
      expected,
      `${policy.name} ${tool}`,
    );
  }
});

Deno.test("allowBuiltins refuses to except what is not built in", () => {
  assertThrows(() => allowBuiltins({ except: ["Bahs"] }), ConfigError, "Bahs");
});

Deno.test("callback gets the name, the input and the rest of the request", () => {
  const seen: unknown[] = [];
  const policy = callback((name, input, more) => {
    seen.push(name, input, more.toolUseId, more.signal === context.signal);
    return undefined;
  });
  verdict(policy, "Bash", { command: "ls" });
  assertEquals(seen, ["Bash", { command: "ls" }, "t1", true]);
});

Deno.test("whatever is no explicit yes denies", async () => {
  const wrong: unknown[] = [
    null,
    true,
    "allow",
    {},
    { behavior: "yes" },
    { behavior: "allow", input: "ls" },
    { behavior: "allow", remember: "for ever" },
    { behavior: "deny" },
    { behavior: "deny", message: "" },
    { behavior: "deny", message: "no", interrupt: "yes" },
    // The wire's own word for it: the tool would run with the old input.
    { behavior: "allow", updatedInput: { command: "ls" } },
    { behavior: "allow", input: { at: 1n } },
    { behavior: "allow", input: { toJSON: () => "text" } },
    { behavior: "allow", input: [] },
    {
      get behavior(): string {
        throw new Error("no plain data");
      },
    },
    [],
  ];
  for (const answer of wrong) {
    const policy = callback(() => answer as Decision);
    assertEquals(verdict(policy, "Bash"), "deny", `${typeof answer}`);
    const later = callback(() => Promise.resolve(answer as Decision));
    const decision = await decide(later, request("Bash"), context);
    assertEquals(decision?.behavior, "deny");
  }
  // Of whatever make a promise is: what it gives has to be a yes, and not the promise.
  for (const [given, expected] of [[allow(), "allow"], [{}, "deny"]] as const) {
    const thenable = {
      then: (resolve: (value: unknown) => void) => resolve(given),
      behavior: "allow",
    };
    const policy = callback(() => thenable as unknown as Decision);
    const decision = await decide(policy, request("Bash"), context);
    assertEquals(decision?.behavior, expected);
  }
  const textless = callback(() => {
    throw Object.create(null);
  });
  assertEquals(verdict(textless, "Bash"), "deny");
  const untold = callback(() => {
    throw Object.defineProperty(new Error(), "message", {
      get: () => {
        throw new Error("no message");
      },
    });
  });
  assertEquals(verdict(untold, "Bash"), "deny");
  const throwing = callback(() => {
    throw new Error("out of order");
  });
  assertEquals(verdict(throwing, "Bash"), "deny");
  const rejecting = callback(() => Promise.reject(new Error("out of order")));
  const decision = await decide(rejecting, request("Bash"), context);
  assertEquals(
    decision,
    deny('The policy "callback" failed: out of order'),
  );
});

Deno.test("a decision is what it was when it was given", async () => {
  const given = { command: "ls" };
  const late = callback(() => Promise.resolve(allow({ input: given })));
  const now = callback(() => allow({ input: given }));
  const decided = [
    decide(now, request("Bash"), context),
    await decide(late, request("Bash"), context),
  ];
  given.command = "rm";
  for (const decision of decided) {
    assertEquals(decision, allow({ input: { command: "ls" } }));
  }
  const odd = {
    command: "ls",
    toJSON: () => ({ command: "rm" }),
  };
  // A policy behind it sees what would run.
  const seen: unknown[] = [];
  const policy = allOf(
    callback(() => allow({ input: odd })),
    callback((_name, input) => void seen.push(input)),
  );
  assertEquals(verdict(policy, "Bash"), "allow");
  assertEquals(seen, [{ command: "rm" }]);
  let reads = 0;
  const turning = callback(() =>
    ({
      get behavior() {
        return reads++ === 0 ? "deny" : "allow";
      },
    }) as unknown as Decision
  );
  assertEquals(verdict(turning, "Bash"), "deny");
});

Deno.test("permissionReply writes what the CLI takes", () => {
  const call = {
    ...request("Bash", { command: "ls" }),
    suggestions: [
      {
        type: "addRules",
        rules: [{ toolName: "Bash", ruleContent: "ls" }],
        behavior: "allow",
        destination: "localSettings",
      },
      { type: "setMode", mode: "acceptEdits", destination: "session" },
    ],
  };
  assertEquals(permissionReply(allow(), call), {
    behavior: "allow",
    updatedInput: { command: "ls" },
  });
  assertEquals(permissionReply(allow({ input: { command: "pwd" } }), call), {
    behavior: "allow",
    updatedInput: { command: "pwd" },
  });
  assertEquals(permissionReply(allow({ remember: "session" }), call), {
    behavior: "allow",
    updatedInput: { command: "ls" },
    updatedPermissions: [{
      type: "addRules",
      rules: [{ toolName: "Bash", ruleContent: "ls" }],
      behavior: "allow",
      destination: "session",
    }],
  });
  // The suggestion is about the command that was asked about, not about this one.
  assertEquals(
    permissionReply(
      allow({ input: { command: "pwd" }, remember: "session" }),
      call,
    ),
    { behavior: "allow", updatedInput: { command: "pwd" } },
  );
  assertEquals(permissionReply(allow({ input: {} }), call), {
    behavior: "deny",
    message: '"Bash" cannot run with an empty input',
  });
  assertEquals(permissionReply(allow({ input: {} }), request("ExitPlanMode")), {
    behavior: "allow",
    updatedInput: {},
  });
  // Without a suggestion the name alone would allow every call of the tool.
  assertEquals(
    permissionReply(allow({ remember: "user" }), request("Bash")),
    { behavior: "allow", updatedInput: {} },
  );
  assertEquals(
    permissionReply(allow({ remember: "user" }), request("mcp__db__query")),
    {
      behavior: "allow",
      updatedInput: {},
      updatedPermissions: [{
        type: "addRules",
        rules: [{ toolName: "mcp__db__query" }],
        behavior: "allow",
        destination: "userSettings",
      }],
    },
  );
  assertEquals(permissionReply(deny(), call), {
    behavior: "deny",
    message: DEFAULT_DENIAL,
  });
  assertEquals(permissionReply(deny("no", { interrupt: true }), call), {
    behavior: "deny",
    message: "no",
    interrupt: true,
  });
});

Deno.test("decisionIssue takes what allow and deny make", () => {
  for (const decision of [allow(), allow({ input: {} }), deny(), deny("x")]) {
    assertEquals(decisionIssue(decision), undefined);
  }
});

Deno.test("unattendedDenial says how to allow the call", () => {
  const decision = unattendedDenial(request("Bash"), undefined);
  assertEquals(decision.behavior, "deny");
  if (decision.behavior === "deny") {
    assertEquals(decision.message.includes('allowList(["Bash"])'), true);
  }
});

Deno.test("policies say what they are made of", () => {
  const wrong = "Read" as unknown as readonly string[];
  const rows: readonly [() => unknown, string][] = [
    [() => allowList(wrong), `a list of rules such as ["Read"], got string`],
    [() => writePaths(wrong), `a list of paths such as ["src"], got string`],
    [
      () => callback(undefined as unknown as () => undefined),
      "expected a function, got undefined",
    ],
  ];
  for (const [make, part] of rows) {
    const { message } = assertThrows(make, ConfigError);
    assert(message.includes(part), message);
  }
});
