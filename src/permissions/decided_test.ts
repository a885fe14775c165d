// A decision on a deferred call holds for that call as it was shown, and for no other.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { byTool } from "./by_tool.ts";
import { allOf, firstOf } from "./combine.ts";
import { decide } from "./decide.ts";
import { decided, type DecidedCall } from "./decided.ts";
import { allow, defer, deny } from "./decision.ts";
import { logged } from "./logged.ts";
import { callback } from "./policy.ts";

const context = { signal: new AbortController().signal };
const CALL: DecidedCall = {
  toolUseId: "t1",
  toolName: "Agent",
  input: { prompt: "p", options: { a: 1, b: [{ c: 2, d: 3 }] } },
};

Deno.test("decided: exactly the call that was shown", () => {
  const yes = decided(CALL, allow());
  const table: [Partial<ToolRequest>, string | undefined, string?][] = [
    [{}, "allow"],
    // Another order of keys, as of a database, and another name of the tool.
    [
      { input: { options: { b: [{ d: 3, c: 2 }], a: 1 }, prompt: "p" } },
      "allow",
    ],
    [{ toolName: "Task" }, "allow"],
    [{ toolUseId: "t2" }, undefined],
    [{ toolName: "Bash" }, "deny", "another tool"],
    [{ input: {} }, "deny", "another input"],
    [{ input: { ...CALL.input, more: 1 } }, "deny", "another input"],
    [
      {
        input: JSON.parse(
          '{"__proto__":{},"prompt":"p","options":{"a":1,"b":[{"c":2,"d":3}]}}',
        ),
      },
      "deny",
      "another input",
    ],
    [
      { input: { prompt: "p", options: { a: 1, b: [{ c: 2, d: "3" }] } } },
      "deny",
      "another input",
    ],
  ];
  for (const [change, behavior, why] of table) {
    const decision = decide(yes, { ...CALL, ...change }, context);
    if (decision instanceof Promise) throw new TypeError("expected no promise");
    assertEquals(decision?.behavior, behavior, JSON.stringify(change));
    if (why === undefined || decision?.behavior !== "deny") continue;
    assertStringIncludes(decision.message, why);
  }
  assertEquals(decided(CALL, deny("no")).decide(CALL, context), deny("no"));
  // What was shown is what was approved, whatever it writes.
  assertEquals(yes.decide(CALL, context), allow({ protected: true }));
});

Deno.test("decided: the session learns of its calls through every policy around it", () => {
  const one = decided(CALL, allow());
  const two = decided({ ...CALL, toolUseId: "t2" }, deny("no"));
  const wait = callback(() => defer());
  for (
    const policy of [
      firstOf(one, two),
      firstOf(one, firstOf(two, wait)),
      allOf(one, two),
      byTool({ Bash: one, "*": two }),
      logged(firstOf(one, two), () => {}),
    ]
  ) assertEquals(policy.decides, ["t1", "t2"], policy.name);
  assertEquals(firstOf(wait).decides, undefined);
});

Deno.test("decided: what is no call or no decision is an error", () => {
  const table: [unknown, unknown, string][] = [
    [undefined, allow(), "got undefined"],
    [null, allow(), "got null"],
    [{ ...CALL, toolUseId: "" }, allow(), '"toolUseId"'],
    [{ ...CALL, toolName: 1 }, allow(), '"toolName"'],
    [{ ...CALL, input: "x" }, allow(), '"input"'],
    [{ ...CALL, input: { a: 1n } }, allow(), '"input" to be JSON'],
    [{ ...CALL, input: cyclic() }, allow(), '"input" to be JSON'],
    [CALL, undefined, "expected allow(…), deny(…) or undefined"],
    [CALL, defer(), '"allow" or "deny"'],
    [CALL, { behavior: "allow", updatedInput: {} }, '"updatedInput"'],
  ];
  for (const [call, decision, text] of table) {
    const error = assertThrows(
      () => decided(call as DecidedCall, decision as ReturnType<typeof allow>),
      ConfigError,
    );
    assertStringIncludes(error.message, text);
  }
});

function cyclic(): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  input.self = input;
  return input;
}
