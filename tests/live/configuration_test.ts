// What the options are to the real CLI: what it takes apart, and what it takes at all.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  allowAll,
  allowList,
  AsyncSession,
  byTool,
  type ConfigurationMismatch,
  denyAll,
  doctor,
  type DoctorOptions,
  type PermissionMode,
  type SessionOptions,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { BEHAVIORS, OPTIONS, REQUESTS } from "../../src/capabilities/table.ts";
import { PERMISSION_MODES } from "../../src/options/option_types.ts";
import { splitRules } from "../../src/options/flag_lists.ts";
import { reply } from "../../src/testing/mod.ts";
import { isSince, live, world } from "../support/live_world.ts";

/** Values for `--disallowedTools`, also such as no option lets through. */
const LISTS: readonly string[] = [
  "Read,Write",
  "Read Write",
  "Bash(git log, x),Read",
  "Bash(a) Read",
  "Bash(a(b),Read",
  "Bash(a), b),Read",
  "Bash(echo \\), x),Read",
  "Skill(x),Bash(*",
  "Bash(,Read",
];

live("splitRules splits a list as the CLI does", async () => {
  await using on = await world();
  for (const value of LISTS) {
    await using session = new AsyncSession({
      ...on.options,
      extraArgs: [`--disallowedTools=${value}`],
    });
    await session.start();
    const { rules } = await session.permissionRules();
    assertEquals(
      rules.filter(({ behavior }) => behavior === "deny")
        .map(({ rule }) => rule),
      splitRules(value),
    );
  }
}, REQUESTS.list_permission_rules);

live(
  "the CLI starts in every permission mode that the option takes",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    const [manual] = OPTIONS.permissionMode;
    for (const permissionMode of PERMISSION_MODES) {
      if (permissionMode === "manual" && !isSince(manual.since)) continue;
      await using session = new AsyncSession({
        ...on.options,
        env: { ...on.options.env, IS_SANDBOX: "1" },
        permissionMode,
      });
      const info = await session.start();
      const named: PermissionMode = permissionMode === "manual"
        ? "default"
        : permissionMode;
      if (isSince(BEHAVIORS.modeInHandshake.since)) {
        assertEquals(info.permissionMode, named);
      } else {
        assertEquals(info.permissionMode, undefined);
        await session.ask("hi");
        assertEquals(session.permissionMode, named);
      }
    }
  },
);

live("several betas are several to the CLI", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  const known = "context-1m-2025-08-07";
  await using session = new AsyncSession({
    ...on.options,
    betas: [known, "made-up-2020-01-01"],
  });
  await session.ask("hi");
  assert(session.stderrTail.includes("'made-up-2020-01-01' is not allowed"));
  assert(!session.stderrTail.includes(`'${known}`), session.stderrTail);
});

/** How many prompts reached the API: CLI 2.1.197 looks first whether it is there. */
function prompts({ api }: Awaited<ReturnType<typeof world>>): number {
  return api.requests.filter(({ prompts }) => prompts.length > 0).length;
}

/** Writes a settings file of the user. */
async function userSettings(home: string, settings: unknown): Promise<void> {
  await Deno.mkdir(`${home}/.claude`, { recursive: true });
  await Deno.writeTextFile(
    `${home}/.claude/settings.json`,
    JSON.stringify(settings),
  );
}

live(
  "settings that the CLI drops: no prompt goes out, in both sessions",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    const file = `${on.scratch.cwd}/strict.json`;
    const deny = ["Bash", "Read"];
    await Deno.writeTextFile(
      file,
      JSON.stringify({ permissions: { deny }, includeCoAuthoredBy: 7 }),
    );
    const rows: readonly [SyncSessionOptions, string][] = [
      [
        { settings: { permissions: { deny }, cleanupPeriodDays: "soon" } },
        "cleanupPeriodDays",
      ],
      [
        { settings: { permissions: { deny, defaultMode: "x" } } },
        "defaultMode",
      ],
      [{ settings: { permissions: { deny: ["Bash(", ...deny] } } }, "Bash("],
      [{ settings: file }, "includeCoAuthoredBy"],
      [{ settings: "strict.json" }, "includeCoAuthoredBy"],
      [
        {
          settings: { env: "x" },
          disallowedTools: Array.from({ length: 900 }, (_, i) => `Bash(x${i})`),
        },
        "env",
      ],
      [
        { sandbox: { enabled: false }, settings: { permissions: { deny: 1 } } },
        "permissions",
      ],
    ];
    for (const [options, said] of rows) {
      await using session = new AsyncSession({ ...on.options, ...options });
      const error = await assertRejects(() => session.ask("hi"), StartupError);
      assertEquals(
        [error.reason, error.code],
        ["settings_dropped", "startup"],
        `${said}: ${error.message}`,
      );
      assert(error.message.includes(said), error.message);
    }
    using blocking = new SyncSession({
      ...on.options as SyncSessionOptions,
      ...rows[0]?.[0],
    });
    const error = assertThrows(() => blocking.ask("hi"), StartupError);
    assertEquals(error.reason, "settings_dropped");
    assertEquals(prompts(on), 0);
  },
);

live(
  "settings that hold: the session starts, and nothing differs",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    await Deno.writeTextFile(`${on.scratch.cwd}/empty.json`, "{}");
    const rows: readonly SessionOptions[] = [
      {
        settings: {
          permissions: {
            deny: ["Bash(rm *)", "Task", "mcp__db"],
            allow: ["Edit(/x (1)/**)"],
          },
          env: { A: "1" },
          hooks: {},
          cleanupPeriodDays: 3,
          somethingNew: { a: [1] },
        },
      },
      { settings: "empty.json" },
      { sandbox: { enabled: false, network: { allowedDomains: ["a.b"] } } },
      { managedSettings: { permissions: { deny: ["Bash"] } } },
      {},
    ];
    for (const options of rows) {
      for (const verify of ["lenient", "strict"] as const) {
        const told: ConfigurationMismatch[] = [];
        await using session = new AsyncSession({
          ...on.options,
          ...options,
          verify,
        });
        session.on("configuration_mismatch", (event) => told.push(event));
        assertEquals((await session.ask("hi")).text, "ok");
        assertEquals(told.map(({ message }) => message), []);
        assertEquals(session.turnCount, 1);
        // The probe has left nothing behind.
        assertEquals(on.api.requests.at(-1)?.prompts, ["hi"]);
      }
    }
  },
  OPTIONS.managedSettings[0],
);

/** Options that name what is not there, and what is said of each. */
const MISMATCHES: readonly [
  SessionOptions,
  option: string,
  expected: string,
][] = [
  [{ policy: allowList(["Read", "FooTool"]) }, "policy", "FooTool"],
  [
    { policy: byTool({ mcp__nope__x: denyAll(), "*": allowAll() }) },
    "policy",
    "mcp__nope__x",
  ],
  [{ allowedTools: ["Frobnicate(x)"] }, "allowedTools", "Frobnicate"],
  [{ disallowedTools: ["mcp__no"] }, "disallowedTools", "mcp__no"],
  [{ builtinTools: ["Read", "Teleport"] }, "builtinTools", "Teleport"],
  [{ agent: "nobody" }, "agent", "nobody"],
  [{ skills: ["no-such-skill"] }, "skills", "no-such-skill"],
  [
    { mcpServers: { gone: { command: "/nonexistent/server" } } },
    "mcpServers",
    "gone",
  ],
  [
    {
      agents: {
        a: { description: "d", prompt: "p", tools: ["Read", "Wrooong"] },
      },
    },
    "agents.a.tools",
    "Wrooong",
  ],
];

live(
  "what is not there: an event, or with verify: strict an error before the first prompt",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    for (const [options, option, expected] of MISMATCHES) {
      const told: ConfigurationMismatch[] = [];
      const types: string[] = [];
      await using session = new AsyncSession({ ...on.options, ...options });
      session.on("configuration_mismatch", (event) => told.push(event));
      for await (const { type } of session.send("hi")) types.push(type);
      assertEquals(told.map((event) => [event.option, event.expected]), [
        [option, expected],
      ]);
      assert(
        types.indexOf("configuration_mismatch") > types.indexOf("system_init"),
      );
      await session.ask("again");
      assertEquals(told.length, 1);
      await session.close();
      const before = prompts(on);
      await using strict = new AsyncSession({
        ...on.options,
        ...options,
        verify: "strict",
      });
      const error = await assertRejects(() => strict.ask("hi"), StartupError);
      assertEquals(error.reason, "configuration_mismatch");
      assert(error.message.includes(expected), error.message);
      assertEquals(prompts(on), before);
    }
  },
);

live(
  "a settings file of the user that the CLI drops: told where it is asked",
  async () => {
    await using on = await world({ replies: () => reply.text("ok") });
    await userSettings(on.scratch.home, {
      permissions: { deny: ["Bash"] },
      cleanupPeriodDays: "soon",
    });
    const told: ConfigurationMismatch[] = [];
    await using session = new AsyncSession({
      ...on.options,
      settings: { permissions: { deny: ["Read"] } },
    });
    session.on("configuration_mismatch", (event) => told.push(event));
    await session.ask("hi");
    assertEquals(told.map(({ option }) => option), ["settingSources"]);
    assert(told[0]?.message.includes("cleanupPeriodDays"));
    await using strict = new AsyncSession({ ...on.options, verify: "strict" });
    const error = await assertRejects(() => strict.start(), StartupError);
    assertEquals(error.reason, "configuration_mismatch");
    assert(error.message.includes(".claude/settings.json"), error.message);
  },
);

live(
  "doctor fails over a settings file that the CLI drops, and names file and value",
  async () => {
    await using on = await world();
    const { claudePath, cwd, env } = on.options;
    const options = { claudePath, cwd, env, clearEnv: true } as DoctorOptions;
    const applied = async () =>
      (await doctor(options)).checks.find(({ name }) =>
        name === "settings.applied"
      );
    await userSettings(on.scratch.home, { permissions: { deny: ["Bash"] } });
    assertEquals((await applied())?.status, "ok");
    await userSettings(on.scratch.home, {
      permissions: { deny: ["Bash"] },
      cleanupPeriodDays: "soon",
    });
    const failed = await applied();
    assertEquals(failed?.status, "fail");
    for (
      const part of [".claude/settings.json", "cleanupPeriodDays", '"soon"']
    ) {
      assert(failed?.detail.includes(part), failed?.detail);
    }
    assertEquals((await doctor(options)).ok, false);
  },
);
