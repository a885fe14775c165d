// Combined policies decide as they say, and deny if one of them fails.

import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { byTool } from "./by_tool.ts";
import { allOf, firstOf } from "./combine.ts";
import { allow, type Decision, defer, deny } from "./decision.ts";
import { byExplaining } from "./explain.ts";
import { logged, type PolicyRecord } from "./logged.ts";
import { allowAll, allowList, callback, denyAll } from "./policy.ts";
import type { Policy, SyncPolicy } from "./policy_types.ts";
import { readOnly } from "./read_only.ts";

const context = { signal: new AbortController().signal };

function request(toolName: string, input = {}): ToolRequest {
  return { toolName, input, toolUseId: "t1" };
}

const yes = callback(() => allow());
const no = callback(() => deny("no"));
const open = callback(() => undefined);
const wait = callback(() => defer());
const broken = callback(() => {
  throw new Error("out of order");
});

function behavior(policy: SyncPolicy, toolName = "Bash", input = {}) {
  return policy.decide(request(toolName, input), context)?.behavior;
}

Deno.test("firstOf and allOf combine as they say", () => {
  const table: [
    SyncPolicy[],
    first: string | undefined,
    all: string | undefined,
  ][] = [
    [[yes], "allow", "allow"],
    [[open], undefined, undefined],
    [[open, open], undefined, undefined],
    [[open, yes], "allow", "allow"],
    [[yes, open], "allow", "allow"],
    [[yes, no], "allow", "deny"],
    [[no, yes], "deny", "deny"],
    [[open, no, yes], "deny", "deny"],
    [[broken, yes], "deny", "deny"],
    [[yes, broken], "allow", "deny"],
    [[wait], "defer", "defer"],
    [[open, wait], "defer", "defer"],
    [[wait, open], "defer", "defer"],
    [[yes, wait], "allow", "defer"],
    [[wait, yes], "defer", "defer"],
    [[wait, no], "defer", "deny"],
    [[no, wait], "deny", "deny"],
    [[wait, broken], "defer", "deny"],
  ];
  for (const [policies, first, all] of table) {
    assertEquals(behavior(firstOf(...policies)), first);
    assertEquals(behavior(allOf(...policies)), all);
  }
});

Deno.test("combinators wait for policies that take time, and fail closed", async () => {
  const later = callback(() => Promise.resolve(allow()));
  const failing = callback(() => Promise.reject(new Error("x")));
  const table: [Policy, string | undefined][] = [
    [firstOf(open, later), "allow"],
    [allOf(later, yes), "allow"],
    [allOf(later, failing), "deny"],
    [firstOf(failing, yes), "deny"],
    [byTool({ Bash: () => Promise.resolve(allow()) }), "allow"],
    [byTool({ Bash: later }), "allow"],
    [logged(later, () => {}), "allow"],
    [byTool({ Bash: () => Promise.reject(new Error("x")) }), "deny"],
  ];
  for (const [policy, expected] of table) {
    const decision = await policy.decide(request("Bash"), context);
    assertEquals(decision?.behavior, expected, policy.name);
  }
});

Deno.test("allOf hands changed inputs on, and keeps the last", () => {
  const seen: unknown[] = [];
  const add = (key: string) =>
    callback((_name, input) => {
      seen.push(input);
      return allow({ input: { ...input, [key]: true } });
    });
  const decision = allOf(add("a"), open, add("b"), yes)
    .decide(request("Bash"), context);
  assertEquals(decision, allow({ input: { a: true, b: true } }));
  assertEquals(seen, [{}, { a: true }]);
});

Deno.test("allOf remembers only what all remember alike", () => {
  const keep = (remember: "session" | "user") =>
    callback(() => allow({ remember }));
  const of = (...policies: SyncPolicy[]) =>
    allOf(...policies).decide(request("Bash"), context);
  assertEquals(
    of(keep("session"), keep("session")),
    allow({ remember: "session" }),
  );
  assertEquals(of(keep("session"), yes), allow());
  assertEquals(of(keep("session"), keep("user")), allow());
  assertEquals(of(open, keep("user")), allow({ remember: "user" }));
});

Deno.test("byTool picks the name, then a pattern, then the rest", () => {
  const policy = byTool({
    "*": denyAll(),
    "mcp__db__*": yes,
    mcp__db__drop: (input) => input.sure === true ? allow() : undefined,
    mcp__fs: yes,
    Bash: ({ command }, { toolUseId }) =>
      command === toolUseId ? allow() : deny("other"),
  });
  const table: [string, object, string | undefined][] = [
    ["mcp__db__query", {}, "allow"],
    ["mcp__db__drop", {}, undefined],
    ["mcp__db__drop", { sure: true }, "allow"],
    ["mcp__dbx__query", {}, "deny"],
    ["mcp__fs__read", {}, "allow"],
    ["Bash", { command: "t1" }, "allow"],
    ["Bash", {}, "deny"],
    ["Read", {}, "deny"],
  ];
  for (const [tool, input, expected] of table) {
    assertEquals(behavior(policy, tool, input), expected, tool);
  }
  assertEquals(behavior(byTool({ Read: yes }), "Write"), undefined);
});

Deno.test("a function of byTool that is no plain yes denies", () => {
  for (
    const answer of [null, true, "allow", {}, {
      behavior: "allow",
      updatedInput: {},
    }]
  ) {
    const policy = byTool({ Bash: () => answer as unknown as Decision });
    assertEquals(behavior(policy), "deny", JSON.stringify(answer));
  }
});

Deno.test("policies that could never decide are refused", () => {
  const wrong: (() => unknown)[] = [
    () => firstOf(),
    () => allOf(),
    () => byTool({}),
    () => byTool({ "Bash(git *)": yes }),
    () => byTool({ "not a name": yes }),
    () => byTool({ bash: yes }),
    () => byTool({ Bash: 5 as unknown as SyncPolicy }),
    () => firstOf(undefined as unknown as SyncPolicy),
    () => logged(undefined as unknown as SyncPolicy, () => {}),
    () => allowList([]),
    () => allowList(["bash(ls)"]),
  ];
  for (const make of wrong) {
    const error = assertThrows(make, ConfigError);
    assertEquals(error.option, "policy");
  }
  assertEquals(
    assertThrows(() => allowList([]), ConfigError).hint,
    "Use denyAll() to allow nothing",
  );
});

Deno.test("logged tells of decisions, and its failures change none", () => {
  const records: PolicyRecord[] = [];
  const policy = logged(allowList(["Read"]), (record) => records.push(record));
  assertEquals(policy.name, "allowList");
  assertEquals(behavior(policy, "Read"), "allow");
  assertEquals(behavior(policy, "Write"), "deny");
  byExplaining(policy, request("Write"), context);
  assertEquals(
    records.map(({ policy, request, decision }) => [
      policy,
      request.toolName,
      decision?.behavior,
    ]),
    [["allowList", "Read", "allow"], ["allowList", "Write", "deny"]],
  );
  const reported: unknown[] = [];
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error.message);
  };
  globalThis.addEventListener("error", listener);
  try {
    const failing = logged(denyAll(), () => {
      throw new Error("disk full");
    });
    assertEquals(behavior(failing), "deny");
    const meddling = logged(
      denyAll(),
      ({ decision }) => Object.assign(decision ?? {}, { behavior: "allow" }),
    );
    assertEquals(behavior(meddling), "deny");
  } finally {
    globalThis.removeEventListener("error", listener);
  }
  assertEquals(reported, ["disk full"]);
});

Deno.test("an explanation names the way to the rule", async () => {
  const policy = firstOf(
    byTool({ Bash: allowList(["Bash(git *)"]), "mcp__*": open }),
    readOnly(),
  );
  const explain = (tool: string, input = {}) =>
    byExplaining(policy, request(tool, input), context);
  const git = await explain("Bash", { command: "git log" });
  assertEquals(
    [git.decision?.behavior, git.by, git.rule],
    [
      "allow",
      ["firstOf(byTool, readOnly)", "byTool", "allowList"],
      "Bash(git *)",
    ],
  );
  const write = await explain("Write");
  assertEquals(write.by, ["firstOf(byTool, readOnly)", "readOnly"]);
  assertEquals(write.decision?.behavior, "deny");
  const none = await byExplaining(firstOf(open), request("Read"), context);
  assertEquals([none.decision, none.by], [undefined, ["firstOf(callback)"]]);
  const failing = await byExplaining(firstOf(broken), request("Read"), context);
  assertEquals(failing.decision?.behavior, "deny");
});

Deno.test("the types tell policies that decide at once", () => {
  const now: SyncPolicy = firstOf(allowAll(), byTool({ Bash: () => allow() }));
  const later: Policy = firstOf(
    allowAll(),
    byTool({ Bash: () => Promise.resolve(allow()) }),
  );
  // @ts-expect-error: it may take time
  const wrong: SyncPolicy = later;
  assertEquals([now.name, wrong.name], [
    "firstOf(allowAll, byTool)",
    "firstOf(allowAll, byTool)",
  ]);
});
