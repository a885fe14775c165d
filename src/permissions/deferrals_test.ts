// A call is left to a later process only if the CLI will come back to it.

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ToolUse } from "../events/blocks.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { Deferrals } from "./deferrals.ts";
import { defer } from "./decision.ts";
import { hookReply } from "./hook_reply.ts";

const DEFERRAL = hookReply(defer());

function call(toolUseId: string, raw: unknown): ToolUse {
  return {
    type: "tool_use",
    raw,
    toolUseId,
    name: "Bash",
    input: {},
    parentToolUseId: null,
    streamed: false,
    index: 0,
    server: false,
  };
}

function said({ hookSpecificOutput }: WireObject): readonly string[] {
  if (!isWireObject(hookSpecificOutput)) return ["nothing"];
  const { permissionDecision, permissionDecisionReason = "" } =
    hookSpecificOutput;
  return [`${permissionDecision}`, `${permissionDecisionReason}`];
}

Deno.test("Deferrals: one call of a turn waits", () => {
  const deferrals = new Deferrals();
  const answer = (id: string, input: WireObject = {}, response = DEFERRAL) =>
    deferrals.checked(input, id, response);
  assertEquals(answer("a"), DEFERRAL);
  // The policy and a hook of the caller may both say so.
  assertEquals(answer("a"), DEFERRAL);
  const [behavior, reason = ""] = said(answer("b"));
  assertEquals(behavior, "deny");
  assertStringIncludes(reason, '"a"');
  const yes = hookReply({ behavior: "allow" });
  assertEquals(answer("c", {}, yes), yes);
  deferrals.turnEnded();
  assertEquals(answer("b"), DEFERRAL);
});

Deno.test("Deferrals: a call of a subagent is denied, and does not count", () => {
  const deferrals = new Deferrals();
  const [behavior, reason = ""] = said(
    deferrals.checked({ agent_id: "a1" }, "a", DEFERRAL),
  );
  assertEquals(behavior, "deny");
  assertStringIncludes(reason, "subagent");
  assertEquals(deferrals.checked({}, "b", DEFERRAL), DEFERRAL);
});

Deno.test("Deferrals: calls that came in one message are denied, as the CLI would run them", () => {
  const deferrals = new Deferrals();
  const whole = {};
  for (const id of ["a", "b"]) deferrals.observe(call(id, whole));
  deferrals.observe(call("c", {}));
  for (const id of ["a", "b"]) {
    const [behavior, reason = ""] = said(deferrals.checked({}, id, DEFERRAL));
    assertEquals(behavior, "deny", id);
    assertStringIncludes(reason, "alone");
  }
  assertEquals(deferrals.checked({}, "c", DEFERRAL), DEFERRAL);
});

Deno.test("a CLI that may run a deferred call at the resume does not get a deferral", () => {
  for (
    const [version, behavior] of [
      ["2.1.197", "deny"],
      ["2.1.278", "deny"],
      ["2.1.284", "deny"],
      ["2.1.285", "defer"],
      ["2.1.332", "defer"],
    ] as const
  ) {
    const deferrals = new Deferrals();
    deferrals.began(version);
    const [said_, reason = ""] = said(deferrals.checked({}, "a", DEFERRAL));
    assertEquals(said_, behavior, version);
    if (behavior === "deny") assertStringIncludes(reason, "2.1.285");
  }
});
