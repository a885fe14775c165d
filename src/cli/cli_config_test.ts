// The configuration: which value holds and from where, what a project's file may do, what is told
// of a wrong one, and the command `config`.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../testing/mod.ts";
import { readConfig } from "./config/config_file.ts";
import { CONFIG_KEYS } from "./config/config_keys.ts";
import type { FlagSpec } from "./flags/flag_spec.ts";
import { FLAGS } from "./flags/flags.ts";
import { environment, Running } from "./fixtures/child.ts";
import { TOPICS } from "./help/topics.ts";

/** A folder with a project's file, and a user's file. */
class Place {
  readonly folder = Deno.makeTempDirSync();
  readonly user = `${this.folder}/xdg/claudestream/config.jsonc`;
  readonly project = `${this.folder}/.claudestream/config.jsonc`;

  constructor(
    files: { readonly user?: unknown; readonly project?: unknown } = {},
  ) {
    for (const owner of ["user", "project"] as const) {
      const path = this[owner];
      Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
      const value = files[owner];
      if (value === undefined) continue;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      Deno.writeTextFileSync(path, text);
    }
  }

  async run(args: readonly string[], env: Record<string, string> = {}) {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("ok")]]),
    );
    const running = new Running(
      claude,
      [...args, "--cwd", this.folder],
      undefined,
      {
        ...environment(claude),
        XDG_CONFIG_HOME: `${this.folder}/xdg`,
        ...env,
      },
    );
    const outcome = await running.end();
    return {
      ...outcome,
      arguments: (claude.starts[0]?.arguments ?? []).join(" "),
      handshake: JSON.stringify(claude.received[0]?.request),
    };
  }

  async settings(
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Record<string, readonly [unknown, string]>> {
    const { stdout, stderr } = await this.run(
      ["config", "--json", ...args],
      env,
    );
    assertEquals(stderr, "");
    return Object.fromEntries(
      JSON.parse(stdout).map((
        { key, value, origins }: {
          key: string;
          value: unknown;
          origins: string[];
        },
      ) => [key, [
        value,
        origins.map((origin) => origin.replace(this.folder, "")).join(" "),
      ]]),
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("flags count before variables, these before a profile, the project, and the user", async () => {
  using place = new Place({
    user: {
      model: "user",
      effort: "low",
      allow: ["Read"],
      maxTurns: 3,
      profiles: { work: { effort: "high", allow: "Edit" } },
    },
    project: { model: "project", until: "turn" },
  });
  const plain = await place.settings([], { CLAUDESTREAM_MAX_TURNS: "7" });
  assertEquals(plain.model?.[0], "project");
  assertStringIncludes(plain.model?.[1] ?? "", "/.claudestream/config.jsonc:1");
  assertEquals(plain.effort, ["low", "/xdg/claudestream/config.jsonc:1"]);
  assertEquals(plain.maxTurns, [7, "CLAUDESTREAM_MAX_TURNS"]);
  const work = await place.settings(["--profile=work"]);
  assertEquals([work.effort?.[0], work.allow?.[0]], ["high", ["Edit"]]);
  const again = await place.settings([], { CLAUDESTREAM_PROFILE: "work" });
  assertEquals([again.effort, again.allow], [work.effort, work.allow]);
  const used = await place.run(["ask", "x", "--model=flag"], {
    CLAUDESTREAM_MODEL: "variable",
    CLAUDESTREAM_EFFORT: "max",
  });
  assertEquals(used.code, 0, used.stderr);
  assertStringIncludes(used.arguments, "--model=flag");
  assertStringIncludes(used.arguments, "--effort=max");
  assertStringIncludes(used.arguments, "--max-turns=3");
  const none = await place.run(["ask", "x", "--no-config"]);
  assert(!none.arguments.includes("--max-turns"), none.arguments);
});

Deno.test("what is denied anywhere stays denied; a project makes limits only lower", async () => {
  const user = {
    deny: "WebFetch",
    maxTurns: 5,
    maxBudgetUsd: 2,
    timeout: "1m",
  };
  using strict = new Place({
    user,
    project: { deny: ["Bash"], maxTurns: 3, maxBudgetUsd: 1, timeout: 30 },
  });
  const lower = await strict.settings();
  assertEquals(lower.deny?.[0], ["WebFetch", "Bash"]);
  assertEquals([lower.maxTurns?.[0], lower.maxBudgetUsd?.[0]], [3, 1]);
  assertEquals(lower.timeout?.[0], "30s");
  using loose = new Place({
    user,
    project: { deny: "Bash", maxTurns: 50, maxBudgetUsd: 20, timeout: "10h" },
  });
  const same = await loose.settings();
  assertEquals([same.maxTurns?.[0], same.maxBudgetUsd?.[0]], [5, 2]);
  assertEquals(same.timeout?.[0], "60s");
  const { arguments: args } = await strict.run([
    "ask",
    "x",
    "--deny=WebSearch",
  ]);
  for (const tool of ["WebFetch", "Bash", "WebSearch"]) {
    assertStringIncludes(args, tool);
  }
});

/** A value of its kind for each setting. */
function valueFor({ kind, values }: FlagSpec): unknown {
  if (kind === "switch") return true;
  if (kind === "count" || kind === "amount") return 1;
  if (kind === "duration") return "1m";
  return values?.[0] ?? "x";
}

Deno.test("each setting: the user's file takes it, and a project's file only what is harmless", () => {
  const may = new Set<string>();
  for (const { name, spec } of CONFIG_KEYS) {
    const text = JSON.stringify({ [name]: valueFor(spec) });
    const own = readConfig(text, "u", "user", "u", "/home");
    assertEquals([own.issues, own.layer.entries.length], [[], 1], name);
    const { issues } = readConfig(text, "p", "project", "u", "/home");
    if (issues.length === 0) may.add(name);
    else assertStringIncludes(issues[0] ?? "", "cannot be in a project file");
  }
  // Before you add one, ask: can the folder of another person allow, start or hide anything by it?
  assertEquals([...may].sort(), [
    "deny",
    "effort",
    "fallbackModel",
    "footer",
    "maxBudgetUsd",
    "maxTurns",
    "model",
    "plain",
    "timeout",
    "until",
  ]);
  for (
    const text of ['{"profile":"x"}', '{"profiles":{"x":{}}}', '{"env":{}}']
  ) {
    const { issues } = readConfig(text, "p", "project", "u", "/home");
    assertEquals(issues.length, 1, text);
  }
});

Deno.test("every flag is a setting, or known to be none; the help names all settings", () => {
  const settings = new Set(CONFIG_KEYS.map(({ flag }) => flag));
  const others = Object.keys(FLAGS).filter((flag) =>
    !settings.has(flag as keyof typeof FLAGS)
  );
  assertEquals(others.sort(), [...NO_SETTINGS].sort());
  const [, list = ""] = /every setting:\n\n([^]*?)\n\nA setting/.exec(
    TOPICS.settings ?? "",
  ) ?? [];
  assertEquals(
    list.split(/[,\s]+/).filter((name) => name !== "").sort(),
    CONFIG_KEYS.map(({ name }) => name).sort(),
  );
});

/** Flags about one call alone. */
const NO_SETTINGS = [
  "agents",
  "all",
  "as",
  "attach",
  "config",
  "continue",
  "control",
  "cwd",
  "dir",
  "dryRun",
  "extract",
  "extractLast",
  "fast",
  "filter",
  "fork",
  "format",
  "fromPr",
  "help",
  "json",
  "limit",
  "output",
  "profile",
  "project",
  "prompt",
  "raw",
  "record",
  "resume",
  "retries",
  "retryFailed",
  "schema",
  "sessionId",
  "shard",
  "speed",
  "stats",
  "stdin",
  "tee",
  "title",
  "type",
  "var",
  "version",
  "yes",
];

Deno.test("a setting that only other actions use is no fault; typed as a flag it is", async () => {
  const flags = CONFIG_KEYS.filter(({ name }) => name !== "permissionMode");
  using place = new Place({
    user: Object.fromEntries(
      flags.map(({ name, spec }) => [name, valueFor(spec)]),
    ),
  });
  await Deno.mkdir(`${place.folder}/.claudestream/agents`);
  await Deno.writeTextFile(
    `${place.folder}/.claudestream/agents/helper.agent.jsonc`,
    "{}",
  );
  for (
    const args of [
      ["agent", "list"],
      ["agent", "info", "helper"],
      ["agent", "validate"],
      ["sessions", "list"],
    ]
  ) {
    const { code, stderr } = await place.run(args, {
      HOME: place.folder,
      CLAUDESTREAM_BUDGET: "3",
    });
    assertEquals([code, stderr], [0, ""], args.join(" "));
  }
  const typed = await place.run(["agent", "list", "--max-turns=2"]);
  assertEquals(typed.code, 2);
  assertStringIncludes(
    typed.stderr,
    'Cannot use --max-turns with "agent list"',
  );
});

Deno.test("paths in a file: ~ is the home folder, ./ the folder of the file", () => {
  const text = JSON.stringify({
    configDir: "~/.claude-work",
    mcpConfig: ["./mcp.json", "/etc/mcp.json"],
    systemPrompt: "@./prompt.txt",
    claudePath: "claude",
  });
  const { layer } = readConfig(
    text,
    "/a/config.jsonc",
    "user",
    "u",
    "/home/me",
  );
  assertEquals(layer.entries.map(({ value }) => value), [
    "/home/me/.claude-work",
    ["/a/./mcp.json", "/etc/mcp.json"],
    "@/a/./prompt.txt",
    "claude",
  ]);
});

Deno.test("all that is wrong is told at once, with line and column: exit code 2", async () => {
  using place = new Place({
    user: `{
  // A comment
  "modle": "x",
  "maxTurns": 0,
  "allow": 5,
  "permissionMode": "plam",
  "model": "a",
  "model": "b",
  "max-turns": 3,
}`,
    project: '{ "allow": "all" }',
  });
  const { code, stdout, stderr } = await place.run(["ask", "x"], {
    CLAUDESTREAM_FOOTER: "perhaps",
  });
  assertEquals([code, stdout], [2, ""]);
  for (
    const part of [
      'config.jsonc:3:3: there is no setting "modle", did you mean "model"?',
      "config.jsonc:4:15: maxTurns: expected a whole number above 0",
      "config.jsonc:5:12: allow: expected a text or a list of texts, got 5",
      "config.jsonc:6:21: permissionMode: ",
      'the field "model" is given twice',
      'did you mean "maxTurns"?',
      '.claudestream/config.jsonc:1:3: "allow" cannot be in a project file',
      "CLAUDESTREAM_FOOTER: expected true or false",
    ]
  ) assertStringIncludes(stderr, part);
  const left = await place.run(["ask", "x", "--no-config"]);
  assertEquals(left.code, 0, left.stderr);
});

Deno.test("a profile that is not there: exit code 2, and what was meant", async () => {
  using place = new Place({ user: { profiles: { work: {} } } });
  const { code, stderr } = await place.run(["ask", "x", "--profile=wrok"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'no profile "wrok", did you mean "work"?');
});

Deno.test("config set keeps comments, checks the value, and takes profiles and the project's file", async () => {
  using place = new Place({ user: '{\n  // Mine\n  "model": "a" // old\n}\n' });
  const calls = [
    ["model", "opus"],
    ["maxTurns", "4"],
    ["allow", "Read", "Bash(git *)"],
    ["footer", "false"],
    ["timeout", "5m"],
    ["effort", "low", "--profile=work"],
    ["maxTurns", "2", "--project"],
  ];
  for (const words of calls) {
    const { code, stderr } = await place.run(["config", "set", ...words]);
    assertEquals(code, 0, stderr);
  }
  assertEquals(
    await Deno.readTextFile(place.user),
    `{
  // Mine
  "model": "opus", // old
  "maxTurns": 4,
  "allow": [
    "Read",
    "Bash(git *)"
  ],
  "footer": false,
  "timeout": "5m",
  "profiles": {
    "work": {
      "effort": "low"
    }
  }
}
`,
  );
  assertEquals(JSON.parse(await Deno.readTextFile(place.project)), {
    maxTurns: 2,
  });
  const got = await place.run(["config", "get", "maxTurns"]);
  assertEquals([got.code, got.stdout], [0, "2\n"]);
  const list = await place.run(["config", "get", "allow"]);
  assertEquals(list.stdout, "Read\nBash(git *)\n");
  const path = await place.run(["config", "path"]);
  assertEquals(path.stdout, `${place.user}\n`);
});

/** Wrong calls: the exit code, and what is told; the files stay as they are. */
const WRONG: readonly (readonly [readonly string[], number, string])[] = [
  [["config", "shw"], 2, 'did you mean "config show"?'],
  [["config", "get"], 2, "expected KEY"],
  [["config", "get", "modle"], 2, 'did you mean "model"?'],
  [["config", "get", "model", "--model=x"], 2, "--model"],
  [["config", "get", "effort"], 1, "effort is not set"],
  [["config", "set", "maxTurns", "many"], 2, "expected a number"],
  [["config", "set", "model", "a", "b"], 2, "expected one value, got 2"],
  [["config", "set", "footer", "yes"], 2, "expected true or false"],
  [["config", "set", "allow", "all", "--project"], 2, "cannot be in a project"],
  [["config", "edit"], 2, "there is no terminal"],
  [["config", "show", "--project"], 2, "belongs to config path, config edit"],
];

for (const [args, expected, told] of WRONG) {
  Deno.test(`${args.join(" ")}: exit code ${expected}`, async () => {
    using place = new Place({ user: '{"model": "a"}' });
    const { code, stdout, stderr } = await place.run(args);
    assertEquals([code, stdout], [expected, ""], stderr);
    assertStringIncludes(stderr, told);
    assertEquals(await Deno.readTextFile(place.user), '{"model": "a"}');
  });
}

Deno.test("config set leaves a file alone that has a fault", async () => {
  using place = new Place({ user: '{"model": ' });
  const { code, stderr } = await place.run(["config", "set", "model", "b"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "no JSON");
  assertEquals(await Deno.readTextFile(place.user), '{"model": ');
});

Deno.test("config show masks secrets", async () => {
  const settings = JSON.stringify({ env: { MY_API_KEY: "hunter2hunter2" } });
  using place = new Place({ user: { settings, model: "a" } });
  for (const form of [[], ["--json"]]) {
    const { stdout } = await place.run(["config", "show", ...form]);
    assertStringIncludes(stdout, "MY_API_KEY");
    assert(!stdout.includes("hunter2"), stdout);
  }
});
