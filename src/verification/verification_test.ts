// What is verified of one process, by what the CLI was seen to answer.

import { assert, assertEquals } from "@std/assert";
import { ControlError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import { allowAll, allowList, denyAll } from "../permissions/policy.ts";
import { byTool } from "../permissions/by_tool.ts";
import { allOf, firstOf } from "../permissions/combine.ts";
import { logged } from "../permissions/logged.ts";
import { launchOf } from "../options/args.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { atHandshake, atInit } from "./expectations.ts";
import { expectationsOf, planOf, Verification } from "./verification.ts";
import { compareSettings, type HandedSettings } from "./settings_check.ts";

const DENY = { permissions: { deny: ["Bash", "Read"] } };

function handed(settings: WireObject): readonly HandedSettings[] {
  return [{ option: "settings", source: "flagSettings", settings }];
}

function source(settings: WireObject, name = "flagSettings"): WireObject {
  return { sources: [{ source: name, settings }] };
}

Deno.test("compareSettings finds what is not in force", () => {
  const file = "/tmp/claudestream-1f/0__settings";
  const fault = { file, path: "cleanupPeriodDays", message: "Expected number" };
  const rows: readonly [
    readonly HandedSettings[],
    WireObject,
    lost: readonly string[],
    differences: readonly string[],
  ][] = [
    [handed(DENY), source(DENY), [], []],
    [handed(DENY), source({ ...DENY, more: 1 }), [], []],
    // As 2.1.197 and 2.1.332 answer.
    [handed(DENY), { sources: [], errors: [fault] }, [
      "cleanupPeriodDays: Expected number; so none of it is in force",
    ], []],
    [handed(DENY), { sources: [] }, ["none of it is in force"], []],
    [handed(DENY), source(DENY, "userSettings"), [
      "none of it is in force",
    ], []],
    [handed({}), { sources: [] }, [], []],
    // A rule that cannot be read is dropped alone.
    [handed(DENY), source({ permissions: { deny: ["Read"] } }), [
      '"permissions.deny.Bash" is not in force',
    ], []],
    [
      handed({ hooks: { Zork: [{}], PreToolUse: [{}, {}] } }),
      source({ hooks: { PreToolUse: [{}] } }),
      [
        '"hooks.Zork" is not in force',
        '"hooks.PreToolUse.1 of 2" is not in force',
      ],
      [],
    ],
    [
      handed({ statusLine: { a: 1, b: 2 } }),
      source({ statusLine: { a: 1 } }),
      [],
      [
        "statusLine.b",
      ],
    ],
    [
      handed({ env: { A: 1 }, none: null, empty: [] }),
      source({ env: { A: "1" } }),
      [],
      [],
    ],
    [
      [{ option: "settings", source: "flagSettings", file: "x/s.json" }],
      {
        sources: [],
        errors: [{ ...fault, file: "/cwd/x/s.json" }],
      },
      ["cleanupPeriodDays: Expected number; so none of it is in force"],
      [],
    ],
    [
      [],
      { sources: [], errors: [{ ...fault, file: "/h/settings.json" }] },
      [],
      [
        "/h/settings.json",
      ],
    ],
    // Something else than a CLI that tells.
    [handed(DENY), {}, [], ["settings that are in force"]],
  ];
  for (const [given, response, lost, differences] of rows) {
    const found = compareSettings(given, response);
    const name = JSON.stringify([given, response]);
    assertEquals(found.lost.map(({ message }) => message), lost, name);
    assertEquals(
      found.differences.map(({ expected }) => expected),
      differences,
      name,
    );
  }
});

const INIT = {
  type: "system_init",
  model: "m",
  cwd: "/",
  tools: ["Task", "Bash", "Read", "NewTool", "mcp__db__query"],
  mcpServers: [
    { name: "db", status: "connected" },
    { name: "slow", status: "pending" },
    { name: "my calc", status: "connected" },
    { name: "off", status: "failed" },
  ],
  permissionMode: "default",
  agents: ["Plan"],
  skills: ["pdf"],
  raw: {},
} as unknown as SystemInit;

Deno.test("names in options are compared with what is there", () => {
  const rows: readonly [SessionOptions, readonly string[]][] = [
    [{}, []],
    [{ policy: allowList(["Read", "Agent", "Task", "NewTool"]) }, []],
    [{ policy: allowList(["Bash(git *)", "Quux(a)"]) }, ["Quux"]],
    [{ policy: allowList(["mcp__db__query", "mcp__db__*", "mcp__db"]) }, []],
    [{ policy: allowList(["mcp__db__drop"]) }, ["mcp__db__drop"]],
    [{ policy: allowList(["mcp__nope", "mcp__*", "mcp__slow__x"]) }, [
      "mcp__nope",
    ]],
    [{ policy: allowList(["mcp__my_calc"]) }, []],
    [
      {
        policy: firstOf(
          byTool({ Quux: denyAll(), "*": allowAll() }),
          logged(allowList(["Corge"]), () => {}),
        ),
      },
      ["Corge", "Quux"],
    ],
    [{ policy: allOf(allowList(["Grault"]), allowAll()) }, ["Grault"]],
    [{ allowedTools: ["Quux(x)"], disallowedTools: ["Garply"] }, ["Quux"]],
    [{ builtinTools: ["Bash", "Agent", "Waldo"] }, ["Waldo"]],
    [{ builtinTools: ["Waldo"], disallowedTools: ["Waldo"] }, []],
    [{ builtinTools: "default" }, []],
    [{ skills: ["pdf", "xls"] }, ["xls"]],
    [{ skills: "all" }, []],
    [
      {
        mcpServers: {
          db: { command: "x" },
          slow: { command: "x" },
          off: { command: "x" },
          gone: { command: "x" },
        },
      },
      ["gone", "off"],
    ],
    [{ permissionMode: "manual" }, []],
    [{ permissionMode: "plan" }, ["plan"]],
  ];
  for (const [options, expected] of rows) {
    const found = atInit(expectationsOf(options), INIT, { isModeKnown: false });
    assertEquals(
      found.map(({ expected }) => expected).sort(),
      expected,
      JSON.stringify(found),
    );
  }
  const handshake = {
    agents: [{ name: "Plan" }],
    current_permission_mode: "x",
  };
  const agent = { description: "d", prompt: "p" };
  assertEquals(
    atHandshake(
      expectationsOf({
        agents: { a: agent, Plan: agent },
        agent: "b",
        permissionMode: "plan",
      }),
      handshake,
    ).map(({ option, expected }) => [option, expected]),
    [["agents", "a"], ["agent", "b"], ["permissionMode", "plan"]],
  );
  assertEquals(atHandshake(expectationsOf({ agent: "b" }), {}), []);
});

function verification(options: SessionOptions): Verification | undefined {
  const plan = planOf(options, launchOf(options));
  let id = 0;
  return plan && new Verification(plan, () => `id-${++id}`);
}

Deno.test("only what is to be verified is asked", () => {
  const plain = verification({ policy: allowList(["Read"]) });
  assertEquals([plain?.settingsId, plain?.probeId], [undefined, undefined]);
  plain?.shakeHands({});
  assert(plain?.isDone);
  assertEquals(verification({ verify: "off", settings: DENY }), undefined);
  for (const options of [{ settings: DENY }, { managedSettings: DENY }]) {
    const one = verification(options);
    assertEquals([one?.settingsId, one?.probeId], ["id-1", undefined]);
    one?.shakeHands({});
    assertEquals(one?.isDone, false);
  }
});

Deno.test("a CLI that refuses get_settings: a difference, and with strict an error", () => {
  for (const verify of ["lenient", "strict"] as const) {
    const one = verification({ settings: DENY, verify });
    const error = new ControlError("get_settings", "unknown", undefined, {});
    one?.takeReply("id-1", { ok: false, error });
    assertEquals(
      one?.error?.reason,
      {
        lenient: undefined,
        strict: "configuration_mismatch",
      }[verify] as never,
    );
    const [found] = one?.takeFound("s") ?? [];
    assertEquals([found?.option, found?.sessionId], ["settings", "s"]);
    assertEquals(one?.takeFound("s"), []);
  }
});

Deno.test("the probe takes its own messages, and no other", () => {
  const one = verification({ verify: "strict" });
  const lifecycle = { type: "command_lifecycle", command_uuid: "id-2" };
  const refused = { type: "result", subtype: "error_during_execution" };
  assertEquals(one?.takesMessage(refused), false);
  assertEquals(one?.takesMessage({ ...lifecycle, command_uuid: "x" }), false);
  assertEquals(one?.takesMessage(lifecycle), true);
  assertEquals(one?.takesMessage({ type: "system", subtype: "init" }), true);
  assertEquals(one?.takesMessage({ type: "system", subtype: "status" }), false);
  assertEquals(one?.takesMessage({ type: "result" }), true);
  assertEquals(one?.takesMessage({ type: "result" }), false);
  assertEquals(one?.takesMessage({ type: "system", subtype: "init" }), false);
  // News of it may come late.
  assertEquals(one?.takesMessage(lifecycle), true);
});
